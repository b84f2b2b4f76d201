import assert from 'node:assert/strict';
import test from 'node:test';

import { Known, LEASE, type Scope } from '../src/known.js';
import { type Follower, take } from '../src/stream.js';
import type { Caller } from '../src/token.js';

const NOON = 1_900_000_000;
const uuid = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
const CALLER: Caller = {
  user: uuid(1), company: uuid(2), session: uuid(3), role: 'user', amr: ['pwd', 'mfa'], authTime: NOON, expiresAt: NOON + 1800,
  epoch: 4, companyEpoch: 5, kid: 'k1',
};

function after(company: string, scope: Scope, target: string, minEpoch = 0) {
  const known = new Known();
  known.stamp(1000);
  known.add({ company, scope, target, minEpoch, until: NOON + 1800 });
  return known.judge(CALLER, NOON, 1000);
}

test('nobody is let in before the first heartbeat or after the lease', () => {
  const known = new Known();
  assert.equal(known.judge(CALLER, NOON, 0), 'stale');
  known.stamp(1000);
  assert.equal(known.judge(CALLER, NOON, 1000 + LEASE - 1), 'open');
  assert.equal(known.judge(CALLER, NOON, 1000 + LEASE), 'stale');
  known.stamp(500);
  assert.equal(known.freshUntil, 1000 + LEASE, 'an older word that comes late shortens nothing');
});

test('each scope ends what it names and nothing else', () => {
  const table: [Scope, string, number, string][] = [
    ['session', uuid(3), 0, 'revoked'], ['session', uuid(4), 0, 'open'], ['user', uuid(1), 5, 'revoked'], ['user', uuid(1), 4, 'open'],
    ['user', uuid(7), 9, 'open'], ['rights', uuid(1), 5, 'rights_changed'], ['rights', uuid(1), 4, 'open'],
    ['assurance', uuid(1), 9, 'open'], ['company', uuid(2), 6, 'revoked'], ['company', uuid(2), 5, 'open'],
    ['others', uuid(3), 6, 'open'], ['others', uuid(8), 6, 'revoked'],
  ];
  for (const [scope, target, epoch, verdict] of table) {
    assert.equal(after(uuid(2), scope, target, epoch), verdict, scope);
    assert.equal(after(uuid(99), scope, target, epoch), 'open', `${scope} of another company`);
  }
});

test('what is revoked outlasts the lease, and is forgotten when no token can be alive', () => {
  const known = new Known();
  for (const scope of ['session', 'user', 'rights', 'assurance', 'company', 'others'] as const) {
    known.add({ company: uuid(2), scope, target: uuid(1), minEpoch: 9, until: NOON + 1800 });
  }
  known.add({ company: uuid(2), scope: 'user', target: uuid(1), minEpoch: 1, until: NOON });
  assert.equal(known.judge(CALLER, NOON, 0), 'revoked');
  assert(known.lowers(CALLER) && !known.lowers({ ...CALLER, epoch: 9 }));
  known.expire(NOON + 1860 - 1);
  assert.equal(known.size, 6);
  known.expire(NOON + 1860);
  assert.equal(known.size, 0);
});

test('removed keys, ended tokens and other companies are refused', () => {
  const known = new Known();
  known.stamp(0);
  known.setKeys(['k2']);
  assert.deepEqual(known.judge(CALLER, NOON, 0), { invalid: 'unknown_key' });
  known.setKeys(['k1', 'k2']);
  assert.equal(known.judge(CALLER, NOON, 0), 'open');
  assert.deepEqual(known.judge(CALLER, NOON + 1800, 0), { invalid: 'expired' });
  known.limitTo(uuid(99));
  assert.deepEqual(known.judge(CALLER, NOON, 0), { invalid: 'company' });
});

test('lines are taken in, and what cannot be read breaks the stream', () => {
  const known = new Known();
  let changes = 0;
  const follower = { known, changed: () => changes++, beaten: () => {} } as unknown as Follower;
  const line = (value: unknown) => take(follower, JSON.stringify(value), 2000);
  assert.equal(line({ kind: 'begin', v: 1, company: null, full: true, lease_seconds: 5 }), undefined);
  line({ kind: 'keys', kids: ['k1'] });
  assert.equal(line({ kind: 'heartbeat', asked_ms: -20, cursor: 'c' }), 'c');
  assert.equal(known.freshUntil, 1980 + LEASE);
  assert.equal(line({ kind: 'weather' }), undefined, 'a later version');
  const revocation = { kind: 'revocation', company: uuid(2), scope: 'user', target: uuid(1), min_epoch: 5, expires_at: '2030-03-17T17:46:40Z' };
  line(revocation);
  assert.equal(known.judge(CALLER, NOON, 2000), 'revoked');
  assert.equal(changes, 3);
  for (const bad of [
    { ...revocation, scope: 'planet' }, { ...revocation, min_epoch: '5' }, { ...revocation, expires_at: 'soon' },
    { ...revocation, target: 'x' }, { kind: 'begin', v: 2, company: null }, { kind: 'begin', v: 1 },
    { kind: 'heartbeat', asked_ms: '1', cursor: 'c' }, { kind: 'keys', kids: [1] }, {}, [], 7,
  ]) {
    assert.throws(() => line(bad), JSON.stringify(bad));
  }
});
