import { Link } from '@tanstack/react-router';
import { ChevronsUpDown } from 'lucide-react';
import type { Me } from '../../lib/session';
import { Mark } from '../mark';
import { Menu } from '../ui';
import { useAccountItems } from './account-items';
import { ConnectionDot } from './connection-dot';
import { COMPANY, OWN } from './nav-items';
import { NavLink } from './nav-link';

function AccountMenu({ me }: { me: Me }) {
  const items = useAccountItems();
  const trigger = (
    <button
      type="button"
      className="flex w-full items-center gap-3 rounded-md px-3 py-2 text-left hover:bg-raised"
      aria-label={`Your account: ${me.full_name}`}
    >
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm font-medium">{me.full_name}</span>
        <span className="block truncate text-xs text-muted">{me.email}</span>
      </span>
      <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
    </button>
  );
  return <Menu label="Your account" trigger={trigger} items={items} side="top" align="start" />;
}

/** Navigation of wide screens. */
export function Sidebar({ me, company }: { me: Me; company: string | undefined }) {
  const pages = COMPANY[me.role];
  return (
    <header className="sticky top-0 hidden h-dvh w-52 shrink-0 flex-col border-r border-line bg-surface md:flex">
      <Link to="/app" className="mx-2 mt-4 flex items-center gap-3 rounded-md px-3 py-1.5">
        <Mark />
        <span className="min-w-0">
          <span className="block text-base leading-5 font-semibold">Voxgate</span>
          <span className="block h-4 truncate text-xs leading-4 text-muted">{company}</span>
        </span>
      </Link>
      <nav aria-label="Pages" className="flex-1 space-y-6 overflow-y-auto px-2 py-6">
        {pages.length > 0 && (
          <div className="space-y-1">
            {pages.map((item) => (
              <NavLink key={item.to} item={item} />
            ))}
          </div>
        )}
        <div className="space-y-1">
          <p className="px-3 pb-1 text-xs text-muted">Your account</p>
          {OWN.map((item) => (
            <NavLink key={item.to} item={item} />
          ))}
        </div>
      </nav>
      <div className="grid gap-1 border-t border-line p-2">
        <ConnectionDot />
        <AccountMenu me={me} />
      </div>
    </header>
  );
}
