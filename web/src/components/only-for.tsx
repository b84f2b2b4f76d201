import type { ReactNode } from 'react';
import type { Role } from '../lib/events';
import { useMe } from '../lib/session';
import { NotFoundInApp } from './not-found';

/** The server decides; a page only does not pretend to be there. */
export function OnlyFor({ roles, children }: { roles: readonly Role[]; children: ReactNode }) {
  const { data: me } = useMe();
  return me && !roles.includes(me.role) ? <NotFoundInApp /> : children;
}
