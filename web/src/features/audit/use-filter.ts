import { useMemo, useState } from 'react';
import { useNames } from '../../lib/names';
import { useMe } from '../../lib/session';
import { findPerson } from './find-person';
import { parseFilter, type Word } from './parse-filter';
import { type Ids, type Wanted, wantedBy } from './queries';

export type Understood = { words: Word[]; wanted: Wanted | undefined; waiting: boolean };

const asksForPeople = (words: Word[]) => words.some((word) => word.key === 'actor' || word.key === 'subject');

/** The text of the filter as the server takes it; `undefined` while a word is wrong. */
export function useFilter(text: string): Understood {
  const { names, ready } = useNames();
  const { data: me } = useMe();
  // "The last seven days" are counted from when the filter was last changed.
  const [asked, setAsked] = useState(() => ({ text, now: new Date() }));
  if (asked.text !== text) setAsked({ text, now: new Date() });

  return useMemo(() => {
    const parsed = parseFilter(text, asked.now);
    if (asksForPeople(parsed.words) && !ready) return { words: parsed.words, wanted: undefined, waiting: true };
    const ids: Ids = {};
    const words = parsed.words.map((word) => {
      if ((word.key !== 'actor' && word.key !== 'subject') || word.problem) return word;
      const found = findPerson(word.value, names, me?.id ?? '');
      if ('problem' in found) return { ...word, problem: found.problem };
      ids[word.key] = found.id;
      return word;
    });
    const ok = words.every((word) => !word.problem);
    return { words, wanted: ok ? wantedBy(parsed.filter, ids, asked.now) : undefined, waiting: false };
  }, [text, asked.now, names, ready, me?.id]);
}
