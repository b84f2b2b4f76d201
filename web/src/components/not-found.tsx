import { useCanGoBack, useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { Mark } from './mark';
import { Button, LinkButton } from './ui';

function Nothing({ children }: { children: ReactNode }) {
  useEffect(() => {
    document.title = 'Not found · Voxgate';
  }, []);
  return (
    <>
      <h1 className="text-xl font-semibold">Nothing here</h1>
      <p className="text-muted">The address may be mistyped, or the page is not for your role.</p>
      <div className="flex flex-wrap gap-2 pt-3">
        <LinkButton to="/app">Go to your start page</LinkButton>
        {children}
      </div>
    </>
  );
}

/** For pages that are not there, and for those that are not for the reader: nothing tells them apart. */
export const NotFound = () => (
  <main id="main" className="mx-auto flex max-w-md flex-col items-start gap-3 px-6 py-24">
    <Mark className="mb-4 h-8 w-9" />
    <Nothing>
      <LinkButton to="/login" variant="outline">
        Sign in
      </LinkButton>
    </Nothing>
  </main>
);

/** The same inside the frame of the app. */
export function NotFoundInApp() {
  const { history } = useRouter();
  const canGoBack = useCanGoBack();
  return (
    <div className="mx-auto flex max-w-md flex-col items-start gap-3 py-16 md:py-24">
      <Nothing>
        {canGoBack ? (
          <Button variant="outline" onClick={() => history.back()}>
            Go back
          </Button>
        ) : (
          <LinkButton to="/app/account" variant="outline">
            Your profile
          </LinkButton>
        )}
      </Nothing>
    </div>
  );
}
