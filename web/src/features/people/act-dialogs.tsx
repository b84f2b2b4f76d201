import { useState } from 'react';
import { ConfirmDialog, TextField } from '../../components/ui';
import { copy } from './copy';
import type { Person } from './queries';
import type { Act } from './reasons';
import { RoleDialog } from './role-dialog';
import type { Acts } from './use-acts';

export type Chosen = { act: Act; person: Person };

type Props = { chosen: Chosen | undefined; acts: Acts; onClose: () => void };

/** One dialog of each kind for all rows. The last choice stays while its dialog fades. */
export function ActDialogs({ chosen, acts, onClose }: Props) {
  const [last, setLast] = useState(chosen);
  if (chosen && chosen !== last) setLast(chosen);
  const person = (chosen ?? last)?.person;
  if (!person) return null;
  const shared = (act: Act) => ({
    open: chosen?.act === act,
    onOpenChange: (open: boolean) => !open && onClose(),
  });
  const name = person.full_name;
  return (
    <>
      <RoleDialog {...shared('role')} key={`${person.id}-${person.role}`} person={person} acts={acts} />
      <SignOutDialog {...shared('signOut')} person={person} acts={acts} />
      <ConfirmDialog
        {...shared('resetMfa')}
        title={copy.resetMfa.title(name)}
        body={copy.resetMfa.body}
        confirmLabel={copy.resetMfa.confirm}
        busyLabel={copy.resetMfa.busy}
        tone="danger"
        onConfirm={() => acts.reset(person)}
      />
      <ConfirmDialog
        {...shared('deactivate')}
        title={copy.deactivate.title(name)}
        body={copy.deactivate.body}
        confirmLabel={copy.deactivate.confirm}
        busyLabel={copy.deactivate.busy}
        tone="danger"
        onConfirm={() => acts.switchOff(person)}
      />
      <ConfirmDialog
        {...shared('reactivate')}
        title={copy.reactivate.title(name)}
        body={copy.reactivate.body}
        confirmLabel={copy.reactivate.confirm}
        busyLabel={copy.reactivate.busy}
        tone="plain"
        onConfirm={() => acts.switchOn(person)}
      />
    </>
  );
}

type SignOutProps = { open: boolean; onOpenChange: (open: boolean) => void; person: Person; acts: Acts };

function SignOutDialog({ open, onOpenChange, person, acts }: SignOutProps) {
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={copy.signOut.title(person.full_name)}
      body={
        <div className="space-y-4">
          <p>{copy.signOut.body}</p>
          <TextField
            label={copy.signOut.reason}
            hint={copy.signOut.reasonHint}
            value={reason}
            maxLength={200}
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
      }
      confirmLabel={copy.signOut.confirm}
      busyLabel={copy.signOut.busy}
      tone="danger"
      onConfirm={async () => {
        await acts.signOut(person, reason.trim());
        setReason('');
      }}
    />
  );
}
