import { type ReactNode, useEffect, useState } from 'react';
import type { ApiProblem } from '../../api/client';
import { LinkButton } from '../../components/ui';
import { AuthPage } from './auth-page';
import { copy } from './copy';

/** The token of a mailed link. It is in the fragment, which no server sees; here it leaves the address as well. */
export function useLinkToken(): string {
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '');
  useEffect(() => {
    if (window.location.hash) window.history.replaceState(window.history.state, '', window.location.pathname);
  }, []);
  return token;
}

/** A link that cannot work any more, and one that was cut off on its way, look the same. */
export const isDeadLink = ({ code, errors }: ApiProblem) =>
  code === 'invalid_link' || code === 'link_used' || errors.some(({ pointer }) => pointer === '/token');

/** Whether the link is dead, from the start or by the server's word; `caught` takes that word. */
export function useDeadLink(token: string) {
  const [dead, setDead] = useState(token === '');
  function caught(problem: ApiProblem) {
    setDead(isDeadLink(problem));
    return isDeadLink(problem);
  }
  return { dead, caught };
}

export const DeadLink = ({ action }: { action?: ReactNode }) => (
  <AuthPage title={copy.link.title} lead={copy.link.body}>
    {action ?? (
      <LinkButton to="/login" className="w-full">
        {copy.link.login}
      </LinkButton>
    )}
  </AuthPage>
);
