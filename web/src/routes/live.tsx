import { createFileRoute, redirect } from '@tanstack/react-router';

/** The address in mails about attacks. */
export const Route = createFileRoute('/live')({
  beforeLoad: () => {
    throw redirect({ to: '/app/security', replace: true });
  },
});
