import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { endSession } from '../../api/ends';
import { Card, ErrorPanel, Skeleton } from '../../components/ui';
import { useLiveRefresh } from '../../lib/live-refresh';
import { copy } from './copy';
import { personSessions, type Session, sessionKeys } from './queries';
import { SessionList } from './session-list';

/** Where somebody else is signed in; for Admins. `actions` end them all. */
export function PersonSessions({ id, actions }: { id: string; actions?: ReactNode }) {
  const client = useQueryClient();
  const key = sessionKeys.person(id);
  const query = useQuery({ queryKey: key, queryFn: () => personSessions(id) });
  useLiveRefresh(['session.', 'login.succeeded', 'user.', 'password.', 'mfa.', 'refresh.'], key);

  async function end(session: Session) {
    await endSession(id, session.id);
    await client.invalidateQueries({ queryKey: key });
  }

  const count = query.data?.length ?? 0;
  return (
    <Card title={copy.person.title} actions={count > 0 && actions}>
      {query.data ? (
        count > 0 ? (
          <SessionList sessions={query.data} onEnd={end} />
        ) : (
          <p className="text-muted">{copy.person.none}</p>
        )
      ) : query.error ? (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton lines={3} />
      )}
    </Card>
  );
}
