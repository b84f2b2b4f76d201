import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Card, Skeleton } from '../../components/ui';
import { number } from '../../lib/format';
import type { Summary } from './buckets';
import { copy } from './copy';

type Line = { key: string; what: ReactNode; count: number; other: number };

/** Shares as bars of the line's own width, in steps, so that no inline style is needed. */
function Share({ part }: { part: number }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 100 4" preserveAspectRatio="none" className="mt-1 h-1 w-full">
      <rect width="100" height="4" className="fill-raised" />
      <rect width={Math.max(1, part * 100)} height="4" className="fill-bar-warn" />
    </svg>
  );
}

type Columns = { what: string; count: string; other: string };

function Ranking({ title, columns, lines }: { title: string; columns: Columns; lines: Line[] }) {
  const most = Math.max(1, ...lines.map(({ count }) => count));
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-sm font-medium">{title}</h3>
      {lines.length === 0 ? (
        <p className="text-sm text-muted">{copy.sources.none}</p>
      ) : (
        <table className="w-full table-fixed text-sm">
          <thead>
            <tr className="text-left text-xs text-muted">
              <th scope="col" className="pb-1 font-medium">
                {columns.what}
              </th>
              <th scope="col" className="w-16 pb-1 text-right font-medium">
                {columns.count}
              </th>
              <th scope="col" className="w-20 pb-1 text-right font-medium">
                {columns.other}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ key, what, count, other }) => (
              <tr key={key}>
                <td className="py-1 pr-3">
                  <div className="truncate">{what}</div>
                  <Share part={count / most} />
                </td>
                <td className="py-1 text-right align-top">{number(count)}</td>
                <td className="py-1 text-right align-top text-muted">{number(other)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

/** One address on many accounts sprays; many on one account guess. */
export function Sources({ summary }: { summary: Summary | undefined }) {
  if (!summary) return <Skeleton className="h-40" />;
  const byIp = summary.sources.by_ip.map(({ ip, failures, accounts }) => ({
    key: ip,
    what: (
      <Link to="/app/audit" search={{ q: `ip:${ip}` }} className="link font-mono text-xs">
        {ip}
      </Link>
    ),
    count: failures,
    other: accounts,
  }));
  const byAccount = summary.sources.by_account.map(({ user_id, name, email, failures, sources }) => ({
    key: user_id ?? 'unknown',
    what: user_id ? (
      <Link to="/app/people/$id" params={{ id: user_id }} className="link">
        {name ?? email ?? user_id}
      </Link>
    ) : (
      copy.sources.unknown
    ),
    count: failures,
    other: sources,
  }));
  return (
    <Card title={copy.sources.title} description={copy.sources.lead}>
      <div className="grid gap-6 sm:grid-cols-2 xl:grid-cols-1">
        <Ranking title={copy.sources.byIp} columns={copy.sources.ipColumns} lines={byIp} />
        <Ranking title={copy.sources.byAccount} columns={copy.sources.accountColumns} lines={byAccount} />
      </div>
    </Card>
  );
}
