import { expect, it } from 'vitest';
import { findPerson } from '../../src/features/audit/find-person';
import { matches } from '../../src/features/audit/matches';

const ADA = '01890000-0000-7000-8000-00000000000a';
const UMA = '01890000-0000-7000-8000-00000000000b';
const event = {
  kind: 'role.changed',
  severity: 'warning',
  at: '2026-11-24T12:00:00Z',
  actor: { type: 'user', id: ADA },
  actor_role: 'admin',
  subject: { type: 'user', id: UMA },
  ip: '203.0.113.9',
};

it('counts an event that every word of the filter lets through', () => {
  expect(matches({}, event)).toBe(true);
  expect(matches({ kind: ['role.changed'], actor: ADA, subject: UMA, ip: '203.0.113.9' }, event)).toBe(true);
  expect(matches({ role: ['manager', 'admin'] }, event)).toBe(true);
  expect(matches({ role: ['admin'] }, { ...event, actor: { type: 'system' }, actor_role: undefined })).toBe(false);
});

it.each([
  [{ kind: ['login.failed'] as const }],
  [{ severity: ['info'] as const }],
  [{ actor: UMA }],
  [{ role: ['user', 'manager'] as const }],
  [{ subject: ADA }],
  [{ ip: '203.0.113.10' }],
  [{ from: '2026-11-24T12:00:01Z' }],
  [{ to: '2026-11-24T12:00:00Z' }],
])('does not count it for %j', (wanted) => {
  expect(matches(wanted as never, event)).toBe(false);
});

const names = new Map(
  [
    { id: ADA, full_name: 'Ada Admin', email: 'ada@techcorp.com' },
    { id: UMA, full_name: 'Uma User', email: 'uma@techcorp.com' },
  ].map((person) => [person.id, person]),
);

it('finds the person that is meant', () => {
  expect(findPerson('ada', names, UMA)).toEqual({ id: ADA });
  expect(findPerson('UMA@techcorp.com', names, ADA)).toEqual({ id: UMA });
  expect(findPerson('me', names, UMA)).toEqual({ id: UMA });
  expect(findPerson(ADA.toUpperCase(), names, UMA)).toEqual({ id: ADA });
});

it('does not guess among several, or where there is nobody', () => {
  expect(findPerson('a', names, UMA)).toHaveProperty('problem');
  expect(findPerson('mallory', names, UMA)).toHaveProperty('problem');
});
