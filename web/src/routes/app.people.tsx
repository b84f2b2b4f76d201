import { createFileRoute, notFound, Outlet, useMatch, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import * as v from 'valibot';
import { PeoplePage } from '../features/people/people-page';
import type { PeopleSearch } from '../features/people/queries';

const search = v.object({
  q: v.optional(v.fallback(v.optional(v.string()), undefined)),
  role: v.optional(v.fallback(v.optional(v.picklist(['user', 'manager', 'admin'])), undefined)),
  status: v.optional(v.fallback(v.optional(v.picklist(['active', 'deactivated'])), undefined)),
});

export const Route = createFileRoute('/app/people')({
  validateSearch: search,
  // The server decides; this page only does not pretend to be there.
  beforeLoad: ({ context }) => {
    if (context.me.role === 'user') throw notFound();
  },
  component: People,
});

function People() {
  const navigate = useNavigate({ from: '/app/people' });
  const open = useMatch({ from: '/app/people/$id', shouldThrow: false });
  const setSearch = useCallback(
    (next: PeopleSearch) => void navigate({ to: '.', search: next, replace: true }),
    [navigate],
  );
  return (
    <PeoplePage search={Route.useSearch()} onSearch={setSearch} openId={open?.params.id} panel={open && <Outlet />} />
  );
}
