import { createFileRoute, Outlet, useMatch, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import * as v from 'valibot';
import { OnlyFor } from '../components/only-for';
import { PeoplePage } from '../features/people/people-page';
import type { PeopleSearch } from '../features/people/queries';

const search = v.object({
  q: v.optional(v.fallback(v.optional(v.string()), undefined)),
  role: v.optional(v.fallback(v.optional(v.picklist(['user', 'manager', 'admin'])), undefined)),
  status: v.optional(v.fallback(v.optional(v.picklist(['active', 'deactivated'])), undefined)),
});

const ROLES = ['manager', 'admin'] as const;

export const Route = createFileRoute('/app/people')({
  validateSearch: search,
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
    <OnlyFor roles={ROLES}>
      <PeoplePage search={Route.useSearch()} onSearch={setSearch} openId={open?.params.id} panel={open && <Outlet />} />
    </OnlyFor>
  );
}
