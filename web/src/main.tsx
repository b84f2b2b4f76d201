import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { retryQuery } from './api/retry';
import { PageError, PageLoading } from './components/page-state';
import { Farewell } from './features/auth/reasons';
import { onLeave } from './lib/leave';
import { routeTree } from './routeTree.gen';

const queries = new QueryClient({
  defaultOptions: { queries: { retry: retryQuery, staleTime: 10_000 }, mutations: { retry: false } },
});

const router = createRouter({
  routeTree,
  context: { queries },
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingMs: 150,
  defaultPendingComponent: PageLoading,
  defaultErrorComponent: PageError,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

const container = document.getElementById('root');
if (container) {
  const root = createRoot(container);
  // At once, whatever is running: the sign-in page is loaded anew, and that takes its time.
  onLeave((reason) => {
    queries.clear();
    flushSync(() => root.render(<Farewell reason={reason} />));
  });
  root.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
