import { describe, expect, it } from 'vitest';
import { bandOf, barAt, barsOf, HEIGHT, LINE, STEP, scaleOf } from '../../src/features/live/pulse-geometry';

const bucket = (passed: number, failed = 0, blocked = 0) => ({ at: 0, passed, failed, blocked });

describe('the Pulse', () => {
  it('keeps every bar inside the drawing, whatever the numbers', () => {
    for (const most of [0, 1, 4, 5, 17, 99, 1_000, 123_456]) {
      const buckets = [bucket(most), bucket(0, most), bucket(0, most / 2, most / 2), bucket(most, most, 0)];
      const scale = scaleOf(buckets);
      for (const { up, failed, blocked } of barsOf(buckets, scale)) {
        expect(up).toBeLessThanOrEqual(LINE);
        expect(LINE + 1 + failed + blocked).toBeLessThanOrEqual(HEIGHT + 2);
      }
    }
  });

  it('shows one event among thousands', () => {
    const buckets = [bucket(50_000), bucket(1), bucket(0, 1), bucket(0)];
    const [, one, failed, none] = barsOf(buckets, scaleOf(buckets));
    expect(one?.up).toBeGreaterThanOrEqual(2);
    expect(failed?.failed).toBeGreaterThanOrEqual(2);
    expect([none?.up, none?.failed]).toEqual([0, 0]);
  });

  it('keeps what is usual inside the drawing, above and below the line', () => {
    for (const usual of [
      { passed: 3, failed: 1, blocked: 0.5 },
      { passed: 0, failed: 500, blocked: 0 },
      { passed: 9_000, failed: 8_000, blocked: 7_000 },
    ]) {
      const { up, down } = bandOf(usual, scaleOf([bucket(1)], usual));
      expect(up).toBeLessThanOrEqual(LINE);
      expect(down).toBeGreaterThan(0);
      expect(LINE + 1 + down).toBeLessThanOrEqual(HEIGHT);
    }
    expect(bandOf(null, 10)).toEqual({ up: 0, down: 0 });
  });

  it('reads the bar under the pointer', () => {
    expect([barAt(-5, 60), barAt(0, 60), barAt(STEP * 1.5, 60), barAt(1e9, 60)]).toEqual([0, 0, 1, 59]);
  });
});
