import { expect, it } from 'vitest';
import { describeAgent } from '../../src/lib/describe-agent';
import { parseFrame } from '../../src/lib/events';
import { countdown, relative } from '../../src/lib/format';
import { nextUrl } from '../../src/lib/next-url';

it.each([
  ['/app/people?q=uma', '/app/people?q=uma'],
  ['/app', '/app'],
  ['//evil.example/app', '/app'],
  ['https://evil.example/app', '/app'],
  ['/\\evil.example', '/app'],
  ['/app/../login', '/app'],
  ['/application', '/app'],
  ['javascript:alert(1)', '/app'],
  [undefined, '/app'],
])('goes on to %s as %s', (wanted, where) => expect(nextUrl(wanted)).toBe(where));

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';

it.each([
  [
    `${WINDOWS} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0`,
    'Edge on Windows',
    'desktop',
  ],
  [`${WINDOWS} Gecko/20100101 Firefox/150.0`, 'Firefox on Windows', 'desktop'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1',
    'Safari on iPhone',
    'phone',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/150.0 Safari/537.36', 'Chrome on Linux', 'desktop'],
  ['curl/8.10.1', 'curl', 'program'],
  ['', 'Unknown device', 'program'],
])('calls %s %s', (agent, label, kind) => expect(describeAgent(agent)).toEqual({ label, kind }));

it('takes frames as the server describes them, and nothing else', () => {
  const frame = { v: 1, kind: 'login.failed', at: '2026-11-24T12:00:00.123456Z', severity: 'notice', data: {}, seq: 7 };
  expect(parseFrame(JSON.stringify(frame))).toEqual(frame);
  for (const wrong of [{ v: 2 }, { kind: 'login' }, { seq: -1 }, { seq: '7' }, { at: 'soon' }, { data: null }]) {
    expect(parseFrame(JSON.stringify({ ...frame, ...wrong }))).toBeUndefined();
  }
  expect(parseFrame('{')).toBeUndefined();
  expect(parseFrame(new ArrayBuffer(2))).toBeUndefined();
});

it.each([
  [-10, 'just now'],
  [-59, 'just now'],
  [-60, '1 minute ago'],
  [-7_200, '2 hours ago'],
  [-86_400, 'yesterday'],
])('says %d seconds as %s', (seconds, words) => {
  const now = Date.UTC(2026, 10, 24, 12);
  expect(relative(new Date(now + seconds * 1000), now)).toBe(words);
});

it('counts minutes and seconds', () => expect([countdown(65), countdown(9)]).toEqual(['1:05', '0:09']));
