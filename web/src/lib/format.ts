/** Numbers and times in the words of the reader's locale. */

const LOCALE = undefined;

const numbers = new Intl.NumberFormat(LOCALE);
const percents = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
const relatives = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });
const exacts = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });
const clocks = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

export const number = (value: number) => numbers.format(value);

/** A part of one, as a percentage. */
export const percent = (part: number) => percents.format(part);

export const exact = (at: Date) => exacts.format(at);

let lastClock = { second: Number.NaN, text: '' };

/** `12:55:19`. Lists ask for the same second again and again, and a format takes its time. */
export function clock(at: Date): string {
  const second = Math.floor(at.getTime() / 1000);
  if (second !== lastClock.second) lastClock = { second, text: clocks.format(at) };
  return lastClock.text;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "2 hours ago"; within a minute "just now". */
export function relative(at: Date, now = Date.now()): string {
  const seconds = Math.round((at.getTime() - now) / 1000);
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  if (!unit) return seconds > 30 ? 'in a moment' : 'just now';
  return relatives.format(Math.trunc(seconds / unit[1]), unit[0]);
}

/** `1:05` of seconds. */
export const countdown = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
