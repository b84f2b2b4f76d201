import { createFileRoute } from '@tanstack/react-router';
import { NotFoundInApp } from '../components/not-found';
import { PageLoading } from '../components/page-state';
import { Shell } from '../components/shell/shell';
import { meQuery } from '../lib/session';

/** Everything below is for people who are signed in; the first answer of the API decides that. */
export const Route = createFileRoute('/app')({
  beforeLoad: async ({ context }) => ({ me: await context.queries.ensureQueryData(meQuery) }),
  pendingComponent: PageLoading,
  component: Shell,
  notFoundComponent: NotFoundInApp,
});
