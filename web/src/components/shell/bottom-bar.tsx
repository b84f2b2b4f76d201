import { Link, useNavigate } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import type { Me } from '../../lib/session';
import { Menu } from '../ui';
import { useAccountItems } from './account-items';
import { COMPANY, type NavItem, OWN } from './nav-items';

const PLACES = 3;
const LOOK =
  'flex h-14 w-full flex-col items-center justify-center gap-0.5 text-xs text-muted focus-visible:-outline-offset-2';

const BarLink = ({ item: { to, label, icon: Icon, exact } }: { item: NavItem }) => (
  <Link
    to={to}
    className={LOOK}
    activeOptions={{ exact: exact ?? false, includeSearch: false }}
    activeProps={{ className: '!text-ink font-medium' }}
  >
    <Icon aria-hidden className="size-5" />
    {label}
  </Link>
);

/** Navigation of narrow screens: three pages, and the rest under More. */
export function BottomBar({ me }: { me: Me }) {
  const navigate = useNavigate();
  const pages = [...COMPANY[me.role], ...OWN];
  const hidden = pages.slice(PLACES).map(({ to, label }) => ({ label, onSelect: () => void navigate({ to }) }));
  const items = [...hidden, ...useAccountItems()];
  const trigger = (
    <button type="button" className={LOOK}>
      <Ellipsis aria-hidden className="size-5" />
      More
    </button>
  );
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {pages.slice(0, PLACES).map((item) => (
        <BarLink key={item.to} item={item} />
      ))}
      <Menu label="More" trigger={trigger} items={items} side="top" />
    </nav>
  );
}
