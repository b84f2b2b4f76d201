import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { LeaveGuard } from '../../components/leave-guard';
import { ConfirmDialog, toast } from '../../components/ui';
import { NOTHING_REFUSED, type Refusals, refusals } from '../../lib/refusals';
import { copy } from './copy';
import { changes, type Draft, draftOf } from './draft';
import { PolicyFields } from './policy-fields';
import { type Company, companyKey, update } from './queries';
import { SaveBar } from './save-bar';

/** Name and policy. `own` says whether the reader has two-step sign-in. */
export function PolicyForm({ company, own }: { company: Company; own: boolean }) {
  const client = useQueryClient();
  const [edited, setEdited] = useState<Partial<Draft>>({});
  const [wrong, setWrong] = useState<Refusals>(NOTHING_REFUSED);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const draft = { ...draftOf(company), ...edited };
  const change = changes(draft, company);
  const count = Object.keys(change).length;

  async function save() {
    setBusy(true);
    setWrong(NOTHING_REFUSED);
    try {
      client.setQueryData(companyKey, await update(change));
      setEdited({});
      toast({ title: copy.bar.saved, tone: 'ok' });
    } catch (problem) {
      setWrong(refusals(problem));
    } finally {
      setBusy(false);
    }
  }

  function send(event: FormEvent) {
    event.preventDefault();
    if (busy || count === 0) return;
    if (change.mfa_required) setAsking(true);
    else void save();
  }

  return (
    <form onSubmit={send} className="space-y-5" noValidate>
      <PolicyFields
        draft={draft}
        slug={company.slug}
        wrong={wrong.fields}
        onEdit={(part) => setEdited((before) => ({ ...before, ...part }))}
      />
      <SaveBar count={count} busy={busy} error={wrong.form} onDiscard={() => setEdited({})} />
      <LeaveGuard active={count > 0 && !busy} words={copy.leave} />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={copy.required.title}
        body={own ? copy.required.body : `${copy.required.body} ${copy.required.you}`}
        confirmLabel={copy.required.confirm}
        busyLabel={copy.required.busy}
        tone="plain"
        onConfirm={save}
      />
    </form>
  );
}
