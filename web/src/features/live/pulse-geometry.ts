/** Where the bars of the Pulse stand. One scale up and down, so that an attack grows as far as it is large. */
import type { Bucket } from './buckets';

export const HEIGHT = 120;
/** The line lies a little above the middle: most of the time there is little below it. */
export const LINE = 76;
export const STEP = 12;
const [GAP, LEAST] = [3, 2];

export type Bar = { x: number; width: number; up: number; failed: number; blocked: number };

/** As much room below the line as above it holds so much less. */
const BELOW = 1.75;
/** What is usual varies: the band reaches half as far again as the mean. */
const AROUND = 1.5;

type Usual = Record<'passed' | 'failed' | 'blocked', number>;

/** The number of events one full half stands for: a round one, never below five. */
export function scaleOf(buckets: readonly Bucket[], usual?: Usual | null): number {
  const most = Math.max(
    5,
    usual?.passed ?? 0,
    ((usual?.failed ?? 0) + (usual?.blocked ?? 0)) * BELOW,
    ...buckets.map(({ passed, failed, blocked }) => Math.max(passed, (failed + blocked) * BELOW)),
  );
  const magnitude = 10 ** Math.floor(Math.log10(most));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * magnitude).find((round) => round >= most) ?? most;
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

/** How far up and down what is usual reaches. */
export const bandOf = (usual: Usual | null | undefined, scale: number) => ({
  up: usual ? Math.min(LINE, (usual.passed * AROUND * LINE) / scale) : 0,
  down: usual ? Math.min(HEIGHT - LINE - 1, ((usual.failed + usual.blocked) * AROUND * LINE) / scale) : 0,
});

/** The bar under a place of the drawing. */
export const barAt = (x: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(x / STEP)));
