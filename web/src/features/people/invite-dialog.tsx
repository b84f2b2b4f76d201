import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../../api/client';
import { Button, Dialog, TextField, toast } from '../../components/ui';
import { problemText } from '../../lib/refusals';
import { copy } from './copy';
import { invite, peopleKeys, ROLES, type Role } from './queries';
import { RoleChoice } from './role-choice';

type Props = { open: boolean; onOpenChange: (open: boolean) => void; admin: boolean };

export function InviteDialog({ open, onOpenChange, admin }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={copy.invite.title} description={copy.invite.body}>
      <InviteForm admin={admin} onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

function reasonOf(problem: unknown): string {
  const taken = problem instanceof ApiProblem && problem.code === 'conflict';
  return taken ? copy.invite.conflict : problemText(problem);
}

function InviteForm({ admin, onClose }: { admin: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('user');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  async function send(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await invite(email.trim(), role);
      toast({ title: copy.invite.done(email.trim()), tone: 'ok' });
      await client.invalidateQueries({ queryKey: peopleKeys.invitations });
      onClose();
    } catch (problem) {
      setError(reasonOf(problem));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={send} className="space-y-4">
      <TextField
        label={copy.invite.email}
        type="email"
        name="invite-email"
        autoComplete="off"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={error}
      />
      <RoleChoice
        legend={copy.invite.role}
        value={role}
        onChange={setRole}
        roles={ROLES}
        disabled={(one) => (admin || one === 'user' ? undefined : 'Only Admins invite Managers and Admins.')}
      />
      <div className="flex justify-end gap-2">
        <Button type="button" variant="outline" onClick={onClose}>
          {copy.invite.cancel}
        </Button>
        <Button type="submit" busy={busy} busyText={copy.invite.busy}>
          {copy.invite.confirm}
        </Button>
      </div>
    </form>
  );
}
