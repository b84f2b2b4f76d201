import { api, unwrap } from '../../api/client';
import type { components } from '../../api/schema';

export type Credential = components['schemas']['ServiceCredentialView'];
export type Issued = Credential & { secret: string };
export type Wish = components['schemas']['CredentialInput'];
export type KeyScope = Wish['scopes'][number];

export const SCOPES: readonly KeyScope[] = ['introspect', 'revocations:read'];

export const credentialsKey = ['service-credentials'] as const;

/** All of them: a company has 50 alive at most, and ended ones beyond the first page matter little. */
export const credentials = async () =>
  (await unwrap(api.GET('/api/service-credentials', { params: { query: { limit: 200 } } }))).items;

export const create = (wish: Wish): Promise<Issued> => unwrap(api.POST('/api/service-credentials', { body: wish }));

const at = (id: string) => ({ params: { path: { id } } });

export const rotate = (id: string): Promise<Issued> =>
  unwrap(api.POST('/api/service-credentials/{id}/rotate', { ...at(id), body: {} }));

export const revoke = (id: string) => unwrap(api.DELETE('/api/service-credentials/{id}', at(id)));

/** Whether the key still opens anything. */
export function state(credential: Credential, now = Date.now()): 'live' | 'expired' | 'revoked' {
  if (credential.revoked_at) return 'revoked';
  return credential.expires_at && Date.parse(credential.expires_at) <= now ? 'expired' : 'live';
}

/** Until when the key before the last rotation works, if it still does. */
export function overlap(credential: Credential, now = Date.now()): string | undefined {
  const until = credential.previous_until;
  return until && Date.parse(until) > now ? until : undefined;
}
