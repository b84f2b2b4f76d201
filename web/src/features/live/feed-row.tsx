import { Link } from '@tanstack/react-router';
import clsx from 'clsx';
import { ChevronRight } from 'lucide-react';
import { memo } from 'react';
import { EventGlyph } from '../../components/event-glyph';
import { describeAgent } from '../../lib/describe-agent';
import { describeEvent } from '../../lib/describe-event';
import { clock, exact, number } from '../../lib/format';
import { type Named, nameOf } from '../../lib/names';
import { copy } from './copy';
import type { Row, Skipped } from './desk-store';
import type { DeskEvent } from './frames';

function Details({ event, who, whom }: { event: DeskEvent; who: string | undefined; whom: string | undefined }) {
  const { detail } = copy.feed;
  const facts: [string, string | undefined][] = [
    [detail.seq, number(event.seq)],
    [detail.at, exact(new Date(event.at))],
    [detail.who, who],
    [detail.whom, whom],
    [detail.ip, event.ip],
    [detail.agent, event.agent && `${describeAgent(event.agent).label} — ${event.agent}`],
    [detail.session, event.session],
  ];
  return (
    <div className="space-y-3 bg-raised/50 px-4 py-3 text-sm">
      <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[8rem_minmax(0,1fr)]">
        {facts.map(([name, value]) =>
          value ? (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="break-words">{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      {Object.keys(event.data).length > 0 && (
        <pre className="overflow-x-auto font-mono text-xs whitespace-pre-wrap">
          {JSON.stringify(event.data, null, 2)}
        </pre>
      )}
    </div>
  );
}

type Names = { names: ReadonlyMap<string, Named> };
type Props = Names & { row: Row; open: boolean; onToggle: (seq: number) => void };

/** One line; what was passed over is a line too. */
export const FeedRow = memo(function FeedRow({ row, ...rest }: Props) {
  if ('skipped' in row) {
    return <SkippedLine row={row} />;
  }
  return <EventLine event={row} {...rest} />;
});

/** A second more than the last of them: the log's filter ends before its end. */
const MARGIN_MS = 1_000;

function SkippedLine({ row }: { row: Skipped }) {
  const iso = (at: number) => new Date(at).toISOString();
  const from = row.from === undefined ? '' : iso(row.from);
  const to = iso(row.to + MARGIN_MS);
  return (
    <li className="flex flex-wrap gap-x-2 bg-raised/50 px-4 py-2 text-sm text-muted">
      {copy.feed.skipped(number(row.skipped))}
      <Link to="/app/audit" search={{ q: `created:${from ? `${from}..${to}` : `<${to}`}` }} className="link">
        {copy.feed.skippedLink}
      </Link>
    </li>
  );
}

type LineProps = Omit<Props, 'row'> & { event: DeskEvent };

function EventLine({ event, names, open, onToggle }: LineProps) {
  const { title, detail, outcome } = describeEvent(event);
  const actor = nameOf(names, event.actor);
  const subject = nameOf(names, event.subject);
  const who = actor ?? (event.anonymous ? copy.feed.anonymous : copy.feed.system);
  const whom = event.subject !== event.actor ? subject : undefined;
  const at = clock(new Date(event.at));
  return (
    <li className="relative [contain:content]">
      <button
        type="button"
        data-row={event.seq}
        aria-expanded={open}
        onClick={() => onToggle(event.seq)}
        className="grid w-full grid-cols-[1rem_minmax(0,1fr)_1rem] items-baseline gap-x-3 px-4 py-2 text-left text-sm hover:bg-raised/60 focus-visible:-outline-offset-2 md:grid-cols-[4.5rem_1rem_minmax(0,1.7fr)_minmax(0,1fr)_7rem_1rem]"
      >
        <span className="font-mono text-xs text-muted max-md:hidden">{at}</span>
        <EventGlyph outcome={outcome} />
        <span className="min-w-0 truncate">
          <span className="font-medium">{title}</span>
          {detail && <span className="text-muted"> · {detail}</span>}
        </span>
        <span className="min-w-0 truncate max-md:col-start-2 max-md:row-start-2">
          {event.anonymous && whom ? whom : who}
          {!event.anonymous && whom && <span className="text-muted"> → {whom}</span>}
        </span>
        <span className="truncate font-mono text-xs text-muted max-md:col-start-2 max-md:row-start-3">
          <span className="md:hidden">{at} </span>
          {event.ip}
        </span>
        <ChevronRight
          aria-hidden
          className={clsx('size-4 self-center text-muted max-md:col-start-3 max-md:row-start-1', open && 'rotate-90')}
        />
      </button>
      {open && <Details event={event} who={who} whom={subject} />}
    </li>
  );
}
