/** Ending other people's sessions: for Admins, from wherever they see them. */
import { api, unwrap } from './client';
import type { components } from './schema';

export const endSession = (id: string, sid: string) =>
  unwrap(api.DELETE('/api/users/{id}/sessions/{sid}', { params: { path: { id, sid } } }));

export const forceLogout = (id: string, body: components['schemas']['ForceLogoutInput']) =>
  unwrap(api.POST('/api/users/{id}/force-logout', { params: { path: { id } }, body }));
