import { describeEvent } from '../../lib/describe-event';
import { isAlert } from './attention';
import type { Row } from './desk-store';
import { type DeskEvent, outcomeOf } from './frames';

export type Kinds = 'all' | 'passed' | 'failed' | 'blocked' | 'alerts';

const ofKinds = (event: DeskEvent, kinds: Kinds) =>
  kinds === 'all' || (kinds === 'alerts' ? isAlert(event) : outcomeOf(event.kind) === kinds);

/** Rows that hold all words of the text, in names, addresses, kinds or their titles. `names`: what accounts are called. */
export function matching(
  rows: readonly Row[],
  text: string,
  kinds: Kinds,
  names: (id: string) => string,
): readonly Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && kinds === 'all') return rows;
  return rows.filter((row) => {
    if ('skipped' in row) return true;
    if (!ofKinds(row, kinds)) return false;
    const people = [row.actor, row.subject].filter((id) => id !== undefined).map(names);
    const hay = [row.kind, describeEvent(row).title, row.ip, ...people].join(' ').toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}
