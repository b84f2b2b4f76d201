import { api, unwrap } from '../../api/client';
import type { components } from '../../api/schema';

export type Session = components['schemas']['SessionView'];

export const sessionKeys = {
  own: ['sessions', 'own'] as const,
  person: (id: string) => ['sessions', 'person', id] as const,
};

export const ownSessions = () => unwrap(api.GET('/api/sessions')).then(({ items }) => items);

export const personSessions = (id: string) =>
  unwrap(api.GET('/api/users/{id}/sessions', { params: { path: { id } } })).then(({ items }) => items);

export const endOwn = (id: string) => unwrap(api.DELETE('/api/sessions/{id}', { params: { path: { id } } }));

export const endOthers = () => unwrap(api.POST('/api/auth/logout', { body: { scope: 'others' } }));

export const signOutHere = () => unwrap(api.POST('/api/auth/logout', { body: { scope: 'this' } }));
