import { describe, expect, it } from 'vitest';
import { type Ended, receiptOf, withEnded } from '../../src/features/live/endings';
import type { Signed, SignedSession } from '../../src/features/live/queries';
import type { Frame } from '../../src/lib/events';

const session = (id: string, started = '2026-03-02T12:00:00Z') =>
  ({ id, started_at: started, connected: true }) as SignedSession;
const person = (name: string, ...sessions: SignedSession[]) =>
  ({ user_id: name, full_name: name, sessions }) as unknown as Signed;
const ended = (who: Signed, what: SignedSession): Ended => ({ person: who, session: what, words: 'Left in 0.2 s' });
const shown = (people: readonly Signed[]) =>
  people.map(({ full_name, sessions }) => [full_name, ...sessions.map(({ id }) => id)]);

describe('sessions that were ended here', () => {
  const [old, young] = [session('old', '2026-03-01T12:00:00Z'), session('young')];
  const uma = person('Uma', young, old);

  it('stay in their place while something is said of them, though the server lists them no more', () => {
    const people = [person('Ada', session('a')), person('Zoe', session('z'))];
    expect(shown(withEnded(people, [ended(uma, old), ended(uma, young)]))).toEqual([
      ['Ada', 'a'],
      ['Uma', 'young', 'old'],
      ['Zoe', 'z'],
    ]);
    expect(shown(people)).toHaveLength(2);
  });

  it('are not shown twice while the list still holds them', () => {
    expect(shown(withEnded([uma], [ended(uma, old)]))).toEqual([['Uma', 'young', 'old']]);
  });
});

describe('the receipt of a browser', () => {
  const frame = (data: Record<string, unknown>, kind = 'session.left') =>
    ({ kind, session_id: 'one', data }) as unknown as Frame;

  it('counts once the last tab of the session is gone', () => {
    expect(receiptOf(frame({ answered: true, remaining: 1 }))).toBeUndefined();
    expect(receiptOf(frame({ answered: true, remaining: 0 }))).toEqual({ session: 'one', answered: true });
    expect(receiptOf(frame({ answered: false, remaining: 0 }))?.answered).toBe(false);
  });

  it('is nothing else', () => {
    expect(receiptOf(frame({ answered: true, remaining: 0 }, 'session.revoked'))).toBeUndefined();
  });
});
