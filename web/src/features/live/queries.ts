import { api, unwrap } from '../../api/client';
import { forceLogout } from '../../api/ends';
import type { components } from '../../api/schema';
import { acknowledgedBy } from './attention';
import type { WindowName } from './buckets';

export type Signed = components['schemas']['PersonView'];
export type SignedSession = Signed['sessions'][number];

export const deskKeys = {
  all: ['desk'] as const,
  past: ['desk', 'past'] as const,
  alerts: ['desk', 'alerts'] as const,
  acknowledged: ['desk', 'acknowledged'] as const,
  summary: (name: WindowName) => ['desk', 'summary', name] as const,
  sessions: ['desk', 'sessions'] as const,
};

const DAY_MS = 86_400_000;

export const pastEvents = () =>
  unwrap(api.GET('/api/audit-logs', { params: { query: { limit: 100 } } })).then(({ items }) => items);

/** What was serious within a day still waits for somebody. */
export const pastAlerts = () =>
  unwrap(
    api.GET('/api/audit-logs', {
      params: {
        query: { limit: 100, severity: ['warning', 'critical'], from: new Date(Date.now() - DAY_MS).toISOString() },
      },
    }),
  ).then(({ items }) => items);

/** The numbers of alerts that somebody has dealt with within a day. */
export const pastAcknowledged = () =>
  unwrap(
    api.GET('/api/audit-logs', {
      params: {
        query: { limit: 200, kind: ['alert.acknowledged'], from: new Date(Date.now() - DAY_MS).toISOString() },
      },
    }),
  ).then(({ items }) => items.map(acknowledgedBy).filter((seq) => seq !== undefined));

/** For the whole team: the alert leaves every desk. */
export const acknowledge = (seq: number) => unwrap(api.POST('/api/live/acknowledgements', { body: { seq } }));

export const summary = (name: WindowName) =>
  unwrap(api.GET('/api/live/summary', { params: { query: { window: name } } }));

const signedIn = () => unwrap(api.GET('/api/live/sessions'));

export const signedInQuery = { queryKey: deskKeys.sessions, queryFn: signedIn };

/** Out everywhere, and the password is void until it is set anew by a mailed link. */
export const secure = (id: string, reason: string) => forceLogout(id, { reason, require_new_password: true });
