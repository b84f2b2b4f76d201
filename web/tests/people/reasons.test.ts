import { expect, it } from 'vitest';
import { copy } from '../../src/features/people/copy';
import { actsFor, type Case, whyNot } from '../../src/features/people/reasons';

const ada = { id: 'ada', role: 'admin' as const };
const uma = { id: 'uma', role: 'user' as const, status: 'active', mfa_enabled: true };
const scene = (change: Partial<Case> = {}): Case => ({ me: ada, person: uma, lastAdmin: false, ...change });

it('lets an Admin do everything to an active person with a second step', () => {
  for (const act of actsFor(uma)) expect(whyNot(act, scene())).toBeUndefined();
});

it('lets nobody else do anything', () => {
  const me = { id: 'max', role: 'manager' as const };
  for (const act of actsFor(uma)) expect(whyNot(act, scene({ me }))).toBe(copy.reasons.notAdmin);
});

it('keeps the last Admin', () => {
  const last = scene({ person: { ...uma, id: 'ada', role: 'admin' }, lastAdmin: true });
  expect(whyNot('role', last)).toBe(copy.reasons.lastAdmin);
  expect(whyNot('deactivate', last)).toBe(copy.reasons.lastAdmin);
});

it('sends Admins to their own pages for their own account', () => {
  const own = scene({ person: { ...uma, id: 'ada', role: 'admin' } });
  expect(whyNot('signOut', own)).toBe(copy.reasons.selfSignOut);
  expect(whyNot('resetMfa', own)).toBe(copy.reasons.selfMfa);
  expect(whyNot('deactivate', own)).toBe(copy.reasons.self);
  expect(whyNot('role', own)).toBeUndefined();
});

it('has nothing to reset or end where there is nothing', () => {
  expect(whyNot('resetMfa', scene({ person: { ...uma, mfa_enabled: false } }))).toBe(copy.reasons.noMfa);
  expect(whyNot('signOut', scene({ person: { ...uma, status: 'deactivated' } }))).toBe(copy.reasons.deactivated);
});

it('offers the way back for a deactivated account', () => {
  expect(actsFor({ status: 'deactivated' })).toContain('reactivate');
  expect(actsFor({ status: 'deactivated' })).not.toContain('deactivate');
});
