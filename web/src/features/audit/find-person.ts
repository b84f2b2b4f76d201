import type { Named } from '../../lib/names';
import { copy } from './copy';
import { isUuid } from './parse-filter';

export type Found = { id: string } | { problem: string };

/** Who is meant by an id, an address, a name, a part of a name, or "me". */
export function findPerson(who: string, names: ReadonlyMap<string, Named>, me: string): Found {
  if (isUuid(who)) return { id: who.toLowerCase() };
  const wanted = who.toLowerCase();
  if (wanted === 'me') return { id: me };
  const people = [...names.values()];
  const exact = people.filter((one) => one.email.toLowerCase() === wanted || one.full_name.toLowerCase() === wanted);
  const found =
    exact.length > 0
      ? exact
      : people.filter(
          (one) => one.email.toLowerCase().startsWith(wanted) || one.full_name.toLowerCase().includes(wanted),
        );
  if (found.length === 0) return { problem: copy.filter.nobody(who) };
  if (found.length > 1) return { problem: copy.filter.several(who) };
  return { id: found[0]?.id ?? '' };
}
