/** The live channel: one WebSocket per tab, for every role, so that anybody can be thrown out at once. */
import { useSyncExternalStore } from 'react';
import { type Frame, parseFrame } from './events';
import { leave } from './leave';
import { createStore } from './store';

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'signed_out';
export type LiveStatus = { state: LiveState; nextTryAt?: number; lastSeq?: number };

/** What the channel needs of the rest of the app. */
export type Needs = { ticket: () => Promise<string>; renew: () => Promise<boolean>; rightsChanged: () => void };

const PROTOCOL = 'voxgate.v1';
/** However long the server was away: five seconds after it is back, the channel is open again. */
const [FIRST_WAIT_MS, LONGEST_WAIT_MS, RESTART_WAIT_MS] = [1_000, 4_000, 4_000];
/** Without a sign of life for this long a connection counts as dead. */
const SILENCE_MS = 25_000;
const PING_MS = 10_000;
const [REVOKED, RIGHTS, EXPIRED, SLOW, RESTART] = [4401, 4403, 4408, 4429, 1012];

const status = createStore<LiveStatus>({ state: 'connecting' });
const listeners = new Set<(frame: Frame) => void>();

let needs: Needs | undefined;
let socket: WebSocket | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let pulse: ReturnType<typeof setInterval> | undefined;
let heardAt = 0;
let tries = 0;

function say(state: LiveState, nextTryAt?: number) {
  const { lastSeq } = status.get();
  status.set({
    state,
    ...(nextTryAt === undefined ? {} : { nextTryAt }),
    ...(lastSeq === undefined ? {} : { lastSeq }),
  });
}

/** Full jitter: a thousand browsers do not come back in the same moment. */
const jitter = (most: number) => Math.random() * most;

const backoff = () => jitter(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries++));

function later(wait: number) {
  clearTimeout(timer);
  if (!navigator.onLine) return say('offline');
  say('reconnecting', Date.now() + wait);
  timer = setTimeout(() => void connect(), wait);
}

async function connect() {
  if (!needs || socket) return;
  const mine = needs;
  try {
    const ticket = await mine.ticket();
    if (needs === mine && !socket) open(ticket);
  } catch {
    if (needs === mine) later(backoff());
  }
}

function open(ticket: string) {
  const { lastSeq } = status.get();
  const url = new URL('/api/live', window.location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  if (lastSeq !== undefined) url.searchParams.set('since', String(lastSeq));
  const opened = new WebSocket(url, [PROTOCOL, `ticket.${ticket}`]);
  socket = opened;
  opened.onmessage = ({ data }) => heard(data);
  opened.onclose = ({ code }) => socket === opened && closed(code);
  heardAt = Date.now();
  clearInterval(pulse);
  pulse = setInterval(watch, PING_MS);
}

/** Asks for a sign of life, and gives a silent connection up. */
function watch() {
  if (Date.now() - heardAt > SILENCE_MS) {
    socket?.close();
    return closed(1006);
  }
  if (socket?.readyState === WebSocket.OPEN) socket.send('{"kind":"ping"}');
}

/** Frames to this session alone have no number; this one says that it is over. */
const endsUs = ({ kind, seq, data }: Frame) =>
  kind === 'session.revoked' && seq === undefined && data.reason !== 'rights_changed';

function heard(text: unknown) {
  heardAt = Date.now();
  const frame = parseFrame(text);
  if (!frame) return;
  if (endsUs(frame)) return leave('revoked');
  const before = status.get();
  const lastSeq = frame.seq === undefined ? before.lastSeq : Math.max(frame.seq, before.lastSeq ?? 0);
  if (frame.kind === 'hello') tries = 0;
  if (frame.kind === 'hello' || before.state !== 'live' || lastSeq !== before.lastSeq) {
    status.set({ state: 'live', ...(lastSeq === undefined ? {} : { lastSeq }) });
  }
  for (const listener of listeners) listener(frame);
}

function closed(code: number) {
  socket = undefined;
  clearInterval(pulse);
  if (!needs) return;
  if (code === REVOKED) {
    say('signed_out');
    return leave('revoked');
  }
  if (code === RIGHTS || code === EXPIRED) return void renewed(code, needs);
  later(code === RESTART ? jitter(RESTART_WAIT_MS) : code === SLOW ? jitter(FIRST_WAIT_MS) : backoff());
}

/** The session goes on, with a newer token. */
async function renewed(code: number, mine: Needs) {
  say('reconnecting');
  const goes = await mine.renew().catch(() => undefined);
  if (goes === false) return say('signed_out');
  if (code === RIGHTS) mine.rightsChanged();
  later(goes ? 0 : backoff());
}

const online = () => {
  tries = 0;
  if (!socket) later(0);
};

const offline = () => {
  socket?.close();
  closed(1006);
};

export const live = {
  /** Hears every frame; the answer ends that. */
  subscribe(listener: (frame: Frame) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  /** An external store; components use `useLivePart`. */
  status,
  /** Opens the channel; the answer closes it. */
  start(given: Needs): () => void {
    needs = given;
    tries = 0;
    status.set({ state: 'connecting' });
    window.addEventListener('online', online);
    window.addEventListener('offline', offline);
    void connect();
    return stop;
  },
};

function stop() {
  needs = undefined;
  window.removeEventListener('online', online);
  window.removeEventListener('offline', offline);
  clearTimeout(timer);
  clearInterval(pulse);
  const last = socket;
  socket = undefined;
  last?.close();
}

/** A part of the status; the whole also moves with every event, and nobody must draw again for each. */
export const useLivePart = <T>(part: (status: LiveStatus) => T): T =>
  useSyncExternalStore(status.subscribe, () => part(status.get()));

export const useLiveState = (): LiveState => useLivePart(({ state }) => state);
