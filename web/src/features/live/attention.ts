/** The queue of what somebody should look at: alerts of one rule about one account or address are one entry. */
import { describeEvent } from '../../lib/describe-event';
import type { DeskEvent } from './frames';

export type Alert = {
  key: string;
  title: string;
  detail?: string | undefined;
  /** The account it is about, if any. */
  person?: string | undefined;
  ip?: string | undefined;
  count: number;
  at: number;
  seq: number;
  high: boolean;
};

const ALWAYS = [
  'login.locked',
  'login.after_failures',
  'login.spraying',
  'login.new_device',
  'mfa.locked',
  'mfa.code_replayed',
  'mfa.disabled',
  'backup_code.used',
  'session.many',
  'refresh.reused',
];

const madeAdmin = ({ kind, data }: DeskEvent) =>
  kind === 'role.changed' && (data.after as { role?: unknown } | undefined)?.role === 'admin';

export const isAlert = (event: DeskEvent): boolean => ALWAYS.includes(event.kind) || madeAdmin(event);

const keyOf = (event: DeskEvent) => `${event.kind} ${event.subject ?? event.actor ?? event.ip ?? ''}`;

/** So many entries wait at most; the oldest go first, and all are in the audit log. */
const MOST = 50;

/** Adds an alert, newest first. */
export function raise(queue: readonly Alert[], event: DeskEvent): Alert[] {
  const key = keyOf(event);
  const before = queue.find((alert) => alert.key === key);
  if (before && before.seq >= event.seq) return [...queue];
  const { title, detail } = describeEvent(event);
  const alert: Alert = {
    key,
    title: madeAdmin(event) ? 'Somebody was made an Admin' : title,
    detail,
    person: event.subject ?? event.actor,
    ip: event.ip,
    count: (before?.count ?? 0) + 1,
    at: event.at,
    seq: event.seq,
    high: event.severity === 'critical' || event.severity === 'warning',
  };
  return [alert, ...queue.filter((other) => other.key !== key)].slice(0, MOST);
}

/** The number of the alert that somebody has dealt with, if the event says so. */
export const acknowledgedBy = ({ kind, data }: { kind: string; data: Record<string, unknown> }): number | undefined =>
  kind === 'alert.acknowledged' && typeof data.alert_seq === 'number' ? data.alert_seq : undefined;
