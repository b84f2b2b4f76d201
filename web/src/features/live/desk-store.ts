/** Everything the desk shows of the stream, outside of React: a ring of events, figures, alerts. At most four times a second
 * it says that something changed. */
import type { Frame } from '../../lib/events';
import { type Alert, acknowledgedBy, isAlert, raise } from './attention';
import { type Bucket, bucketsAt, type Counts, Since, type Summary, totals } from './buckets';
import { type DeskEvent, eventOf, type Logged, STEERING } from './frames';

/** Events kept for the feed. */
const KEPT = 1000;
const CADENCE_MS = 250;
const RATE_MS = 10_000;
/** The chart is drawn anew so often: its youngest bar alone grows meanwhile. */
const CHART_MS = 1_000;

/** Events that are not shown; they happened between these times, if both are known. */
export type Skipped = { seq: number; skipped: number; from?: number | undefined; to: number };

export type Row = DeskEvent | Skipped;

/** What made the list stand still. */
export type Freezer = 'button' | 'scroll';

export type Snapshot = {
  /** Newest first. */
  rows: readonly Row[];
  /** What waits for somebody, newest first. */
  alerts: readonly Alert[];
  buckets: readonly Bucket[];
  totals: Counts | undefined;
  /** Events a second, of the last ten seconds. */
  rate: number;
  paused: boolean;
  /** Events that came while paused. */
  unseen: number;
  /** When the newest event happened. */
  asOf: number | undefined;
};

const EMPTY: Snapshot = {
  rows: [],
  alerts: [],
  buckets: [],
  totals: undefined,
  rate: 0,
  paused: false,
  unseen: 0,
  asOf: undefined,
};

export class DeskStore {
  private rows: Row[] = [];
  private alerts: Alert[] = [];
  /** Alerts that somebody of the team has dealt with, by number. */
  private readonly dealtWith = new Set<number>();
  private recent: number[] = [];
  /** How far this clock is ahead of the server's. */
  private ahead = 0;
  private lastSeq: number | undefined;
  private summary: Summary | undefined;
  private since: Since | undefined;
  private frozen: readonly Row[] | undefined;
  /** `rows` as they are shown, until one more comes: the chart moves on every second, the list does not. */
  private newestFirst: readonly Row[] | undefined;
  private unseen = 0;
  private frozenBy: Freezer | undefined;
  private asOf: number | undefined;
  private charted: Pick<Snapshot, 'buckets' | 'totals'> & { at: number } = { buckets: [], totals: undefined, at: 0 };
  private shown: Snapshot = EMPTY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly onAlert = new Set<(alert: Alert) => void>();

  readonly snapshot = (): Snapshot => this.shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Hears of each alert as it comes, not of those of the past. */
  readonly alerted = (listener: (alert: Alert) => void): (() => void) => {
    this.onAlert.add(listener);
    return () => this.onAlert.delete(listener);
  };

  /** A frame of the live channel. */
  readonly hear = (frame: Frame): void => {
    if (frame.seq === undefined) return;
    if (STEERING.includes(frame.kind)) this.steer(frame.kind, frame.seq, Date.parse(frame.at));
    else this.take(frame, frame.seq);
  };

  /** Somebody of the team has dealt with these alerts. An alert comes back when it happens again. */
  dismiss(seqs: Iterable<number>): void {
    for (const seq of seqs) this.dealtWith.add(seq);
    this.alerts = this.alerts.filter(({ seq }) => !this.dealtWith.has(seq));
    this.later();
  }

  /** Events of the past, newest first, to begin with. */
  prefill(past: readonly Logged[]): void {
    const first = this.rows.at(0)?.seq ?? Number.POSITIVE_INFINITY;
    const older = past.map((event) => eventOf(event, event.seq)).filter((event) => event.seq < first);
    this.rows = [...older.reverse(), ...this.rows].slice(-KEPT);
    this.newestFirst = undefined;
    // The log may be ahead of the stream: what it told already is not taken a second time.
    const newest = this.rows.at(-1)?.seq;
    if (newest !== undefined) this.lastSeq = Math.max(newest, this.lastSeq ?? newest);
    this.asOf ??= older.at(-1)?.at;
    this.later();
  }

  /** Alerts of the past, newest first. */
  recall(past: readonly Logged[]): void {
    const alerts = past.map((event) => eventOf(event, event.seq)).filter(isAlert);
    const now = this.alerts;
    this.alerts = [];
    for (const event of alerts.reverse()) this.alerts = raise(this.alerts, event);
    for (const alert of [...now].reverse()) {
      this.alerts = [alert, ...this.alerts.filter((other) => other.key !== alert.key)];
    }
    this.dismiss([]);
  }

  /** The server's figures; what the stream brought after them is added. */
  rebase(summary: Summary): void {
    this.summary = summary;
    const since = new Since(summary.as_of_seq, summary.bucket_seconds * 1000);
    for (const row of this.rows) if (!('skipped' in row)) since.add(row);
    this.since = since;
    this.charted.at = 0;
    this.later();
  }

  /** Whoever scrolls down stops the list as long as they read; who asks for it, until they ask again. */
  pause(by: Freezer = 'button'): void {
    this.frozen ??= this.listed();
    this.frozenBy = by;
    this.now();
  }

  /** Goes on if it was stopped by reading further down. */
  readAgain(): void {
    if (this.frozenBy === 'scroll') this.resume();
  }

  resume(): void {
    this.frozen = undefined;
    this.frozenBy = undefined;
    this.unseen = 0;
    this.now();
  }

  /** Draws the present moment again: time goes on without events too. */
  readonly now = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.shown = this.picture(Date.now());
    for (const listener of this.listeners) listener();
  };

  private take(frame: Frame, seq: number) {
    if (this.lastSeq !== undefined && seq <= this.lastSeq) return;
    const event = eventOf(frame, seq);
    this.gap(seq, event.at);
    this.keep(event);
    this.lastSeq = seq;
    // What is replayed after a gap happened long ago: it is no rate.
    const now = Date.now();
    if (now - this.ahead - event.at < RATE_MS) this.recent.push(now);
    this.since?.add(event);
    if (this.frozen) this.unseen += 1;
    const acknowledged = acknowledgedBy(event);
    if (acknowledged !== undefined) this.dismiss([acknowledged]);
    if (isAlert(event)) {
      this.alerts = raise(this.alerts, event);
      const newest = this.alerts[0];
      if (newest) for (const listener of this.onAlert) listener(newest);
    }
    this.later();
  }

  private steer(kind: string, seq: number, at: number) {
    this.ahead = Date.now() - at;
    if (kind === 'resync') {
      // What happened in between cannot be replayed: say how much, and go on from here.
      this.gap(seq + 1, at);
      this.lastSeq = seq;
      return this.later();
    }
    if (kind === 'hello') this.lastSeq ??= seq;
    if (kind === 'head' && this.lastSeq !== undefined && seq > this.lastSeq) {
      this.gap(seq + 1, at);
      this.lastSeq = seq;
      this.later();
    }
  }

  /** Numbers that were passed over are told, not hidden. */
  private gap(next: number, at: number) {
    if (this.lastSeq === undefined) return;
    const skipped = next - this.lastSeq - 1;
    if (skipped <= 0) return;
    const last = this.rows.at(-1);
    const told = last && 'skipped' in last ? last : undefined;
    if (told) this.rows.pop();
    const from = told ? told.from : this.asOf;
    this.keep({ seq: next - 1, skipped: (told?.skipped ?? 0) + skipped, from, to: at });
  }

  private listed(): readonly Row[] {
    this.newestFirst ??= [...this.rows].reverse();
    return this.newestFirst;
  }

  private keep(row: Row) {
    this.newestFirst = undefined;
    this.rows.push(row);
    if (this.rows.length > KEPT * 1.2) this.rows = this.rows.slice(-KEPT);
    if (!('skipped' in row)) this.asOf = row.at;
  }

  private later() {
    this.timer ??= setTimeout(this.now, CADENCE_MS);
  }

  private chart(at: number) {
    const buckets = this.summary && this.since ? bucketsAt(this.summary, this.since, at) : [];
    return { buckets, totals: this.summary ? totals(buckets) : undefined, at };
  }

  private picture(now: number): Snapshot {
    while (this.recent[0] !== undefined && this.recent[0] < now - RATE_MS) this.recent.shift();
    if (now - this.charted.at >= CHART_MS) this.charted = this.chart(now);
    return {
      rows: this.frozen ?? this.listed(),
      alerts: this.alerts,
      buckets: this.charted.buckets,
      totals: this.charted.totals,
      rate: this.recent.length / (RATE_MS / 1000),
      paused: this.frozen !== undefined,
      unseen: this.unseen,
      asOf: this.asOf,
    };
  }
}
