import { api, unwrap } from '../../api/client';
import type { components } from '../../api/schema';

export type Me = components['schemas']['MeView'];

export type OwnEvent = components['schemas']['MyEventsAnswer']['items'][number];

export const accountKeys = {
  company: ['company'] as const,
  events: ['account', 'events'] as const,
};

export const company = () => unwrap(api.GET('/api/company'));

export const rename = (full_name: string) => unwrap(api.PUT('/api/users/me', { body: { full_name } }));

export const changeEmail = (new_email: string, password: string) =>
  unwrap(api.POST('/api/users/me/email', { body: { new_email, password } }));

export const resendLink = () => unwrap(api.POST('/api/auth/email/verify/resend'));

export const changePassword = (current_password: string, new_password: string) =>
  unwrap(api.POST('/api/auth/password/change', { body: { current_password, new_password } }));

export const ownEvents = (cursor: string | undefined) =>
  unwrap(api.GET('/api/users/me/events', { params: { query: { limit: 20, ...(cursor ? { cursor } : {}) } } }));
