/** Spans of time as people type them. */

export type Span = { from?: Date; to?: Date };

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The start of a local day, or an exact time; `size` is how much the text covers. */
function moment(text: string): { at: Date; end: Date } | undefined {
  const day = DAY.exec(text);
  if (day) {
    const [year, month, date] = [Number(day[1]), Number(day[2]) - 1, Number(day[3])];
    const at = new Date(year, month, date);
    return at.getMonth() === month && at.getDate() === date ? { at, end: new Date(year, month, date + 1) } : undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return undefined;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? undefined : { at, end: at };
}

function between(from: string, to: string): Span | undefined {
  const [first, last] = [moment(from), moment(to)];
  if (!first || !last || last.end <= first.at) return undefined;
  return { from: first.at, to: last.end };
}

function compared(sign: string, text: string): Span | undefined {
  const found = moment(text);
  if (!found) return undefined;
  if (sign === '>=') return { from: found.at };
  if (sign === '>') return { from: found.end };
  return { to: sign === '<=' ? found.end : found.at };
}

/** `7d`, `2026-11-24`, `>=2026-11-01`, `2026-11-01..2026-11-07`, `all`; days are those of the reader. */
export function parseCreated(text: string, now: Date): Span | undefined {
  if (text === 'all') return {};
  const ago = /^(\d{1,4})([mhdw])$/.exec(text);
  if (ago) return { from: new Date(now.getTime() - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0)) };
  const range = text.split('..');
  if (range.length === 2) return between(range[0] ?? '', range[1] ?? '');
  const sign = /^(>=|<=|>|<)(.+)$/.exec(text);
  if (sign) return compared(sign[1] ?? '', sign[2] ?? '');
  const found = moment(text);
  return found && found.end > found.at ? { from: found.at, to: found.end } : undefined;
}
