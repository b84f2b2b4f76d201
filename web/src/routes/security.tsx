import { createFileRoute, redirect } from '@tanstack/react-router';

/** The address in mails about one's own account. */
export const Route = createFileRoute('/security')({
  beforeLoad: () => {
    throw redirect({ to: '/app/account/security', replace: true });
  },
});
