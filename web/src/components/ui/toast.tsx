import clsx from 'clsx';
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { createStore, useStore } from '../../lib/store';

type Tone = 'ok' | 'warn' | 'bad' | 'plain';

export type ToastOptions = {
  title: ReactNode;
  body?: ReactNode;
  tone?: Tone;
  action?: { label: string; onClick: () => void };
  /** How long it stays while nobody points at it. */
  seconds?: number;
};

type Shown = ToastOptions & { id: number };

const [SECONDS, MOST] = [6, 3];
const shown = createStore<Shown[]>([]);
let last = 0;

/** Says that something was done, beside the page. What must be read belongs on the page itself. */
export function toast(options: ToastOptions) {
  last += 1;
  shown.set([...shown.get(), { ...options, id: last }].slice(-MOST));
}

const dismiss = (id: number) => shown.set(shown.get().filter((each) => each.id !== id));

const BARS: Record<Tone, string> = { ok: 'bg-bar-ok', warn: 'bg-bar-warn', bad: 'bg-bar-bad', plain: 'bg-line-strong' };

function Toast({ id, title, body, tone = 'plain', action, seconds = SECONDS }: Shown) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismiss(id), seconds * 1000);
    return () => clearTimeout(timer);
  }, [held, id, seconds]);
  function act() {
    dismiss(id);
    action?.onClick();
  }
  return (
    <li
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="arrives relative flex items-start gap-2 overflow-hidden rounded-lg border border-line bg-surface py-2 pr-2 pl-5 text-ink shadow-xl"
    >
      <span aria-hidden className={clsx('absolute inset-y-0 left-0 w-1.5', BARS[tone])} />
      <div className="min-w-0 flex-1 py-1.5">
        <p className="text-sm font-medium">{title}</p>
        {body && <p className="text-sm text-muted">{body}</p>}
      </div>
      {action && (
        <button
          type="button"
          onClick={act}
          className="h-8 rounded-md px-2 text-sm font-medium text-brand hover:bg-raised"
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={() => dismiss(id)}
        className="grid size-8 place-items-center rounded-md text-muted hover:bg-raised"
      >
        <X aria-hidden className="size-4" />
      </button>
    </li>
  );
}

/** Where toasts appear, once, in the shell. In the top layer, and lifted there again with each that comes. */
export function Toasts() {
  const list = useRef<HTMLUListElement>(null);
  const toasts = useStore(shown);
  const newest = toasts.at(-1)?.id;
  useEffect(() => {
    if (newest === undefined) return;
    list.current?.hidePopover?.();
    list.current?.showPopover?.();
  }, [newest]);
  return (
    <section aria-label="Messages" aria-live="polite">
      <ul
        ref={list}
        popover="manual"
        className="fixed inset-x-3 top-auto bottom-20 m-0 mx-auto w-[calc(100%-1.5rem)] max-w-sm space-y-2 overflow-visible border-0 bg-transparent p-0 md:right-6 md:bottom-6 md:left-auto md:mx-0 md:w-96"
      >
        {toasts.map((each) => (
          <Toast key={each.id} {...each} />
        ))}
      </ul>
    </section>
  );
}
