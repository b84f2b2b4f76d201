/** Events as the desk keeps them: from the live channel and from the log, in one shape. */
import type { components } from '../../api/schema';
import type { Frame } from '../../lib/events';

export type Logged = components['schemas']['AuditView'];

export type DeskEvent = {
  seq: number;
  at: number;
  kind: string;
  severity: string;
  actor?: string | undefined;
  /** Nobody signed in did it. */
  anonymous: boolean;
  subject?: string | undefined;
  session?: string | undefined;
  ip?: string | undefined;
  agent?: string | undefined;
  data: Record<string, unknown>;
};

type Source = Pick<Frame, 'kind' | 'severity' | 'data'> & {
  at: string;
  actor?: { type: string; id?: string } | null | undefined;
  subject?: { type: string; id: string } | null | undefined;
  session_id?: string | null | undefined;
  ip?: string | null | undefined;
  user_agent?: string | null | undefined;
};

/** An event with its number. */
export function eventOf(source: Source, seq: number): DeskEvent {
  const { actor, subject } = source;
  return {
    seq,
    at: Date.parse(source.at),
    kind: source.kind,
    severity: source.severity,
    actor: actor?.type === 'user' ? actor.id : undefined,
    anonymous: actor?.type === 'anonymous',
    subject: subject?.type === 'user' ? subject.id : undefined,
    session: source.session_id ?? undefined,
    ip: source.ip ?? undefined,
    agent: source.user_agent ?? undefined,
    data: source.data,
  };
}

/** Frames that steer the stream carry a number too, but are no events. */
export const STEERING = ['hello', 'head', 'resync'];

export type Outcome = 'passed' | 'failed' | 'blocked';

const OUTCOMES: Record<string, Outcome> = {
  'login.succeeded': 'passed',
  'login.failed': 'failed',
  'mfa.failed': 'failed',
  'mfa.code_replayed': 'failed',
  'login.locked': 'blocked',
  'mfa.locked': 'blocked',
};

/** How an attempt to sign in ended, exactly as the server's figures count it; other events end none. */
export const outcomeOf = (kind: string): Outcome | undefined => OUTCOMES[kind];
