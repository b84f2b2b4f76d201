/** What an Admin may change, as it stands in the form, and what of it is different. */
import type { Change, Company } from './queries';

export const FIELDS = [
  'name',
  'mfa_required',
  'password_min_length',
  'password_all_kinds',
  'password_history',
  'session_idle_seconds',
  'session_absolute_seconds',
  'max_sessions_per_user',
  'notify_new_device',
  'notify_admins',
  'audit_retention_days',
] as const;

/** `null` days keep the log for ever. */
export type Draft = Omit<Pick<Company, (typeof FIELDS)[number]>, 'audit_retention_days'> & {
  audit_retention_days: number | null;
};

export const draftOf = (company: Company): Draft =>
  Object.fromEntries(FIELDS.map((field) => [field, company[field] ?? null])) as Draft;

/** Only what differs is sent, so that two Admins do not undo each other. */
export function changes(draft: Draft, company: Company): Change {
  const different = FIELDS.filter((field) => draft[field] !== (company[field] ?? null));
  return Object.fromEntries(different.map((field) => [field, draft[field]])) as Change;
}
