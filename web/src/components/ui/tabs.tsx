import clsx from 'clsx';
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';

type Tab<T extends string> = { id: T; label: ReactNode; content: ReactNode };
type Props<T extends string> = { label?: string; tabs: readonly Tab<T>[]; value: T; onChange: (id: T) => void };

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

/** One tab stop; the arrow keys change the tab. */
export function Tabs<T extends string>({ label, tabs, value, onChange }: Props<T>) {
  const [name, list] = [useId(), useRef<HTMLDivElement>(null)];
  const at = tabs.findIndex(({ id }) => id === value);

  function typed({ key }: KeyboardEvent) {
    const by = STEPS[key];
    const next = by && (at + by + tabs.length) % tabs.length;
    if (next === undefined || !tabs[next]) return;
    onChange(tabs[next].id);
    list.current?.querySelectorAll('button')[next]?.focus();
  }

  return (
    <div>
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        onKeyDown={typed}
        className="flex gap-1 overflow-x-auto border-b border-line"
      >
        {tabs.map(({ id, label: words }) => (
          <button
            key={id}
            id={`${name}-${id}`}
            type="button"
            role="tab"
            aria-selected={id === value}
            aria-controls={`${name}-panel`}
            tabIndex={id === value ? 0 : -1}
            onClick={() => onChange(id)}
            className={clsx(
              'h-10 border-b-2 px-3 text-sm font-medium whitespace-nowrap focus-visible:-outline-offset-2',
              id === value ? 'border-ink text-ink' : 'border-transparent text-muted hover:text-ink',
            )}
          >
            {words}
          </button>
        ))}
      </div>
      <div id={`${name}-panel`} role="tabpanel" aria-labelledby={`${name}-${value}`} className="pt-5">
        {tabs[at]?.content}
      </div>
    </div>
  );
}
