import clsx from 'clsx';
import { ChevronRight } from 'lucide-react';
import { useId } from 'react';
import { EventGlyph } from '../../components/event-glyph';
import { describeEvent } from '../../lib/describe-event';
import type { Named } from '../../lib/names';
import { copy } from './copy';
import { EventDetail } from './event-detail';
import { clock } from './format-at';
import type { WordKey } from './parse-filter';
import type { AuditEvent } from './queries';

type Props = {
  event: AuditEvent;
  names: ReadonlyMap<string, Named>;
  utc: boolean;
  open: boolean;
  onToggle: () => void;
  onNarrow: (key: WordKey, value: string) => void;
};

const short = (id: string) => id.slice(0, 8);

/** Who did it, and to whom where that is somebody else. */
export function people(event: AuditEvent, names: ReadonlyMap<string, Named>): { who: string; whom?: string } {
  const { actor, subject } = event;
  const byId = (id: string) => names.get(id)?.full_name ?? short(id);
  const who = actor.type === 'user' ? byId(actor.id) : actor.type === 'system' ? copy.list.system : copy.list.anonymous;
  const other = subject?.type === 'user' && !(actor.type === 'user' && actor.id === subject.id);
  return other && subject ? { who, whom: byId(subject.id) } : { who };
}

export function EventRow({ event, names, utc, open, onToggle, onNarrow }: Props) {
  const { title, detail, outcome } = describeEvent(event);
  const { who, whom } = people(event, names);
  const id = useId();
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={onToggle}
        className="grid w-full grid-cols-[auto_minmax(0,1fr)_auto] items-baseline gap-x-3 gap-y-0.5 px-3 py-3 text-left text-sm hover:bg-raised/60 md:grid-cols-[9.5rem_auto_minmax(0,1.2fr)_minmax(0,1fr)_8rem_auto] md:px-4"
      >
        <time dateTime={event.at} className="font-mono text-xs whitespace-nowrap text-muted max-md:hidden">
          {clock(event.at, utc)}
        </time>
        <EventGlyph outcome={outcome} />
        <span className="min-w-0 truncate">
          <span className="font-medium">{title}</span>
          {detail && <span className="text-muted"> · {detail}</span>}
        </span>
        <span className="min-w-0 truncate max-md:col-start-2 max-md:row-start-2">
          {who}
          {whom && (
            <span className="text-muted">
              {' '}
              <span aria-hidden>→</span>
              <span className="sr-only">{copy.list.on}</span> <span className="text-ink">{whom}</span>
            </span>
          )}
        </span>
        <span className="truncate font-mono text-xs text-muted max-md:hidden">{event.ip}</span>
        <span className="font-mono text-xs text-muted max-md:col-start-2 max-md:row-start-3 md:hidden">
          {/* On a phone the year would push the address to a line of its own. */}
          {clock(event.at, utc).slice(5)} {event.ip}
        </span>
        <ChevronRight
          aria-hidden
          className={clsx(
            'size-4 self-center text-muted transition-transform max-md:col-start-3 max-md:row-start-1',
            open && 'rotate-90',
          )}
        />
      </button>
      {open && (
        <div id={id}>
          <EventDetail event={event} names={names} onNarrow={onNarrow} />
        </div>
      )}
    </div>
  );
}
