const HOUR = 3600;
const DAY = 24 * HOUR;

export const IDLE = [15 * 60, 30 * 60, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY];
export const ABSOLUTE = [HOUR, 8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 14 * DAY, 30 * DAY];

const counted = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** `15 minutes`, `12 hours`, `7 days`; odd spans in parts. */
export function span(seconds: number): string {
  const parts = [
    [Math.floor(seconds / DAY), 'day'],
    [Math.floor((seconds % DAY) / HOUR), 'hour'],
    [Math.floor((seconds % HOUR) / 60), 'minute'],
    [seconds % 60, 'second'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => counted(count, unit))
    .join(' ');
}

/** The usual spans, and the present one where it is none of them. */
export function spanOptions(usual: readonly number[], present: number) {
  const all = usual.includes(present) ? usual : [...usual, present].sort((a, b) => a - b);
  return all.map((seconds) => ({ value: String(seconds), label: span(seconds) }));
}
