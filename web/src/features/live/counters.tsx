import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Skeleton } from '../../components/ui';
import { number, percent } from '../../lib/format';
import type { Summary } from './buckets';
import { copy } from './copy';
import type { DeskStore } from './desk-store';
import type { Outcome } from './frames';
import { signedInQuery } from './queries';
import { useDeskPart } from './use-desk';

const TONES: Record<Outcome, string> = { passed: 'bg-bar-ok', failed: 'bg-bar-warn', blocked: 'bg-bar-bad' };

function Figure({ label, bar, value, note }: { label: string; bar?: string; value: ReactNode; note: ReactNode }) {
  return (
    <div className="panel px-4 py-3">
      <dt className="flex items-center gap-2 text-sm text-muted">
        {bar && <span aria-hidden className={`h-3 w-1 rounded-full ${bar}`} />}
        {label}
      </dt>
      <dd className="mt-1 text-xl font-semibold tabular-nums">{value}</dd>
      <dd className="text-xs text-muted">{note}</dd>
    </div>
  );
}

/** What is usual, for a window of so many buckets. */
function usualOf(summary: Summary, outcome: Outcome): string {
  if (!summary.usual) return copy.counters.noUsual;
  const value = summary.usual[outcome] * summary.buckets.length;
  return copy.counters.usual(number(value < 1 ? Math.round(value * 10) / 10 : Math.round(value)));
}

/** Counted from the list of sessions, which follows the stream, where that holds them all. */
function SessionsNow({ summary }: { summary: Summary }) {
  const { data } = useQuery(signedInQuery);
  const whole = data && !data.more ? data.items : undefined;
  const sessions = whole?.reduce((sum, { sessions: each }) => sum + each.length, 0) ?? summary.sessions_now;
  const people = whole?.length ?? summary.people_now;
  return (
    <Figure
      label={copy.counters.sessions}
      value={number(sessions)}
      note={copy.counters.people(people, number(people))}
    />
  );
}

/** Numbers against what is usual, not bare totals. */
export function Counters({ store, summary }: { store: DeskStore; summary: Summary | undefined }) {
  const totals = useDeskPart(store, (desk) => desk.totals);
  if (!summary || !totals) return <Skeleton className="h-24" />;
  const tries = totals.passed + totals.failed + totals.blocked;
  const share = tries === 0 ? 0 : totals.failed / tries;
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Figure
        label={copy.counters.passed}
        bar={TONES.passed}
        value={number(totals.passed)}
        note={usualOf(summary, 'passed')}
      />
      <Figure
        label={copy.counters.failed}
        bar={TONES.failed}
        value={number(totals.failed)}
        note={
          <>
            {copy.counters.ofTries(percent(share))} ·{' '}
            <span className="whitespace-nowrap">{usualOf(summary, 'failed')}</span>
          </>
        }
      />
      <Figure
        label={copy.counters.blocked}
        bar={TONES.blocked}
        value={number(totals.blocked)}
        note={usualOf(summary, 'blocked')}
      />
      <SessionsNow summary={summary} />
    </dl>
  );
}
