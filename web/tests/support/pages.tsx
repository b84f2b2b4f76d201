/** Shows a part of a page with a router, a query client and a server that answers as the story says. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { HttpResponse, http, type JsonBodyType } from 'msw';
import type { ReactNode } from 'react';

export const ADA = {
  id: '01890000-0000-7000-8000-00000000000a',
  email: 'ada@techcorp.com',
  full_name: 'Ada Admin',
  role: 'admin' as const,
  status: 'active',
  mfa_enabled: false,
  email_verified: true,
  last_login_at: '2026-11-24T11:00:00Z',
  created_at: '2026-11-01T09:00:00Z',
};

export const UMA = {
  ...ADA,
  id: '01890000-0000-7000-8000-00000000000b',
  email: 'uma@techcorp.com',
  full_name: 'Uma User',
  role: 'user' as const,
};

/** A page at `/`, and another one to go to. */
export function show(page: ReactNode) {
  const root = createRootRoute({ component: Outlet });
  const here = createRoute({ getParentRoute: () => root, path: '/', component: () => page });
  const elsewhere = createRoute({ getParentRoute: () => root, path: '/elsewhere', component: () => 'Elsewhere' });
  const anywhere = createRoute({ getParentRoute: () => root, path: '$', component: () => 'Anywhere' });
  const router = createRouter({
    routeTree: root.addChildren([here, elsewhere, anywhere]),
    history: createMemoryHistory({ initialEntries: ['/'] }),
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const view = render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { ...view, router, client };
}

const at = (path: string) => `*${path}`;

export const answers = (path: string, body: JsonBodyType) => http.get(at(path), () => HttpResponse.json(body));

/** A refusal as the server writes it. */
export const problem = (status: number, code: string, more: object = {}) =>
  HttpResponse.json(
    {
      type: `/docs/errors#${code}`,
      title: code,
      status,
      detail: `It was ${code}.`,
      instance: 'request-1',
      code,
      ...more,
    },
    { status, headers: { 'content-type': 'application/problem+json' } },
  );
