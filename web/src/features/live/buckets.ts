/** Figures in equal pieces of time: the server's, and what the stream brought since. */
import type { components } from '../../api/schema';
import { type DeskEvent, type Outcome, outcomeOf } from './frames';

export type Summary = components['schemas']['SummaryAnswer'];
export type WindowName = '5m' | '1h' | '24h';
export type Counts = Record<Outcome, number>;
export type Bucket = Counts & { at: number };

const NONE: Counts = { passed: 0, failed: 0, blocked: 0 };

/** Counts events into pieces of time that the server has not counted yet. */
export class Since {
  private readonly counts = new Map<number, Counts>();

  constructor(
    readonly asOf: number,
    private readonly bucketMs: number,
  ) {}

  add(event: DeskEvent): void {
    const outcome = outcomeOf(event.kind);
    if (!outcome || event.seq <= this.asOf) return;
    const start = Math.floor(event.at / this.bucketMs) * this.bucketMs;
    const counts = this.counts.get(start) ?? { ...NONE };
    counts[outcome] += 1;
    this.counts.set(start, counts);
  }

  at(start: number): Counts {
    return this.counts.get(start) ?? NONE;
  }
}

/** The last `summary.buckets.length` pieces up to `now`, oldest first, without a hole. */
export function bucketsAt(summary: Summary, since: Since, now: number): Bucket[] {
  const size = summary.bucket_seconds * 1000;
  const counted = new Map(summary.buckets.map((bucket) => [Date.parse(bucket.at), bucket]));
  const last = Math.floor(now / size) * size;
  const length = summary.buckets.length;
  return Array.from({ length }, (_, index) => {
    const at = last - (length - 1 - index) * size;
    const [base, more] = [counted.get(at) ?? NONE, since.at(at)];
    return {
      at,
      passed: base.passed + more.passed,
      failed: base.failed + more.failed,
      blocked: base.blocked + more.blocked,
    };
  });
}

export function totals(buckets: readonly Bucket[]): Counts {
  const sum = { ...NONE };
  for (const bucket of buckets) {
    sum.passed += bucket.passed;
    sum.failed += bucket.failed;
    sum.blocked += bucket.blocked;
  }
  return sum;
}
