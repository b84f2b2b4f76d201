import { useEffect } from 'react';
import { Mark } from './mark';
import { LinkButton } from './ui';

/** For pages that are not there, and for those that are not for the reader: nothing tells them apart. */
export function NotFound() {
  useEffect(() => {
    document.title = 'Not found · Voxgate';
  }, []);
  return (
    <main id="main" className="mx-auto flex max-w-md flex-col items-start gap-3 px-6 py-24">
      <Mark className="mb-4 h-8 w-9" />
      <h1 className="text-xl font-semibold">Nothing here</h1>
      <p className="text-muted">The address may be mistyped, or the page is not for your role.</p>
      <div className="flex flex-wrap gap-2 pt-3">
        <LinkButton to="/app">Go to your start page</LinkButton>
        <LinkButton to="/login" variant="outline">
          Sign in
        </LinkButton>
      </div>
    </main>
  );
}
