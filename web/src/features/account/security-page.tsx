import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Card, ErrorPanel, PageHead, Skeleton } from '../../components/ui';
import { useMe } from '../../lib/session';
import { copy } from './copy';
import { OwnEvents } from './own-events';
import { PasswordCard } from './password-card';
import { accountKeys, company } from './queries';

type Props = {
  /** Two-step sign-in; it is told whether the company demands it. */
  mfa: (required: boolean) => ReactNode;
  sessions: ReactNode;
};

export function SecurityPage({ mfa, sessions }: Props) {
  const me = useMe();
  const policy = useQuery({ queryKey: accountKeys.company, queryFn: company });
  return (
    <div className="max-w-3xl space-y-5">
      <PageHead title={copy.security.title} description={copy.security.description} />
      {me.data ? (
        <>
          {mfa(policy.data?.mfa_required ?? false)}
          <div id="password" className="scroll-mt-6">
            <PasswordCard me={me.data} />
          </div>
          {sessions}
          <OwnEvents />
        </>
      ) : me.error ? (
        <ErrorPanel error={me.error} onRetry={() => void me.refetch()} />
      ) : (
        <Card>
          <Skeleton lines={8} />
        </Card>
      )}
    </div>
  );
}
