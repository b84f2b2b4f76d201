import { type FormEvent, useState } from 'react';
import { FormError } from '../../components/form-error';
import { Button, Dialog, PasswordField, TextField } from '../../components/ui';
import { NOTHING_REFUSED, type Refusals, refusals } from '../../lib/refusals';
import { copy } from './copy';
import { changeEmail } from './queries';

type Props = { open: boolean; onOpenChange: (open: boolean) => void };

export function EmailDialog({ open, onOpenChange }: Props) {
  const [sentTo, setSentTo] = useState<string>();
  function change(next: boolean) {
    onOpenChange(next);
    if (next) setSentTo(undefined);
  }
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={sentTo ? copy.email.sent : copy.email.title}
      description={sentTo ? copy.email.sentBody(sentTo) : copy.email.body}
    >
      {sentTo ? (
        <div className="flex justify-end">
          <Button
            onClick={() => {
              change(false);
              setSentTo(undefined);
            }}
          >
            {copy.email.close}
          </Button>
        </div>
      ) : (
        <EmailForm onSent={setSentTo} onCancel={() => change(false)} />
      )}
    </Dialog>
  );
}

function EmailForm({ onSent, onCancel }: { onSent: (email: string) => void; onCancel: () => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusals>(NOTHING_REFUSED);

  async function send(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setRefused(NOTHING_REFUSED);
    try {
      await changeEmail(email.trim(), password);
      onSent(email.trim());
    } catch (problem) {
      setRefused(refusals(problem, { invalid_credentials: { field: 'password', text: copy.email.wrong } }));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={send} className="space-y-4">
      <FormError text={refused.form} />
      <TextField
        label={copy.email.next}
        type="email"
        name="new_email"
        autoComplete="email"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={refused.fields.new_email}
      />
      <PasswordField
        label={copy.email.password}
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={refused.fields.password}
      />
      <div className="flex justify-end gap-2">
        <Button type="button" variant="outline" onClick={onCancel}>
          {copy.email.cancel}
        </Button>
        <Button type="submit" busy={busy} busyText={copy.email.busy}>
          {copy.email.confirm}
        </Button>
      </div>
    </form>
  );
}
