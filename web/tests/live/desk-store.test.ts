import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Summary, totals } from '../../src/features/live/buckets';
import { DeskStore } from '../../src/features/live/desk-store';
import type { Logged } from '../../src/features/live/frames';
import type { Frame } from '../../src/lib/events';

const NOON = Date.parse('2026-03-02T12:00:00Z');
const UMA = '018f0000-0000-7000-8000-000000000001';

const frame = (seq: number, kind = 'login.succeeded', rest: Partial<Frame> = {}): Frame =>
  ({
    v: 1,
    kind,
    seq,
    at: new Date(NOON + seq * 10).toISOString(),
    severity: kind === 'login.locked' ? 'warning' : 'info',
    actor: { type: 'anonymous' },
    subject: { type: 'user', id: UMA },
    data: {},
    ...rest,
  }) as Frame;

const logged = (seq: number, kind = 'login.succeeded') =>
  ({ ...frame(seq, kind), id: String(seq) }) as unknown as Logged;

function summary(asOf: number, passed = 0): Summary {
  const buckets = Array.from({ length: 60 }, (_, index) => ({
    at: new Date(NOON - (59 - index) * 5_000).toISOString(),
    passed: index === 59 ? passed : 0,
    failed: 0,
    blocked: 0,
  }));
  return { window: '5m', bucket_seconds: 5, as_of_seq: asOf, buckets, usual: null } as unknown as Summary;
}

const seqs = (store: DeskStore) =>
  store.snapshot().rows.map((row) => ('skipped' in row ? `skipped ${row.skipped}` : row.seq));

describe('the desk', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOON + 1_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('takes no event twice when the log is ahead of the stream', () => {
    const store = new DeskStore();
    store.hear(frame(104, 'hello'));
    store.prefill([logged(106), logged(105), logged(104)]);
    for (const seq of [105, 106, 107]) store.hear(frame(seq));
    store.now();
    expect(seqs(store)).toEqual([107, 106, 105, 104]);
  });

  it('counts what comes now as its rate, not what is replayed, by the clock of the server', () => {
    const store = new DeskStore();
    const at = (ms: number) => ({ at: new Date(NOON + ms).toISOString() });
    store.hear(frame(10, 'hello', at(61_000)));
    for (let seq = 11; seq <= 60; seq++) store.hear(frame(seq, 'session.refreshed', at(seq)));
    for (let seq = 61; seq <= 80; seq++) store.hear(frame(seq, 'session.refreshed', at(60_000 + seq)));
    store.now();
    expect(store.snapshot().rate).toBe(2);
  });

  it('says at most four times a second that something changed, however much comes', () => {
    const store = new DeskStore();
    let told = 0;
    store.subscribe(() => told++);
    for (let seq = 1; seq <= 2_000; seq++) {
      store.hear(frame(seq));
      if (seq % 2 === 0) vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(250);
    expect(told).toBeGreaterThanOrEqual(4);
    expect(told).toBeLessThanOrEqual(5);
    const { length } = store.snapshot().rows;
    expect(length >= 1_000 && length <= 1_200, `${length} rows are kept`).toBe(true);
  });

  it('shows nothing twice, and says how much was passed over', () => {
    const store = new DeskStore();
    for (const seq of [1, 2, 2, 1, 3, 7]) store.hear(frame(seq));
    store.hear(frame(7));
    store.now();
    expect(seqs(store)).toEqual([7, 'skipped 3', 3, 2, 1]);
  });

  it('goes on without a hole when the stream replays after a restart', () => {
    const store = new DeskStore();
    store.prefill([logged(5), logged(4)]);
    store.hear(frame(5, 'hello'));
    for (const seq of [4, 5, 6, 7]) store.hear(frame(seq));
    store.now();
    expect(seqs(store)).toEqual([7, 6, 5, 4]);
  });

  it('tells a gap that cannot be replayed', () => {
    const store = new DeskStore();
    store.hear(frame(1));
    store.hear(frame(40, 'resync'));
    store.hear(frame(41));
    store.now();
    expect(seqs(store)).toEqual([41, 'skipped 39', 1]);
  });

  it('stands still while paused and counts what came', () => {
    const store = new DeskStore();
    store.hear(frame(1));
    store.pause();
    for (const seq of [2, 3, 4]) store.hear(frame(seq));
    store.now();
    expect([seqs(store), store.snapshot().unseen]).toEqual([[1], 3]);
    store.resume();
    expect([seqs(store), store.snapshot().unseen]).toEqual([[4, 3, 2, 1], 0]);
  });

  it('adds to the figures exactly what the server had not counted yet', () => {
    const store = new DeskStore();
    for (const seq of [1, 2, 3, 4]) store.hear(frame(seq, seq === 4 ? 'login.failed' : 'login.succeeded'));
    store.rebase(summary(2, 2));
    store.hear(frame(5, 'login.locked'));
    store.hear(frame(6, 'session.refreshed'));
    store.now();
    expect(store.snapshot().totals).toEqual({ passed: 3, failed: 1, blocked: 1 });
    store.rebase(summary(6, 3));
    store.now();
    expect(totals(store.snapshot().buckets).passed).toBe(3);
  });

  it('recalls no alert that somebody has dealt with, in whichever order the two lists come', () => {
    for (const first of ['alerts', 'acknowledged']) {
      const store = new DeskStore();
      const steps = [() => store.recall([logged(7, 'login.locked')]), () => store.dismiss([7])];
      for (const step of first === 'alerts' ? steps : steps.reverse()) step();
      store.now();
      expect(store.snapshot().alerts, `${first} first`).toEqual([]);
    }
  });

  it('says when the events happened that it does not show', () => {
    const store = new DeskStore();
    store.hear(frame(1));
    store.hear(frame(40, 'resync'));
    store.hear(frame(45));
    store.now();
    const [, skipped] = store.snapshot().rows;
    expect(skipped).toEqual({ seq: 44, skipped: 43, from: NOON + 10, to: NOON + 450 });
  });

  it('goes on by itself after reading further down, but not after the button', () => {
    const store = new DeskStore();
    store.pause('scroll');
    store.readAgain();
    expect(store.snapshot().paused).toBe(false);
    store.pause();
    store.readAgain();
    expect(store.snapshot().paused).toBe(true);
  });

  it('makes one entry of alerts about one account, which comes back when it happens again', () => {
    const store = new DeskStore();
    const heard: number[] = [];
    store.alerted((alert) => heard.push(alert.seq));
    store.recall([logged(1, 'login.locked')]);
    store.hear(frame(2, 'login.locked'));
    store.hear(frame(3));
    store.now();
    const [alert] = store.snapshot().alerts;
    expect([store.snapshot().alerts.length, alert?.count, heard]).toEqual([1, 2, [2]]);
    store.hear(frame(4, 'alert.acknowledged', { data: { alert_seq: 2, alert: 'login.locked' } }));
    store.now();
    expect(store.snapshot().alerts).toEqual([]);
    store.hear(frame(5, 'login.locked'));
    store.now();
    expect(store.snapshot().alerts.map(({ seq }) => seq)).toEqual([5]);
  });
});
