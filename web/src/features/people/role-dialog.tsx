import { type FormEvent, useState } from 'react';
import { FormError } from '../../components/form-error';
import { Button, Dialog } from '../../components/ui';
import { problemText } from '../../lib/refusals';
import { copy } from './copy';
import { type Person, ROLES } from './queries';
import { RoleChoice } from './role-choice';
import type { Acts } from './use-acts';

type Props = { open: boolean; onOpenChange: (open: boolean) => void; person: Person; acts: Acts };

export function RoleDialog({ open, onOpenChange, person, acts }: Props) {
  const [role, setRole] = useState(person.role);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  async function send(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (role === person.role) return onOpenChange(false);
    setBusy(true);
    setError(undefined);
    try {
      await acts.changeRole(person, role);
      onOpenChange(false);
    } catch (problem) {
      setError(problemText(problem));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={copy.changeRole.title(person.full_name)}
      description={copy.changeRole.body}
    >
      <form onSubmit={send} className="space-y-4">
        <FormError text={error} />
        <RoleChoice legend={copy.role} value={role} onChange={setRole} roles={ROLES} />
        <div className="flex justify-end gap-2">
          <Button type="button" variant="outline" onClick={() => onOpenChange(false)}>
            {copy.changeRole.cancel}
          </Button>
          <Button type="submit" busy={busy} busyText={copy.changeRole.busy}>
            {copy.changeRole.confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
