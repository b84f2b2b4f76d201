import { createFileRoute, redirect } from '@tanstack/react-router';

export const Route = createFileRoute('/app/')({
  beforeLoad: ({ context }) => {
    throw redirect({ to: context.me.role === 'user' ? '/app/account' : '/app/security', replace: true });
  },
});
