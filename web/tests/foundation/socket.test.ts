import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** A WebSocket whose other end is the test. */
class Line {
  static open: Line[] = [];
  static readonly OPEN = 1;
  readyState = 1;
  sent: string[] = [];
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  constructor(
    readonly url: URL,
    readonly protocols: string[],
  ) {
    Line.open.push(this);
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.readyState = 3;
  }
  /** The server says something. */
  says(kind: string, more: object = {}) {
    const frame = { v: 1, kind, at: '2026-11-24T12:00:00Z', severity: 'info', data: {}, ...more };
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  /** The server ends it. */
  ends(code: number) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const replace = vi.fn<(url: string | URL) => void>();
const needs = {
  ticket: vi.fn<() => Promise<string>>(),
  renew: vi.fn<() => Promise<boolean>>(),
  rightsChanged: vi.fn(),
};
let socket: typeof import('../../src/lib/socket');
let stop: () => void;

const lines = () => Line.open.length;
const line = () => Line.open.at(-1) as Line;
const state = () => socket.live.status.get().state;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  vi.resetModules();
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', Line);
  vi.spyOn(Math, 'random').mockReturnValue(0.999);
  vi.spyOn(window.location, 'replace').mockImplementation(replace);
  replace.mockReset();
  Line.open = [];
  needs.ticket.mockReset().mockResolvedValue('one-use');
  needs.renew.mockReset().mockResolvedValue(true);
  needs.rightsChanged.mockReset();
  socket = await import('../../src/lib/socket');
  stop = socket.live.start(needs);
  await pass(0);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('opens with a ticket in the sub-protocol, and nothing secret in the address', () => {
  expect(line().protocols).toEqual(['voxgate.v1', 'ticket.one-use']);
  expect(line().url.href).toBe('ws://localhost:3000/api/live');
  expect(state()).toBe('connecting');
  line().says('hello', { seq: 41, data: { heartbeat_seconds: 15 } });
  expect(socket.live.status.get()).toEqual({ state: 'live', lastSeq: 41 });
});

it('hands frames on, and drops what is none', () => {
  const heard: string[] = [];
  socket.live.subscribe(({ kind }) => heard.push(kind));
  line().says('login.failed', { seq: 42 });
  line().says('login.invented', { seq: 43 });
  line().onmessage?.({ data: 'not json' });
  expect(heard).toEqual(['login.failed']);
});

it('comes back after what it saw last', async () => {
  line().says('hello', { seq: 41 });
  line().says('login.failed', { seq: 42 });
  line().ends(1006);
  expect(state()).toBe('reconnecting');
  await pass(1_000);
  expect(line().url.searchParams.get('since')).toBe('42');
});

it('waits twice as long each time, up to four seconds, and begins anew once it was live', async () => {
  const waits: number[] = [];
  needs.ticket.mockRejectedValue(new TypeError('offline'));
  line().ends(1006);
  for (let tries = 0; tries < 8; tries += 1) {
    const wait = (socket.live.status.get().nextTryAt ?? 0) - Date.now();
    waits.push(Math.ceil(wait / 1000));
    await pass(wait + 1);
  }
  expect(waits).toEqual([1, 2, 4, 4, 4, 4, 4, 4]);
  needs.ticket.mockResolvedValue('one-use');
  await pass(4_000);
  line().says('hello', { seq: 1 });
  line().ends(1006);
  await pass(1_000);
  expect(lines()).toBe(3);
});

it('leaves when the session is revoked, once for the frame and the code', () => {
  line().says('session.revoked', { data: { reason: 'revoked' } });
  line().ends(4401);
  expect(replace).toHaveBeenCalledExactlyOnceWith('/login?reason=revoked');
});

it('leaves on the close code alone', () => {
  line().ends(4401);
  expect(replace).toHaveBeenCalledExactlyOnceWith('/login?reason=revoked');
  expect(state()).toBe('signed_out');
});

it('stays when the stream says that somebody else was signed out', () => {
  line().says('session.revoked', { seq: 50, data: { reason: 'revoked' } });
  expect(replace).not.toHaveBeenCalled();
});

it('renews and looks at the rights anew when they changed', async () => {
  line().says('session.revoked', { data: { reason: 'rights_changed' } });
  line().ends(4403);
  await pass(1);
  expect(needs.renew).toHaveBeenCalledOnce();
  expect(needs.rightsChanged).toHaveBeenCalledOnce();
  expect(lines()).toBe(2);
  expect(replace).not.toHaveBeenCalled();
});

it('renews and comes back when the access token ran out', async () => {
  line().ends(4408);
  await pass(1);
  expect(needs.renew).toHaveBeenCalledOnce();
  expect(needs.rightsChanged).not.toHaveBeenCalled();
  expect(lines()).toBe(2);
});

it('comes back within five seconds of a restart, and within one when it was too slow', async () => {
  line().ends(1012);
  await pass(3_900);
  expect(lines()).toBe(1);
  await pass(100);
  expect(lines()).toBe(2);
  line().ends(4429);
  await pass(1_000);
  expect(lines()).toBe(3);
});

it('asks for signs of life, and gives a silent connection up', async () => {
  line().says('hello', { seq: 1 });
  await pass(20_000);
  expect(line().sent).toEqual(['{"kind":"ping"}', '{"kind":"ping"}']);
  await pass(10_000);
  expect(state()).toBe('reconnecting');
  await pass(1_000);
  expect(lines()).toBe(2);
});

it('tries at once when the network is back', async () => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  window.dispatchEvent(new Event('offline'));
  expect(state()).toBe('offline');
  await pass(60_000);
  expect(lines()).toBe(1);
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(true);
  window.dispatchEvent(new Event('online'));
  await pass(0);
  expect(lines()).toBe(2);
});

it('closes when the shell goes, and stays closed', async () => {
  stop();
  line().ends(1006);
  await pass(60_000);
  expect(lines()).toBe(1);
});
