import { createFileRoute } from '@tanstack/react-router';
import * as v from 'valibot';
import { LoginPage } from '../features/auth/login-page';
import { REASONS } from '../lib/session';

const search = v.object({
  reason: v.optional(v.fallback(v.optional(v.picklist(REASONS)), undefined)),
  next: v.optional(v.fallback(v.optional(v.string()), undefined)),
});

export const Route = createFileRoute('/login')({
  validateSearch: search,
  component: () => <LoginPage {...Route.useSearch()} />,
});
