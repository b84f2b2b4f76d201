import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../../api/client';
import { NOTHING_REFUSED, type OwnWords, type Refusals, refusals } from '../../lib/refusals';
import { waitWords } from './copy';

/** Counts down to nought, once a second. */
function useCountdown() {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left === 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  return [left, setLeft] as const;
}

type Options = {
  /** Codes in the page's own words. */
  own?: OwnWords;
  /** The page deals with this refusal itself. */
  caught?: (problem: ApiProblem) => boolean;
  /** The field that is wrong whenever the form as a whole is. */
  blame?: string;
};

/** A form of one request: busy, refused or told to wait. Entries stay in the fields whatever happens. */
export function useForm(work: (entries: (name: string) => string) => Promise<void>, options: Options = {}) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusals>(NOTHING_REFUSED);
  const [wait, setWait] = useCountdown();
  const form = useRef<HTMLFormElement>(null);

  function refuse(problem: unknown) {
    if (problem instanceof ApiProblem && options.caught?.(problem)) return;
    if (problem instanceof ApiProblem && problem.status === 429) return setWait(problem.retryAfter ?? 60);
    const found = refusals(problem, options.own);
    setRefused(found);
    const name = Object.keys(found.fields)[0] ?? (problem instanceof ApiProblem ? options.blame : undefined);
    if (name) form.current?.querySelector<HTMLInputElement>(`[name="${name}"]`)?.focus();
  }

  async function submit(event?: FormEvent) {
    event?.preventDefault();
    if (busy || wait > 0 || !form.current) return;
    const data = new FormData(form.current);
    setBusy(true);
    setRefused(NOTHING_REFUSED);
    await work((name) => String(data.get(name) ?? ''))
      .catch(refuse)
      .finally(() => setBusy(false));
  }

  /** What is being mended is not wrong any more, until the server says so again. */
  function mend({ target }: FormEvent<HTMLFormElement>) {
    const name = target instanceof HTMLInputElement ? target.name : '';
    if (refused.fields[name]) setRefused({ ...refused, fields: { ...refused.fields, [name]: '' } });
  }

  return {
    busy,
    submit,
    form: { ref: form, onSubmit: submit, onInput: mend, noValidate: true },
    error: wait > 0 ? waitWords(wait) : refused.form,
    fields: refused.fields,
    /** For the button: it can be reached, and does nothing. */
    button: { type: 'submit' as const, busy, 'aria-disabled': wait > 0 || undefined },
  };
}
