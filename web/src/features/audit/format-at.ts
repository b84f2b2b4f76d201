/** Times of the log, in the reader's zone or in UTC. */
const options = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
} as const satisfies Intl.DateTimeFormatOptions;

const local = new Intl.DateTimeFormat('sv-SE', options);
const universal = new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: 'UTC' });

/** `2026-11-24 12:06:02`, with a Z in UTC. */
export const clock = (at: string, utc: boolean) =>
  utc ? `${universal.format(new Date(at))}Z` : local.format(new Date(at));
