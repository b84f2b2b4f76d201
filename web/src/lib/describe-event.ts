/** What an event of the log or the live channel means, in words. To add a kind: a line in EVENTS. */

export type Outcome = 'passed' | 'failed' | 'blocked' | 'plain';

type Data = Record<string, unknown>;

type Words = { title: string; outcome: Outcome; detail?: (data: Data) => string | undefined };

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const part = (value: unknown): Data => (typeof value === 'object' && value !== null ? (value as Data) : {});

const plural = (count: unknown, one: string, many = `${one}s`): string | undefined =>
  typeof count === 'number' ? `${count} ${count === 1 ? one : many}` : undefined;

const ended = (data: Data) => {
  const sessions = plural(data.sessions_revoked, 'session');
  return sessions && data.sessions_revoked !== 0 ? `${sessions} ended` : undefined;
};

const changed = (field: string) => (data: Data) => {
  const before = text(part(data.before)[field]);
  const after = text(part(data.after)[field]);
  return before && after ? `${before} → ${after}` : after;
};

const METHODS: Record<string, string> = {
  password: 'with password',
  totp: 'with authenticator code',
  backup_code: 'with backup code',
};

const method = (data: Data) => METHODS[text(data.method) ?? ''];

const FAILURES: Record<string, string> = {
  unknown_account: 'no such account',
  unknown_company: 'no such company',
  wrong_password: 'wrong password',
  password: 'wrong password',
  deactivated: 'account is deactivated',
  locked: 'too many tries before',
};

const REASONS: Record<string, string> = {
  logout: 'signed out',
  force_logout: 'by an administrator',
  company_logout: 'everybody in the company',
  mfa_required: 'two-step sign-in became required',
  session_limit: 'too many sessions at once',
};

const inWords = (table: Record<string, string>, value: unknown) => {
  const key = text(value);
  return key === undefined ? undefined : (table[key] ?? key.replaceAll('_', ' '));
};

const changedFields = (data: Data) => {
  const fields = Object.keys(part(data.after)).map((field) => field.replaceAll('_', ' '));
  return fields.length > 0 ? fields.join(', ') : undefined;
};

/** What an event that is named in another one is called. */
const titleOf = (kind: string | undefined): string | undefined =>
  kind === undefined ? undefined : describeEvent({ kind }).title;
const words = (value: unknown) => (Array.isArray(value) ? value.filter(text).join(', ') : undefined);

const joined = (...parts: (string | undefined)[]) => parts.filter(Boolean).join(' · ') || undefined;

export const EVENTS = {
  'company.registered': { title: 'Company registered', outcome: 'plain', detail: (d) => text(d.name) },
  'company.updated': { title: 'Company settings changed', outcome: 'plain', detail: changedFields },
  'login.succeeded': { title: 'Signed in', outcome: 'passed', detail: method },
  'login.failed': { title: 'Sign-in failed', outcome: 'failed', detail: (d) => inWords(FAILURES, d.reason) },
  'login.new_device': { title: 'Signed in on a new device', outcome: 'passed', detail: (d) => text(d.device) },
  'login.after_failures': {
    title: 'Signed in after many failures',
    outcome: 'blocked',
    detail: (d) => plural(d.failures, d.step === 'second_factor' ? 'wrong code' : 'wrong password'),
  },
  'login.spraying': {
    title: 'One source tries many accounts',
    outcome: 'blocked',
    detail: (d) => plural(d.accounts_at_least, 'account or more', 'accounts or more'),
  },
  'login.locked': {
    title: 'Sign-in locked for a while',
    outcome: 'blocked',
    detail: (d) => plural(d.failures, 'failure'),
  },
  'mfa.enrolled': { title: 'Two-step sign-in turned on', outcome: 'passed', detail: ended },
  'mfa.disabled': { title: 'Two-step sign-in turned off', outcome: 'plain' },
  'mfa.reset': { title: 'Two-step sign-in reset', outcome: 'plain', detail: ended },
  'mfa.failed': { title: 'Wrong code', outcome: 'failed', detail: method },
  'mfa.locked': { title: 'Codes locked for a while', outcome: 'blocked' },
  'mfa.code_replayed': { title: 'Used code tried again', outcome: 'blocked' },
  'backup_code.used': {
    title: 'Backup code used',
    outcome: 'passed',
    detail: (d) => (typeof d.remaining === 'number' ? `${d.remaining} left` : undefined),
  },
  'backup_codes.viewed': { title: 'Backup codes viewed', outcome: 'plain' },
  'backup_codes.regenerated': { title: 'New backup codes made', outcome: 'plain' },
  'session.started': { title: 'Session started', outcome: 'passed', detail: method },
  'session.refreshed': { title: 'Session renewed', outcome: 'passed' },
  'session.reauthenticated': { title: 'Confirmed identity again', outcome: 'passed' },
  'session.many': {
    title: 'Very many sessions at once',
    outcome: 'blocked',
    detail: (d) => plural(d.sessions, 'session'),
  },
  'session.revoked': {
    title: 'Session ended',
    outcome: 'plain',
    detail: (d) => joined(inWords(REASONS, d.reason), ended(d), text(d.note)),
  },
  'session.expired': { title: 'Session expired', outcome: 'plain' },
  'refresh.reused': { title: 'Stolen session token stopped', outcome: 'blocked', detail: ended },
  'user.invited': {
    title: 'Person invited',
    outcome: 'plain',
    detail: (d) => joined(text(d.email), text(d.role)),
  },
  'invitation.withdrawn': { title: 'Invitation withdrawn', outcome: 'plain', detail: (d) => text(d.email) },
  'user.joined': { title: 'Person joined', outcome: 'plain', detail: (d) => text(d.role) },
  'user.updated': { title: 'Profile changed', outcome: 'plain', detail: changed('full_name') },
  'user.deactivated': { title: 'Account deactivated', outcome: 'plain', detail: ended },
  'user.reactivated': { title: 'Account reactivated', outcome: 'plain' },
  'user.erased': { title: 'Person erased', outcome: 'plain', detail: ended },
  'role.changed': { title: 'Role changed', outcome: 'plain', detail: changed('role') },
  'password.changed': { title: 'Password changed', outcome: 'plain', detail: ended },
  'password.reset': { title: 'Password reset by mail', outcome: 'plain', detail: ended },
  'password.reset_requested': { title: 'Password reset asked for', outcome: 'plain' },
  'email.confirmed': { title: 'E-mail address confirmed', outcome: 'plain' },
  'email.change_requested': {
    title: 'E-mail change asked for',
    outcome: 'plain',
    detail: (d) => text(d.address),
  },
  'email.changed': { title: 'E-mail address changed', outcome: 'plain', detail: changed('email') },
  'audit.exported': {
    title: 'Security log exported',
    outcome: 'plain',
    detail: (d) => text(d.format)?.toUpperCase(),
  },
  'audit.pruned': {
    title: 'Old events let go',
    outcome: 'plain',
    detail: (d) => plural(d.rows, 'event'),
  },
  'alert.acknowledged': {
    title: 'Alert dealt with',
    outcome: 'plain',
    detail: (d) => titleOf(text(d.alert)),
  },
  'session.left': { title: 'Browser left', outcome: 'plain' },
  'service_credential.created': {
    title: 'Service key made',
    outcome: 'plain',
    detail: (d) => joined(text(d.name), words(d.scopes)),
  },
  'service_credential.rotated': { title: 'Service key replaced', outcome: 'plain', detail: (d) => text(d.name) },
  'service_credential.revoked': { title: 'Service key revoked', outcome: 'plain', detail: (d) => text(d.name) },
  'presence.changed': { title: 'Who is connected changed', outcome: 'plain' },
} satisfies Record<string, Words>;

export type EventKind = keyof typeof EVENTS;

export const KINDS = Object.keys(EVENTS) as EventKind[];

/** Kinds that are in the audit log; the others are live only. */
export const LOGGED_KINDS = KINDS.filter((kind) => kind !== 'presence.changed' && kind !== 'session.left');

export const isKind = (value: string): value is EventKind => Object.hasOwn(EVENTS, value);

export type Described = { title: string; detail?: string; outcome: Outcome };

/** Words for an event; a kind this page does not know yet is shown by its own name. */
export function describeEvent(event: { kind: string; data?: Data }): Described {
  if (!isKind(event.kind)) return { title: event.kind, outcome: 'plain' };
  const words: Words = EVENTS[event.kind];
  const detail = words.detail?.(event.data ?? {});
  return { title: words.title, outcome: words.outcome, ...(detail ? { detail } : {}) };
}
