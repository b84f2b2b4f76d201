import { type FormEvent, useState } from 'react';
import { Button, Dialog, Select, TextField } from '../../components/ui';
import { NOTHING_REFUSED, type Refusals, refusals } from '../../lib/refusals';
import { serviceCopy as copy } from './service-copy';
import { create, type Issued, type KeyScope, SCOPES } from './service-queries';

type Props = { open: boolean; onOpenChange: (open: boolean) => void; onMade: (issued: Issued) => void };

export function NewKeyDialog({ open, onOpenChange, onMade }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={copy.form.title} description={copy.form.body}>
      <NewKeyForm onMade={onMade} onClose={() => onOpenChange(false)} />
    </Dialog>
  );
}

const LIVES = Object.entries(copy.form.lives).map(([value, label]) => ({ value, label }));

function NewKeyForm({ onMade, onClose }: { onMade: (issued: Issued) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly KeyScope[]>(SCOPES);
  const [days, setDays] = useState('0');
  const [wrong, setWrong] = useState<Refusals>(NOTHING_REFUSED);
  const [busy, setBusy] = useState(false);

  function toggle(scope: KeyScope, on: boolean) {
    setScopes(SCOPES.filter((one) => (one === scope ? on : scopes.includes(one))));
  }

  async function send(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (scopes.length === 0) return setWrong({ fields: { scopes: copy.form.noScope } });
    setBusy(true);
    setWrong(NOTHING_REFUSED);
    try {
      const life = days === '0' ? {} : { expires_in_days: Number(days) };
      onMade(await create({ name: name.trim(), scopes: [...scopes], ...life }));
    } catch (problem) {
      setWrong(refusals(problem));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={send} className="space-y-4" noValidate>
      <TextField
        label={copy.form.name}
        name="service-name"
        autoComplete="off"
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={wrong.fields.name}
      />
      <ScopeChoice chosen={scopes} error={wrong.fields.scopes} onToggle={toggle} />
      <Select label={copy.form.life} value={days} options={LIVES} onChange={setDays} />
      {(wrong.form ?? wrong.fields['']) && (
        <p role="alert" className="text-sm text-bad">
          {wrong.form ?? wrong.fields['']}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button type="button" variant="outline" onClick={onClose}>
          {copy.form.cancel}
        </Button>
        <Button type="submit" busy={busy} busyText={copy.form.busy}>
          {copy.form.confirm}
        </Button>
      </div>
    </form>
  );
}

type ChoiceProps = {
  chosen: readonly KeyScope[];
  error: string | undefined;
  onToggle: (scope: KeyScope, on: boolean) => void;
};

function ScopeChoice({ chosen, error, onToggle }: ChoiceProps) {
  return (
    <fieldset className="space-y-1">
      <legend className="mb-1 text-sm font-medium">{copy.form.scopes}</legend>
      {SCOPES.map((scope) => (
        <label key={scope} className="flex min-h-9 cursor-pointer items-center gap-3">
          <input
            type="checkbox"
            checked={chosen.includes(scope)}
            onChange={(event) => onToggle(scope, event.target.checked)}
            className="size-4 accent-solid"
          />
          <span>
            {copy.scopes[scope]} <code className="font-mono text-sm text-muted">{scope}</code>
          </span>
        </label>
      ))}
      {error && (
        <p role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}
