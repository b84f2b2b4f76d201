/** Against the real server: `VOXGATE_BIN` names the built program; without it these are left out. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';

import { Refusal, Verifier } from '../src/index.js';

const program = process.env['VOXGATE_BIN'];
const skip = program === undefined ? 'VOXGATE_BIN is not set' : false;
const PASSWORD = 'Winter-Garden-72-Lamps';

let url = '';
let server: ChildProcess;
let folder = '';

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  assert(typeof address === 'object' && address !== null);
  return address.port;
}

/** Asks the API; throws on a refusal. */
async function api(method: string, path: string, token?: string, body?: unknown): Promise<Record<string, never>> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  const answer = await fetch(url + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  const text = await answer.text();
  assert(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as Record<string, never>;
}

/** The first Admin of a company, and a key for its services. */
async function founds(company: string): Promise<{ token: string; key: string }> {
  const email = `ada@${company}.example`;
  const body = { company_name: company, full_name: 'Ada', email, password: PASSWORD };
  const token: string = (await api('POST', '/api/auth/register', undefined, body))['access_token']!;
  const wish = { name: 'Edge', scopes: ['introspect', 'revocations:read'] };
  const key: string = (await api('POST', '/api/service-credentials', token, wish))['secret']!;
  return { token, key };
}

/** One more session of theirs. */
async function signsIn(company: string): Promise<string> {
  const body = { email: `ada@${company}.example`, password: PASSWORD };
  return (await api('POST', '/api/auth/login', undefined, body))['access_token']!;
}

const refusal = async (verifier: Verifier, token: string): Promise<string> => {
  try {
    await verifier.verify(token);
    return 'let in';
  } catch (error) {
    assert(error instanceof Refusal, String(error));
    return error.message;
  }
};

before(async () => {
  if (program === undefined) return;
  folder = await mkdtemp('/tmp/voxgate-node-');
  const listen = `127.0.0.1:${await freePort()}`;
  server = spawn(program, ['dev', '--no-demo', '--listen', listen, '--data-dir', `${folder}/data`], {
    env: {},
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  for await (const chunk of server.stdout!) {
    said += String(chunk);
    if (said.includes('Stop with Ctrl-C.')) break;
  }
  url = `http://${listen}`;
});

after(async () => {
  if (program === undefined) return;
  server.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
});

test('people of the company are let in, judged on this machine', { skip }, async () => {
  const [acme, beta] = [await founds('acme'), await founds('beta')];
  const verifier = new Verifier({ url, key: acme.key });
  try {
    assert.equal((await verifier.verify(acme.token)).role, 'admin', 'before the first heartbeat it asks');
    await verifier.ready();
    assert.equal((await verifier.verify(acme.token)).role, 'admin');
    assert.equal(await refusal(verifier, beta.token), 'invalid: company');
    assert.equal(await refusal(verifier, acme.key), 'invalid: malformed');
    assert.equal(await refusal(verifier, `${acme.token.slice(0, -4)}AAAA`), 'invalid: signature');
  } finally {
    verifier.close();
  }
});

test('a running call ends the moment its caller is thrown out, and without Voxgate nobody is let in', { skip }, async () => {
  const { token, key } = await founds('gamma');
  const verifier = new Verifier({ url, key });
  try {
    await verifier.ready();
    const out = await signsIn('gamma');
    const caller = await verifier.verify(out);
    const ended = verifier.ended(caller, out);
    const since = performance.now();
    await api('POST', '/api/auth/logout', out, {});
    assert.equal(await ended, 'revoked');
    assert(performance.now() - since < 1700, `${performance.now() - since} ms`);
    assert.equal(await refusal(verifier, out), 'revoked');

    const over = new AbortController();
    const hungUp = verifier.ended(await verifier.verify(token), token, over.signal);
    over.abort();
    await assert.rejects(hungUp);

    const call = verifier.ended(await verifier.verify(token), token);
    server.kill('SIGKILL');
    assert.equal(await refusal(verifier, token), 'let in', 'the lease still runs');
    assert.equal(await call, 'unavailable');
    assert.equal(await refusal(verifier, token), 'unavailable');
    assert.equal(await refusal(verifier, out), 'revoked', 'what is known stays known');
    const cold = new Verifier({ url, key });
    assert.equal(await refusal(cold, token), 'unavailable', 'no keys, no verdict');
    cold.close();
  } finally {
    verifier.close();
  }
});
