import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '../api/client';
import { keys } from '../api/keys';
import type { components } from '../api/schema';

export { isReason, leave, leaveAfter, REASONS, type Reason } from './leave';

export type Me = components['schemas']['MeView'];

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: () => unwrap(api.GET('/api/users/me')),
  staleTime: 60_000,
});

/** Who is signed in. */
export const useMe = () => useQuery(meQuery);
