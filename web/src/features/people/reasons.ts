/** Why an act on a person is not offered. The server decides; this says it before somebody tries. */
import { copy } from './copy';
import type { Person, Role } from './queries';

export type Act = 'role' | 'signOut' | 'resetMfa' | 'deactivate' | 'reactivate';

export type Case = {
  me: { id: string; role: Role };
  person: Pick<Person, 'id' | 'role' | 'status' | 'mfa_enabled'>;
  /** Whether this person is the only active Admin. */
  lastAdmin: boolean;
};

type Rule = (scene: Case) => string | undefined;

const own: (reason: string) => Rule =
  (reason) =>
  ({ me, person }) =>
    me.id === person.id ? reason : undefined;

const keepsAnAdmin: Rule = ({ lastAdmin }) => (lastAdmin ? copy.reasons.lastAdmin : undefined);
const isActive: Rule = ({ person }) => (person.status === 'active' ? undefined : copy.reasons.deactivated);
const hasMfa: Rule = ({ person }) => (person.mfa_enabled ? undefined : copy.reasons.noMfa);

const RULES: Record<Act, readonly Rule[]> = {
  role: [keepsAnAdmin],
  signOut: [own(copy.reasons.selfSignOut), isActive],
  resetMfa: [own(copy.reasons.selfMfa), hasMfa],
  deactivate: [keepsAnAdmin, own(copy.reasons.self)],
  reactivate: [own(copy.reasons.self)],
};

export function whyNot(act: Act, scene: Case): string | undefined {
  if (scene.me.role !== 'admin') return copy.reasons.notAdmin;
  for (const rule of RULES[act]) {
    const reason = rule(scene);
    if (reason) return reason;
  }
  return undefined;
}

/** The acts that make sense on this account, in the order of the menu. */
export const actsFor = (person: Pick<Person, 'status'>): Act[] => [
  'role',
  'signOut',
  'resetMfa',
  person.status === 'active' ? 'deactivate' : 'reactivate',
];
