import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { describeEvent, KINDS } from '../../src/lib/describe-event';

const schema = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../docs/events.schema.json'), 'utf8'));

it('has words for every kind the server knows', () => {
  const unknown = schema.$defs.EventKind.enum.filter((kind: string) => !KINDS.some((known) => known === kind));
  expect(unknown).toEqual([]);
});

it('says what changed', () => {
  const data = { before: { role: 'user' }, after: { role: 'admin' } };
  expect(describeEvent({ kind: 'role.changed', data })).toEqual({
    title: 'Role changed',
    detail: 'user → admin',
    outcome: 'plain',
  });
});

it('says why sessions ended, and how many', () => {
  const data = { reason: 'force_logout', sessions_revoked: 2, note: 'lost laptop' };
  expect(describeEvent({ kind: 'session.revoked', data }).detail).toBe(
    'by an administrator · 2 sessions ended · lost laptop',
  );
});

it('leaves out what is not as expected, and shows a kind of a newer server by its name', () => {
  const odd = { before: 'x', after: null, method: 7 };
  expect(describeEvent({ kind: 'role.changed', data: odd })).toEqual({ title: 'Role changed', outcome: 'plain' });
  expect(describeEvent({ kind: 'toString' })).toEqual({ title: 'toString', outcome: 'plain' });
});
