import { createFileRoute, redirect } from '@tanstack/react-router';

/** Where `/.well-known/change-password` leads. */
export const Route = createFileRoute('/app/account/password')({
  beforeLoad: () => {
    throw redirect({ to: '/app/account/security', hash: 'password', replace: true });
  },
});
