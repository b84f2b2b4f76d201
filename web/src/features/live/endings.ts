/** Ending sessions from the desk: what became of each is said in its row, from the receipt of its own browser. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { endSession, forceLogout } from '../../api/ends';
import type { Frame } from '../../lib/events';
import { live } from '../../lib/socket';
import { copy } from './copy';
import { deskKeys, type Signed, type SignedSession } from './queries';

/** How long a row says what became of its session. */
const SAID_MS = 6_000;
/** A browser that has not answered by then is counted as silent. The server cuts its connection after a second. */
const RECEIPT_MS = 3_000;

export type Target = { person: Signed; session?: SignedSession };

/** A session that was ended here, with what is said of it. */
export type Ended = { person: Signed; session: SignedSession; words: string };

/** The session whose last browser has gone, if the frame is such a receipt. */
export function receiptOf({ kind, session_id, data }: Frame): { session: string; answered: boolean } | undefined {
  if (kind !== 'session.left' || !session_id || data.remaining !== 0) return undefined;
  return { session: session_id, answered: data.answered === true };
}

/** The list with the sessions that were ended here still in their places. */
export function withEnded(people: readonly Signed[], ended: readonly Ended[]): Signed[] {
  const all = people.map((person) => ({ ...person, sessions: [...person.sessions] }));
  for (const { person, session } of ended) {
    let entry = all.find(({ user_id }) => user_id === person.user_id);
    if (!entry) {
      entry = { ...person, sessions: [] };
      const after = all.findIndex(({ full_name }) => full_name.toLowerCase() > person.full_name.toLowerCase());
      all.splice(after === -1 ? all.length : after, 0, entry);
    }
    if (!entry.sessions.some(({ id }) => id === session.id)) entry.sessions.push(session);
    entry.sessions.sort((a, b) => b.started_at.localeCompare(a.started_at));
  }
  return all;
}

/** Ends sessions, and keeps them on the list for as long as something is said of them. */
export function useEndings() {
  const client = useQueryClient();
  const [ended, setEnded] = useState<readonly Ended[]>([]);
  useEffect(() => {
    if (ended.length === 0) return;
    const timer = setTimeout(() => setEnded([]), SAID_MS);
    return () => clearTimeout(timer);
  }, [ended]);

  const say = (ids: readonly string[], words: string) =>
    setEnded((before) => before.map((each) => (ids.includes(each.session.id) ? { ...each, words } : each)));

  async function end({ person, session }: Target): Promise<void> {
    const ending = session ? [session] : person.sessions;
    const ids = ending.map(({ id }) => id);
    const waiting = new Set(ending.filter(({ connected }) => connected).map(({ id }) => id));
    const since = performance.now();
    setEnded((before) => [
      ...before.filter(({ session: { id } }) => !ids.includes(id)),
      ...ending.map((each) => ({ person, session: each, words: copy.sessions.leaving })),
    ]);
    const stop = live.subscribe((frame) => {
      const receipt = receiptOf(frame);
      if (!receipt || !ids.includes(receipt.session)) return;
      waiting.delete(receipt.session);
      const seconds = ((performance.now() - since) / 1000).toFixed(1);
      say([receipt.session], receipt.answered ? copy.sessions.left(seconds) : copy.sessions.silent);
    });
    try {
      await (session ? endSession(person.user_id, session.id) : forceLogout(person.user_id, {}));
    } catch (problem) {
      // Nobody was signed out: the rows offer it again, the dialog says why.
      stop();
      setEnded((before) => before.filter(({ session: { id } }) => !ids.includes(id)));
      throw problem;
    }
    const absent = ending.filter(({ connected }) => !connected).map(({ id }) => id);
    if (absent.length > 0) say(absent, copy.sessions.blocked);
    void client.invalidateQueries({ queryKey: deskKeys.sessions });
    setTimeout(() => {
      stop();
      if (waiting.size > 0) say([...waiting], copy.sessions.silent);
    }, RECEIPT_MS);
  }

  return { ended, end };
}
