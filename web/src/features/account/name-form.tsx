import { type FormEvent, useState } from 'react';
import { FormError } from '../../components/form-error';
import { Button, TextField, toast } from '../../components/ui';
import { NOTHING_REFUSED, type Refusals, refusals } from '../../lib/refusals';
import { copy } from './copy';
import { type Me, rename } from './queries';

/** The one thing of the profile that is changed without further proof. */
export function NameForm({ me, onSaved }: { me: Me; onSaved: () => Promise<void> }) {
  const [name, setName] = useState(me.full_name);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusals>(NOTHING_REFUSED);
  const changed = name.trim() !== me.full_name;

  async function send(event: FormEvent) {
    event.preventDefault();
    if (busy || !changed) return;
    setBusy(true);
    setRefused(NOTHING_REFUSED);
    try {
      await rename(name.trim());
      toast({ title: copy.profile.saved, tone: 'ok' });
      await onSaved();
    } catch (problem) {
      setRefused(refusals(problem));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={send} className="space-y-3">
      <FormError text={refused.form} />
      <TextField
        label={copy.profile.name}
        name="full_name"
        autoComplete="name"
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={refused.fields.full_name}
      />
      {changed && (
        <Button type="submit" busy={busy} busyText={copy.profile.saving}>
          {copy.profile.save}
        </Button>
      )}
    </form>
  );
}
