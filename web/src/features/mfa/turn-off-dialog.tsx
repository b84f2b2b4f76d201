import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { FormError } from '../../components/form-error';
import { Button, CodeField, Dialog, PasswordField } from '../../components/ui';
import { refusals } from '../../lib/refusals';
import { copy } from './copy';
import { disable } from './queries';

type Props = { open: boolean; onOpenChange: (open: boolean) => void; onDone: () => void };

const WRONG = { text: copy.turnOff.wrong };

const reasonOf = (problem: unknown) => refusals(problem, { invalid_credentials: WRONG, invalid_code: WRONG }).form;

/** Takes the second factor away; asks for both, whatever was proved before. */
export function TurnOffDialog({ open, onOpenChange, onDone }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={copy.turnOff.title} description={copy.turnOff.body}>
      <TurnOffForm onCancel={() => onOpenChange(false)} onDone={onDone} />
    </Dialog>
  );
}

function TurnOffForm({ onCancel, onDone }: { onCancel: () => void; onDone: () => void }) {
  const client = useQueryClient();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  async function send(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await disable(password, code);
      await client.invalidateQueries();
      onCancel();
      onDone();
    } catch (problem) {
      setError(reasonOf(problem));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={send} className="space-y-4">
      <FormError text={error} />
      <PasswordField
        label={copy.turnOff.password}
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <CodeField label={copy.turnOff.code} value={code} onChange={setCode} />
      <div className="flex justify-end gap-2">
        <Button type="button" variant="outline" onClick={onCancel}>
          {copy.turnOff.cancel}
        </Button>
        <Button type="submit" variant="danger" busy={busy} busyText={copy.turnOff.busy}>
          {copy.turnOff.confirm}
        </Button>
      </div>
    </form>
  );
}
