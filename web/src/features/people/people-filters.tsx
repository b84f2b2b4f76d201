import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Select } from '../../components/ui';
import { useShortcut } from '../../lib/shortcuts';
import { copy } from './copy';
import { type PeopleSearch, ROLES, type Role, type Status } from './queries';

const WAIT_MS = 250;

const roleOptions = [
  { value: '', label: copy.anyRole },
  ...ROLES.map((role) => ({ value: role, label: copy.roles[role] })),
];
const statusOptions = [
  { value: '', label: copy.anyStatus },
  { value: 'active', label: copy.statuses.active },
  { value: 'deactivated', label: copy.statuses.deactivated },
];

type Props = { search: PeopleSearch; onSearch: (search: PeopleSearch) => void };

export function PeopleFilters({ search, onSearch }: Props) {
  const [typed, setTyped] = useState(search.q ?? '');
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(search.q ?? '');
  useShortcut('/', () => input.current?.focus(), true);

  // Back, Forward and "Clear" change the address; the field follows.
  useEffect(() => {
    const q = search.q ?? '';
    if (q !== sent.current) setTyped(q);
    sent.current = q;
  }, [search.q]);

  useEffect(() => {
    const q = typed.trim();
    if (q === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = q;
      onSearch({ ...search, q: q || undefined });
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [typed, search, onSearch]);

  return (
    <div className="flex flex-wrap items-center gap-2">
      <div className="relative min-w-56 flex-1">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted"
        />
        <input
          ref={input}
          type="search"
          aria-label={copy.search}
          placeholder={copy.search}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="h-10 w-full rounded-md border border-line-strong bg-surface pr-3 pl-9 text-base placeholder:text-muted"
        />
      </div>
      <Select
        hideLabel
        label={copy.role}
        value={search.role ?? ''}
        options={roleOptions}
        onChange={(role: string) => onSearch({ ...search, role: (role || undefined) as Role | undefined })}
      />
      <Select
        hideLabel
        label={copy.status}
        value={search.status ?? ''}
        options={statusOptions}
        onChange={(status: string) => onSearch({ ...search, status: (status || undefined) as Status | undefined })}
      />
    </div>
  );
}
