import { api, unwrap } from '../../api/client';
import { forceLogout } from '../../api/ends';
import type { components } from '../../api/schema';

export type Person = components['schemas']['UserView'];
export type Role = components['schemas']['Role'];
export type Invitation = components['schemas']['InvitationView'];
export type Status = 'active' | 'deactivated';

/** Where somebody is signed in, in short. */
export type Presence = { sessions: number; connected: boolean };

export type PeopleSearch = { q?: string | undefined; role?: Role | undefined; status?: Status | undefined };

export const ROLES: readonly Role[] = ['user', 'manager', 'admin'];

export const peopleKeys = {
  all: ['people'] as const,
  list: (search: PeopleSearch) => ['people', 'list', search] as const,
  one: (id: string) => ['people', 'one', id] as const,
  admins: ['people', 'admins'] as const,
  signedIn: ['sessions', 'everybody'] as const,
  invitations: ['people', 'invitations'] as const,
  history: (id: string) => ['people', 'history', id] as const,
};

const PAGE = 50;

export const people = ({ q, role, status }: PeopleSearch, cursor: string | undefined) =>
  unwrap(
    api.GET('/api/users', {
      params: {
        query: {
          limit: PAGE,
          ...(q ? { search: q } : {}),
          ...(role ? { role } : {}),
          ...(status ? { status } : {}),
          ...(cursor ? { cursor } : {}),
        },
      },
    }),
  );

/** Two are enough to know whether somebody is the last. */
export const twoAdmins = () =>
  unwrap(api.GET('/api/users', { params: { query: { role: 'admin', status: 'active', limit: 2 } } })).then(
    ({ items }) => items,
  );

/** Who is signed in, by person; `undefined` for people of whom too many sessions are known to be sure. */
export async function signedIn(): Promise<(id: string) => Presence | undefined> {
  const { items, more } = await unwrap(api.GET('/api/live/sessions'));
  const known = new Map(
    items.map(({ user_id, sessions }) => [
      user_id,
      { sessions: sessions.length, connected: sessions.some((session) => session.connected) },
    ]),
  );
  const nowhere = more ? undefined : { sessions: 0, connected: false };
  return (id) => known.get(id) ?? nowhere;
}

const path = (id: string) => ({ params: { path: { id } } });

export const person = (id: string) => unwrap(api.GET('/api/users/{id}', path(id)));

export const setRole = (id: string, role: Role) =>
  unwrap(api.PATCH('/api/users/{id}', { ...path(id), body: { role } }));

export const deactivate = (id: string) => unwrap(api.POST('/api/users/{id}/deactivate', path(id)));

export const reactivate = (id: string) => unwrap(api.POST('/api/users/{id}/reactivate', path(id)));

export const resetMfa = (id: string) => unwrap(api.POST('/api/users/{id}/mfa/reset', path(id)));

export const signOutEverywhere = (id: string, reason: string) => forceLogout(id, reason ? { reason } : {});

export const history = (id: string) =>
  unwrap(api.GET('/api/audit-logs', { params: { query: { subject: id, limit: 12 } } })).then(({ items }) => items);

export const invite = (email: string, role: Role) => unwrap(api.POST('/api/invitations', { body: { email, role } }));

/** Those that still wait; the API lists the others too. */
export const openInvitations = () =>
  unwrap(api.GET('/api/invitations', { params: { query: { limit: 200 } } })).then(({ items }) =>
    items.filter((invitation) => invitation.status === 'pending'),
  );

export const resend = (id: string) => unwrap(api.POST('/api/invitations/{id}/resend', path(id)));

export const withdraw = (id: string) => unwrap(api.DELETE('/api/invitations/{id}', path(id)));
