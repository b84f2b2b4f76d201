// Made by `npm run api` from docs/events.schema.json. Do not edit.

import * as v from 'valibot';

export const Actor = v.union([v.object({
  id: v.pipe(v.string(), v.uuid()),
  type: v.literal('user'),
}), v.object({
  type: v.picklist([
  'anonymous',
  'system',
]),
})]);
export type Actor = v.InferOutput<typeof Actor>;

export const EventKind = v.picklist([
  'company.registered',
  'company.updated',
  'login.succeeded',
  'login.failed',
  'login.new_device',
  'login.after_failures',
  'login.spraying',
  'login.locked',
  'mfa.enrolled',
  'mfa.disabled',
  'mfa.reset',
  'mfa.failed',
  'mfa.locked',
  'mfa.code_replayed',
  'backup_code.used',
  'backup_codes.viewed',
  'backup_codes.regenerated',
  'session.started',
  'session.refreshed',
  'session.reauthenticated',
  'session.many',
  'session.revoked',
  'session.expired',
  'refresh.reused',
  'user.invited',
  'invitation.withdrawn',
  'user.joined',
  'user.updated',
  'user.deactivated',
  'user.reactivated',
  'user.erased',
  'role.changed',
  'password.changed',
  'password.reset',
  'password.reset_requested',
  'email.confirmed',
  'email.change_requested',
  'email.changed',
  'audit.exported',
  'audit.pruned',
  'alert.acknowledged',
  'session.left',
  'service_credential.created',
  'service_credential.rotated',
  'service_credential.revoked',
  'presence.changed',
]);
export type EventKind = v.InferOutput<typeof EventKind>;

export const Role = v.picklist([
  'user',
  'manager',
  'admin',
]);
export type Role = v.InferOutput<typeof Role>;

export const Severity = v.picklist([
  'info',
  'notice',
  'warning',
  'critical',
]);
export type Severity = v.InferOutput<typeof Severity>;

export const SteeringKind = v.picklist([
  'hello',
  'head',
  'resync',
]);
export type SteeringKind = v.InferOutput<typeof SteeringKind>;

export const Subject = v.object({
  id: v.pipe(v.string(), v.uuid()),
  type: v.string(),
});
export type Subject = v.InferOutput<typeof Subject>;

/** One JSON text of the live channel, sub-protocol voxgate.v1. Made from the code. */
export const Frame = v.object({
  actor: v.optional(Actor),
  actor_role: v.optional(Role),
  at: v.pipe(v.string(), v.check((text) => !Number.isNaN(Date.parse(text)), 'not a time')),
  data: v.record(v.string(), v.unknown()),
  ip: v.optional(v.string()),
  kind: v.union([EventKind, SteeringKind]),
  seq: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  session_id: v.optional(v.pipe(v.string(), v.uuid())),
  severity: Severity,
  subject: v.optional(Subject),
  user_agent: v.optional(v.string()),
  v: v.literal(1),
});
export type Frame = v.InferOutput<typeof Frame>;

/** How serious each kind of event is. */
export const SEVERITY: Record<EventKind, Severity> = {
  'alert.acknowledged': 'notice',
  'audit.exported': 'notice',
  'audit.pruned': 'notice',
  'backup_code.used': 'warning',
  'backup_codes.regenerated': 'notice',
  'backup_codes.viewed': 'notice',
  'company.registered': 'info',
  'company.updated': 'notice',
  'email.change_requested': 'notice',
  'email.changed': 'warning',
  'email.confirmed': 'info',
  'invitation.withdrawn': 'info',
  'login.after_failures': 'warning',
  'login.failed': 'notice',
  'login.locked': 'warning',
  'login.new_device': 'notice',
  'login.spraying': 'critical',
  'login.succeeded': 'info',
  'mfa.code_replayed': 'warning',
  'mfa.disabled': 'warning',
  'mfa.enrolled': 'notice',
  'mfa.failed': 'notice',
  'mfa.locked': 'warning',
  'mfa.reset': 'warning',
  'password.changed': 'notice',
  'password.reset': 'warning',
  'password.reset_requested': 'notice',
  'presence.changed': 'info',
  'refresh.reused': 'critical',
  'role.changed': 'warning',
  'service_credential.created': 'notice',
  'service_credential.revoked': 'warning',
  'service_credential.rotated': 'notice',
  'session.expired': 'info',
  'session.left': 'info',
  'session.many': 'warning',
  'session.reauthenticated': 'info',
  'session.refreshed': 'info',
  'session.revoked': 'notice',
  'session.started': 'info',
  'user.deactivated': 'warning',
  'user.erased': 'warning',
  'user.invited': 'info',
  'user.joined': 'info',
  'user.reactivated': 'notice',
  'user.updated': 'info',
};
