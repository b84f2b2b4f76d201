import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { noteRenewal } from '../../api/renew';
import type { components } from '../../api/schema';
import { nextUrl } from '../../lib/next-url';
import { tell } from '../../lib/tabs';
import { setPending } from './pending';

type Answer = components['schemas']['LoginAnswer'];

/** Goes on after a finished sign-in. The form leaves the page: that is when browsers offer to save the password. */
export function useArrive() {
  const [router, queries] = [useRouter(), useQueryClient()];
  return async (next: string) => {
    noteRenewal();
    tell({ kind: 'arrived' });
    queries.clear();
    await router.navigate({ href: nextUrl(next), replace: true });
    setPending(undefined);
  };
}

/** Goes on after the first step, whichever way the server says. */
export function useFollow() {
  const [router, arrive] = [useRouter(), useArrive()];
  return async (answer: Answer, email: string, next = '') => {
    if (!('mfa_token' in answer)) return arrive(next);
    setPending({ token: answer.mfa_token, email, next, endsAt: Date.now() + answer.expires_in_seconds * 1000 });
    await router.navigate({ to: answer.status === 'mfa_required' ? '/login/mfa' : '/login/enroll' });
  };
}
