import { Link } from '@tanstack/react-router';
import { type RefObject, type UIEvent, useCallback, useDeferredValue, useEffect, useId, useRef, useState } from 'react';
import { Empty, Select } from '../../components/ui';
import { inputLook } from '../../components/ui/field';
import { useNames } from '../../lib/names';
import { useShortcut } from '../../lib/shortcuts';
import { copy } from './copy';
import type { DeskStore } from './desk-store';
import { FeedRow } from './feed-row';
import { LineKeys } from './line-keys';
import { type Kinds, matching } from './matches';
import { useDeskPart } from './use-desk';

/** Lines drawn while they run: what can be seen and somewhat more. Whoever reads gets more; the audit log has the rest. */
const [RUNNING, READING] = [16, 200];
const KINDS: { value: Kinds; label: string }[] = (['all', 'passed', 'failed', 'blocked', 'alerts'] as const).map(
  (value) => ({ value, label: copy.feed[value] }),
);

/** Moves the focus from line to line. */
function step(by: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
}

type Props = { store: DeskStore; filter: RefObject<HTMLInputElement | null> };

export function Feed({ store, filter }: Props) {
  const { names } = useNames();
  const rows = useDeskPart(store, (desk) => desk.rows);
  const paused = useDeskPart(store, (desk) => desk.paused);
  const [text, setText] = useState('');
  const [kinds, setKinds] = useState<Kinds>('all');
  const [open, setOpen] = useState<number>();
  const [lines] = useState(() => new LineKeys());
  const title = useId();
  const wanted = useDeferredValue(text);
  const shown = matching(rows, wanted, kinds, (id) => names.get(id)?.full_name ?? id).slice(
    0,
    paused ? READING : RUNNING,
  );
  const keys = lines.of(shown.map(({ seq }) => seq));
  const toggle = useCallback((seq: number) => setOpen((before) => (before === seq ? undefined : seq)), []);
  useShortcut('j', () => step(1));
  useShortcut('k', () => step(-1));
  useShortcut('/', () => filter.current?.focus());

  const list = useRef<HTMLDivElement>(null);
  // Who goes on wants to see the newest, wherever they had read.
  useEffect(() => {
    if (!paused) list.current?.scrollTo({ top: 0 });
  }, [paused]);

  /** Whoever reads further down does not want the lines to run away; back at the top they go on. */
  function scrolled({ currentTarget }: UIEvent<HTMLElement>) {
    if (currentTarget.scrollTop > 40 && !store.snapshot().paused) store.pause('scroll');
    if (currentTarget.scrollTop <= 2) store.readAgain();
  }

  return (
    <section aria-labelledby={title} className="panel min-w-0">
      <header className="flex flex-wrap items-center gap-3 px-4 pt-4 pb-3">
        <h2 id={title} className="flex-1 text-lg font-semibold">
          {copy.feed.title}
        </h2>
        <input
          ref={filter}
          type="search"
          aria-label={copy.feed.search}
          placeholder={copy.feed.search}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className={inputLook('min-w-0 flex-1 basis-56')}
        />
        <div className="w-36">
          <Select label={copy.feed.kinds} hideLabel value={kinds} onChange={setKinds} options={KINDS} />
        </div>
      </header>
      {shown.length === 0 ? (
        <Empty {...(rows.length === 0 ? copy.feed.empty : copy.feed.none)} />
      ) : (
        <div
          ref={list}
          role="log"
          aria-live="off"
          aria-label={copy.feed.title}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          onScroll={scrolled}
          className="h-[28rem] overflow-y-auto [contain:strict] border-t border-line focus-visible:-outline-offset-2"
        >
          <ol className="divide-y divide-line">
            {shown.map((row, index) => (
              <FeedRow key={keys[index]} row={row} names={names} open={open === row.seq} onToggle={toggle} />
            ))}
          </ol>
          <p className="px-4 py-3 text-sm">
            <Link to="/app/audit" className="link">
              {copy.feed.older}
            </Link>
          </p>
        </div>
      )}
    </section>
  );
}
