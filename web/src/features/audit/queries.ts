import { api, unwrap } from '../../api/client';
import type { components, operations } from '../../api/schema';
import type { EventKind } from '../../lib/describe-event';
import type { Filter } from './parse-filter';

export type AuditEvent = components['schemas']['AuditView'];
export type Verdict = components['schemas']['VerifyAnswer'];

type ListQuery = NonNullable<operations['company.audit_logs']['parameters']['query']>;

/** The filter as the server takes it: ids instead of names. */
export type Wanted = Omit<ListQuery, 'order' | 'limit' | 'cursor'>;

export const auditKeys = {
  list: (wanted: Wanted) => ['audit', 'list', wanted] as const,
};

export const PAGE = 100;

export const audit = (wanted: Wanted, cursor: string | undefined) =>
  unwrap(api.GET('/api/audit-logs', { params: { query: { ...wanted, limit: PAGE, ...(cursor ? { cursor } : {}) } } }));

export const verify = () => unwrap(api.GET('/api/audit-logs/verify'));

/** The file as a stream of bytes; the server writes it while it is read. */
export const exported = (wanted: Wanted, format: 'csv' | 'ndjson', signal: AbortSignal) =>
  unwrap(
    api.GET('/api/audit-logs/export', { params: { query: { ...wanted, format } }, parseAs: 'stream', signal }),
  ) as Promise<ReadableStream<Uint8Array>>;

export type Ids = { actor?: string; subject?: string };

/** Without a word about time, the last seven days. Times are cut to the minute so that the list keeps its key. */
export function wantedBy(filter: Filter, ids: Ids, now: Date): Wanted {
  const week = new Date(now.getTime() - 7 * 86_400_000);
  const { from, to } = filter.created ?? { from: week };
  const minute = (at: Date) => new Date(Math.floor(at.getTime() / 60_000) * 60_000).toISOString();
  return {
    ...(filter.kinds ? { kind: filter.kinds as EventKind[] as NonNullable<Wanted['kind']> } : {}),
    ...(filter.severities ? { severity: filter.severities } : {}),
    ...(filter.roles ? { role: filter.roles } : {}),
    ...(ids.actor ? { actor: ids.actor } : {}),
    ...(ids.subject ? { subject: ids.subject } : {}),
    ...(filter.session ? { session: filter.session } : {}),
    ...(filter.request ? { request_id: filter.request } : {}),
    ...(filter.ip ? { ip: filter.ip } : {}),
    ...(from ? { from: minute(from) } : {}),
    ...(to ? { to: minute(to) } : {}),
  };
}
