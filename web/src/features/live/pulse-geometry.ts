/** Where the bars of the Pulse stand. One scale up and down, so that an attack grows as far as it is large. */
import type { Bucket } from './buckets';

export const HEIGHT = 120;
/** The line lies a little above the middle: most of the time there is little below it. */
export const LINE = 76;
export const STEP = 12;
const [GAP, LEAST] = [3, 2];

export type Bar = { x: number; width: number; up: number; failed: number; blocked: number };

/** The number of events one full half stands for: a round one, never below five. */
export function scaleOf(buckets: readonly Bucket[], usual = 0): number {
  const most = Math.max(
    5,
    usual,
    ...buckets.map(({ passed, failed, blocked }) => Math.max(passed, (failed + blocked) * 1.75)),
  );
  const magnitude = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * magnitude).find((round) => round >= most) ?? most;
}

/** Heights in units of the drawing; what happened at all is at least visible. */
export function barsOf(buckets: readonly Bucket[], scale: number): Bar[] {
  const tall = (count: number) => (count === 0 ? 0 : Math.max(LEAST, (count / scale) * LINE));
  return buckets.map(({ passed, failed, blocked }, index) => ({
    x: index * STEP + GAP / 2,
    width: STEP - GAP,
    up: Math.min(LINE, tall(passed)),
    failed: tall(failed),
    blocked: tall(blocked),
  }));
}

/** The bar under a place of the drawing. */
export const barAt = (x: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(x / STEP)));
