import { useState } from 'react';
import { ConfirmDialog, TextField } from '../../components/ui';
import { copy } from './copy';
import type { Person } from './queries';
import type { Act } from './reasons';
import { RoleDialog } from './role-dialog';
import type { Acts } from './use-acts';

export type Chosen = { act: Act; person: Person };

type Props = { chosen: Chosen | undefined; acts: Acts; onClose: () => void };

/** Acts that need a yes and nothing else. */
const ASKED = [
  { act: 'resetMfa', tone: 'danger', run: (acts: Acts, person: Person) => acts.reset(person) },
  { act: 'deactivate', tone: 'danger', run: (acts: Acts, person: Person) => acts.switchOff(person) },
  { act: 'reactivate', tone: 'plain', run: (acts: Acts, person: Person) => acts.switchOn(person) },
] as const;

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
  return (
    <>
      <RoleDialog {...shared('role')} key={`${person.id}-${person.role}`} person={person} acts={acts} />
      <SignOutDialog {...shared('signOut')} person={person} acts={acts} />
      {ASKED.map(({ act, tone, run }) => (
        <ConfirmDialog
          key={act}
          {...shared(act)}
          title={copy[act].title(person.full_name)}
          body={copy[act].body}
          confirmLabel={copy[act].confirm}
          busyLabel={copy[act].busy}
          tone={tone}
          onConfirm={() => run(acts, person)}
        />
      ))}
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
