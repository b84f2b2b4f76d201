/** Whether an event of the live channel belongs to the list that is shown. */
import type { Wanted } from './queries';

type Seen = {
  kind: string;
  severity: string;
  at: string;
  actor?: { type: string; id?: string } | undefined;
  actor_role?: string | undefined;
  subject?: { id: string } | undefined;
  session_id?: string | undefined;
  ip?: string | undefined;
};

const one = (wanted: unknown, is: unknown) => wanted === undefined || wanted === null || wanted === is;

export function matches(wanted: Wanted, event: Seen): boolean {
  if (event.kind === 'presence.changed') return false;
  const at = Date.parse(event.at);
  return (
    (!wanted.kind || wanted.kind.some((kind) => kind === event.kind)) &&
    (!wanted.severity || wanted.severity.some((severity) => severity === event.severity)) &&
    (!wanted.role || wanted.role.some((role) => role === event.actor_role)) &&
    one(wanted.actor, event.actor?.id) &&
    one(wanted.subject, event.subject?.id) &&
    one(wanted.ip, event.ip) &&
    (one(wanted.session, event.session_id) || one(wanted.session, event.subject?.id)) &&
    !wanted.request_id &&
    (!wanted.from || at >= Date.parse(wanted.from)) &&
    (!wanted.to || at < Date.parse(wanted.to))
  );
}
