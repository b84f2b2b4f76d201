import { useWindowVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useNames } from '../../lib/names';
import { copy } from './copy';
import { EventRow } from './event-row';
import type { WordKey } from './parse-filter';
import type { AuditEvent } from './queries';

type Props = {
  events: readonly AuditEvent[];
  utc: boolean;
  /** Rows of the filter before, shown until the new ones are here. */
  stale: boolean;
  more: boolean;
  fetching: boolean;
  onMore: () => void;
  onNarrow: (key: WordKey, value: string) => void;
};

const ROW_PX = 45;

/** Only rows in sight are in the page, however long the log is. */
export function AuditList({ events, utc, stale, more, fetching, onMore, onNarrow }: Props) {
  const { names } = useNames();
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const top = useRef<HTMLOListElement>(null);
  const [offset, setOffset] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands above the list grows and shrinks with the filter
  useLayoutEffect(() => {
    const box = top.current?.getBoundingClientRect();
    if (box) setOffset(box.top + window.scrollY);
  }, [events, stale]);

  const virtual = useWindowVirtualizer({
    count: events.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => events[index]?.seq ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !fetching && last >= events.length - 20) onMore();
  }, [last, events.length, more, fetching, onMore]);

  function toggle(seq: number) {
    const next = new Set(open);
    if (!next.delete(seq)) next.add(seq);
    setOpen(next);
  }

  return (
    <div
      className={clsx('rounded-lg border border-line bg-surface transition-opacity', stale && 'opacity-60')}
      aria-busy={stale || fetching}
    >
      <ol ref={top} aria-label={copy.list.label} className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const event = events[item.index];
          if (!event) return null;
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              aria-setsize={more ? -1 : events.length}
              aria-posinset={item.index + 1}
              className="absolute inset-x-0 top-0 border-b border-line"
              style={{ transform: `translateY(${item.start - offset}px)` }}
            >
              <EventRow
                event={event}
                names={names}
                utc={utc}
                open={open.has(event.seq)}
                onToggle={() => toggle(event.seq)}
                onNarrow={onNarrow}
              />
            </li>
          );
        })}
      </ol>
      <p className="px-4 py-3 text-sm text-muted" role="status">
        {more ? copy.list.more : copy.list.end}
      </p>
    </div>
  );
}
