import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormError } from '../../components/form-error';
import { Button, Card, PasswordField, toast } from '../../components/ui';
import { NOTHING_REFUSED, type Refusals, refusals } from '../../lib/refusals';
import { copy } from './copy';
import { lengthHint } from './password-length';
import { accountKeys, changePassword, company, type Me } from './queries';

const OWN_WORDS = {
  invalid_credentials: { field: 'current_password', text: copy.password.wrong },
};

export function PasswordCard({ me }: { me: Me }) {
  const client = useQueryClient();
  // A new key takes the entries out of the page, which is when browsers offer to save the new password.
  const [round, setRound] = useState(0);

  async function done() {
    setRound(round + 1);
    toast({ title: copy.password.saved, body: copy.password.savedBody, tone: 'ok' });
    await client.invalidateQueries({ queryKey: ['sessions'] });
  }

  return (
    <Card title={copy.password.title} description={copy.password.description}>
      <PasswordForm key={round} me={me} onDone={done} />
    </Card>
  );
}

function PasswordForm({ me, onDone }: { me: Me; onDone: () => Promise<void> }) {
  const { data } = useQuery({ queryKey: accountKeys.company, queryFn: company });
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusals>(NOTHING_REFUSED);

  async function send(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (current === next) return setRefused({ fields: { new_password: copy.password.same } });
    setBusy(true);
    setRefused(NOTHING_REFUSED);
    try {
      await changePassword(current, next);
      await onDone();
    } catch (problem) {
      setRefused(refusals(problem, OWN_WORDS));
    } finally {
      setBusy(false);
    }
  }

  const { fields } = refused;
  return (
    <form onSubmit={send} className="max-w-md space-y-4">
      <FormError text={refused.form} />
      <input type="text" name="username" autoComplete="username" value={me.email} readOnly hidden />
      <PasswordField
        label={copy.password.current}
        name="current_password"
        autoComplete="current-password"
        required
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
        error={fields.current_password}
      />
      <PasswordField
        label={copy.password.next}
        name="new_password"
        autoComplete="new-password"
        required
        value={next}
        hint={lengthHint(next, data)}
        onChange={(event) => setNext(event.target.value)}
        error={fields.new_password ?? fields.password}
      />
      <Button type="submit" variant="outline" busy={busy} busyText={copy.password.saving}>
        {copy.password.save}
      </Button>
    </form>
  );
}
