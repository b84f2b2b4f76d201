import { type FormEvent, useState } from 'react';
import { Button, Dialog, TextField, toast } from '../../components/ui';
import { calledOff, problemText } from '../../lib/refusals';
import { leaveAfter } from '../../lib/session';
import { copy } from './copy';
import { type Scope, signOutCompany } from './queries';

/** Ends everybody's sessions; asks for the company's name first. */
export function CompanyLogout({ name }: { name: string }) {
  const [open, setOpen] = useState(false);
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
      <p className="min-w-56 flex-1 text-sm text-muted">{copy.logout.row}</p>
      <Button variant="danger" onClick={() => setOpen(true)}>
        {copy.logout.open}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={copy.logout.title(name)} description={copy.logout.body}>
        <LogoutForm name={name} onClose={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}

function LogoutForm({ name, onClose }: { name: string; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [scope, setScope] = useState<Scope>('others');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function send(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (typed.trim() !== name) return setError(copy.logout.mismatch);
    setBusy(true);
    setError(undefined);
    try {
      if (scope === 'everyone') return await leaveAfter('signed_out', () => signOutCompany(scope));
      const receipt = await signOutCompany(scope);
      toast({
        title: copy.logout.done(receipt.sessions_revoked),
        body: copy.logout.closed(receipt.sockets_closed),
        tone: 'ok',
      });
      onClose();
    } catch (problem) {
      if (!calledOff(problem)) setError(problemText(problem));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={send} className="space-y-4">
      <fieldset className="space-y-1">
        <legend className="mb-1 text-sm font-medium">{copy.logout.who}</legend>
        {(['others', 'everyone'] as const).map((one) => (
          <label key={one} className="flex min-h-9 cursor-pointer items-center gap-3">
            <input
              type="radio"
              name="scope"
              checked={scope === one}
              onChange={() => setScope(one)}
              className="size-4 accent-solid"
            />
            {copy.logout[one]}
          </label>
        ))}
      </fieldset>
      <TextField
        label={copy.logout.type(name)}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        error={error}
      />
      <div className="flex justify-end gap-2">
        <Button type="button" variant="outline" onClick={onClose}>
          {copy.logout.cancel}
        </Button>
        <Button type="submit" variant="danger" busy={busy} busyText={copy.logout.busy}>
          {copy.logout.confirm}
        </Button>
      </div>
    </form>
  );
}
