import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { ErrorPanel, Skeleton } from './ui';

/** While a page's code is on its way. */
export const PageLoading = () => (
  <div className="py-6">
    <Skeleton lines={5} />
  </div>
);

/** A page that fell over, with the way on. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  function again() {
    reset();
    void router.invalidate();
  }
  return (
    <div className="mx-auto max-w-lg py-12">
      <ErrorPanel error={error} onRetry={again} />
    </div>
  );
}
