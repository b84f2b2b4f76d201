import { Link } from '@tanstack/react-router';
import type { NavItem } from './nav-items';

export const NavLink = ({ item: { to, label, icon: Icon, exact } }: { item: NavItem }) => (
  <Link
    to={to}
    activeOptions={{ exact: exact ?? false, includeSearch: false }}
    className="flex h-9 items-center gap-3 rounded-md px-3 text-sm text-muted transition-colors hover:bg-raised hover:text-ink"
    activeProps={{ className: 'bg-raised font-medium !text-ink' }}
  >
    <Icon aria-hidden className="size-4 shrink-0" />
    {label}
  </Link>
);
