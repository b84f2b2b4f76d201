import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import test from 'node:test';

import { readKeys } from '../src/keys.js';
import { Refusal } from '../src/refusal.js';
import { readToken, verifyToken } from '../src/token.js';

const NOON = 1_900_000_000;
const ISSUER = 'https://auth.example.com';
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const x = publicKey.export({ format: 'jwk' }).x as string;

const uuid = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
const HEADER = { alg: 'EdDSA', kid: 'k1', typ: 'at+jwt' };
const CLAIMS = {
  iss: ISSUER, aud: 'voxgate', sub: uuid(1), sid: uuid(3), company: uuid(2), role: 'manager', amr: ['pwd', 'mfa'],
  auth_time: NOON - 60, iat: NOON, exp: NOON + 1800, jti: uuid(9), epoch: 4, company_epoch: 5,
};

const encoded = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const message = (header: unknown, claims: unknown) => `${encoded(header)}.${encoded(claims)}`;

function signed(header: unknown, claims: unknown): string {
  const text = message(header, claims);
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}

/** What a token is refused for; 'taken' if it is not. */
function judged(token: string, now = NOON + 1): string {
  try {
    const read = readToken(token);
    if (read.kid !== 'k1') return 'unknown_key';
    verifyToken(read, publicKey, { issuer: ISSUER, audience: 'voxgate' }, now);
    return 'taken';
  } catch (error) {
    assert(error instanceof Refusal, String(error));
    return error.fault ?? error.reason;
  }
}

test('a good token is taken until its last second', () => {
  const token = signed(HEADER, CLAIMS);
  assert.equal(judged(token), 'taken');
  assert.equal(judged(token, NOON + 1799), 'taken');
  assert.equal(judged(token, NOON + 1800), 'expired');
  assert.equal(judged(token, NOON - 30), 'taken');
  assert.equal(judged(token, NOON - 31), 'not_yet');
});

test('no algorithm but EdDSA is taken, whoever signed', () => {
  for (const alg of ['none', 'None', 'NONE', '', 'eddsa', 'HS256', 'RS256', 'ES256', 'Ed25519']) {
    assert.equal(judged(signed({ ...HEADER, alg }, CLAIMS)), 'header', alg);
    assert.notEqual(judged(`${message({ ...HEADER, alg }, CLAIMS)}.`), 'taken', alg);
  }
  for (const secret of [x, Buffer.from(x, 'base64url'), publicKey.export({ format: 'pem', type: 'spki' })]) {
    const text = message({ ...HEADER, alg: 'HS256' }, CLAIMS);
    assert.equal(judged(`${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`), 'header');
    const disguised = message(HEADER, CLAIMS);
    assert.equal(judged(`${disguised}.${createHmac('sha256', secret).update(disguised).digest('base64url')}`), 'signature');
  }
  for (const signature of ['', 'AA', 'A'.repeat(86), 'A'.repeat(88)]) {
    assert.notEqual(judged(`${message(HEADER, CLAIMS)}.${signature}`), 'taken', signature);
  }
});

test('headers that point elsewhere or say something else are refused and never followed', () => {
  for (const more of [
    { jku: 'https://evil.example/jwks.json' }, { x5u: 'https://evil.example/cert.pem' }, { x5c: ['AAAA'] },
    { jwk: { kty: 'OKP', crv: 'Ed25519', x } }, { crit: ['exp'] }, { b64: false }, { typ: 'JWT' }, { typ: 'AT+JWT' },
    { typ: 7 }, { kid: ['k1'] }, { kid: undefined }, { typ: undefined },
  ]) {
    assert.equal(judged(signed({ ...HEADER, ...more }, CLAIMS)), 'header', JSON.stringify(more));
  }
  for (const kid of ['k2', '', '../k1', "k1'--", '__proto__']) assert.equal(judged(signed({ ...HEADER, kid }, CLAIMS)), 'unknown_key', kid);
  assert.equal(judged(signed('{"alg":"none","alg":"EdDSA","kid":"k1","typ":"at+jwt"}', CLAIMS)), 'header');
});

test('every claim is required and typed', () => {
  for (const name of Object.keys(CLAIMS).filter((name) => name !== 'jti')) {
    for (const other of [undefined, null, {}, true]) {
      assert.equal(judged(signed(HEADER, { ...CLAIMS, [name]: other })), 'claims', `${name} ${String(other)}`);
    }
  }
  for (const name of ['exp', 'iat', 'nbf', 'auth_time', 'epoch']) {
    for (const other of ['1900001800', 1_900_001_800.5, 1e30, [1]]) {
      assert.equal(judged(signed(HEADER, { ...CLAIMS, [name]: other })), 'claims', `${name} ${String(other)}`);
    }
  }
  const twice = JSON.stringify(CLAIMS).replace('{', '{"exp":9999999999,');
  assert.equal(judged(signed(HEADER, twice)), 'claims');
});

test('tokens for others and of others, touched and cut ones are refused', () => {
  for (const more of [
    { iss: `${ISSUER}/` }, { iss: 'https://evil.example' }, { iss: [ISSUER] }, { aud: 'other' }, { aud: ['voxgate'] },
    { exp: NOON }, { sub: '1' }, { sub: uuid(1).toUpperCase().replace('0', 'A') },
  ]) {
    assert.equal(judged(signed(HEADER, { ...CLAIMS, ...more })), 'claims', JSON.stringify(more));
  }
  const good = signed(HEADER, CLAIMS);
  for (let at = 0; at < good.length; at += 7) {
    const touched = good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1);
    assert.notEqual(judged(touched), 'taken', String(at));
  }
  for (const bad of ['', '.', '..', 'a.b', 'a.b.c', 'é.é.é', good.slice(0, -4), `${good}=`, `${good}.x`, ` ${good}`, `${good}\n`, 'a'.repeat(5000)]) {
    assert.notEqual(judged(bad), 'taken', bad.slice(0, 40));
  }
});

test('only whole Ed25519 keys with a name are taken', () => {
  const keys = readKeys({
    keys: [
      { kty: 'OKP', crv: 'Ed25519', kid: 'good', x }, { kty: 'OKP', crv: 'Ed25519', x }, { kty: 'oct', kid: 'b', k: 'AAAA' },
      { kty: 'OKP', crv: 'X25519', kid: 'a', x }, { kty: 'RSA', kid: 'c', n: 'AQAB', e: 'AQAB' }, { kty: 'OKP', crv: 'Ed25519', kid: 'd', x: 'AAAA' }, null,
    ],
  });
  assert.deepEqual([...keys.keys()], ['good']);
  for (const bad of [null, [], {}, { keys: 1 }]) assert.throws(() => readKeys(bad));
});
