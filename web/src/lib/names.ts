import { useQuery } from '@tanstack/react-query';
import { api, unwrap } from '../api/client';
import type { components } from '../api/schema';
import { useLiveRefresh } from './live-refresh';

export type Named = Pick<components['schemas']['UserView'], 'id' | 'full_name' | 'email'>;

/** So many people are known by name; others are shown by the beginning of their id. */
const PAGES = 5;

async function everybody(): Promise<Map<string, Named>> {
  const known = new Map<string, Named>();
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const query = { limit: 200, ...(cursor ? { cursor } : {}) };
    const answer = await unwrap(api.GET('/api/users', { params: { query } }));
    for (const person of answer.items) known.set(person.id, person);
    cursor = answer.next_cursor ?? undefined;
    if (!cursor) break;
  }
  return known;
}

const NAMES = ['people', 'names'] as const;

const NOBODY: ReadonlyMap<string, Named> = new Map();

/** The people of the company by id; read in a few pages, not one by one. */
export function useNames(): { names: ReadonlyMap<string, Named>; ready: boolean } {
  const query = useQuery({ queryKey: NAMES, queryFn: everybody, staleTime: 60_000 });
  useLiveRefresh(['user.joined', 'user.updated'], NAMES);
  return { names: query.data ?? NOBODY, ready: query.data !== undefined || query.error !== null };
}

/** The name of an account; the beginning of its id where it is not known. */
export const nameOf = (names: ReadonlyMap<string, Named>, id: string | undefined): string | undefined =>
  id && (names.get(id)?.full_name ?? id.slice(0, 8));
