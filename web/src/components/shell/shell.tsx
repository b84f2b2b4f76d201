import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { api, unwrap } from '../../api/client';
import { keys } from '../../api/keys';
import { useMe } from '../../lib/session';
import { useShortcut } from '../../lib/shortcuts';
import { Toasts } from '../ui/toast';
import { Announcer } from './announcer';
import { BottomBar } from './bottom-bar';
import { IdleDialog } from './idle-dialog';
import { COMPANY } from './nav-items';
import { OfflineBar } from './offline-bar';
import { Sidebar } from './sidebar';
import { SkipLink } from './skip-link';
import { StepUpDialog } from './step-up-dialog';
import { useLive } from './use-live';

const companyQuery = { queryKey: keys.company, queryFn: () => unwrap(api.GET('/api/company')), staleTime: 60_000 };

/** Keys that go to a page, for the roles that have it. */
function GoTo({ to, keys: typed }: { to: string; keys: string }) {
  const navigate = useNavigate();
  useShortcut(typed, () => void navigate({ to }));
  return null;
}

/** The frame around every page of somebody who is signed in. */
export function Shell() {
  const { data: me } = useMe();
  const { data: company } = useQuery(companyQuery);
  useLive();
  if (!me) return null;
  return (
    <div className="flex min-h-dvh">
      <SkipLink />
      <Sidebar me={me} company={company?.name} />
      <div className="min-w-0 flex-1">
        <OfflineBar />
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto max-w-7xl px-4 pt-6 pb-24 outline-none md:px-8 md:pt-8 md:pb-12"
        >
          <Outlet />
        </main>
      </div>
      <BottomBar me={me} />
      {COMPANY[me.role].map(({ to, keys: typed }) => typed && <GoTo key={to} to={to} keys={typed} />)}
      {company && <IdleDialog idleSeconds={company.session_idle_seconds} />}
      <StepUpDialog />
      <Announcer />
      <Toasts />
    </div>
  );
}
