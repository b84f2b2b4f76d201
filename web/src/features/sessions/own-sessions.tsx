import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Card, ConfirmDialog, ErrorPanel, Skeleton, toast } from '../../components/ui';
import { useLiveRefresh } from '../../lib/live-refresh';
import { leaveAfter } from '../../lib/session';
import { copy } from './copy';
import { endOthers, endOwn, ownSessions, type Session, sessionKeys, signOutHere } from './queries';
import { SessionList } from './session-list';

/** Where one is signed in, kept fresh by the live channel. */
export function OwnSessions() {
  const client = useQueryClient();
  const query = useQuery({ queryKey: sessionKeys.own, queryFn: ownSessions });
  const [asking, setAsking] = useState(false);
  useLiveRefresh(['session.', 'login.succeeded', 'password.', 'mfa.'], sessionKeys.own);
  const others = query.data?.filter((session) => !session.current).length ?? 0;

  async function end(session: Session) {
    if (session.current) return leaveAfter('signed_out', signOutHere);
    await endOwn(session.id);
    await client.invalidateQueries({ queryKey: sessionKeys.own });
  }

  async function endAll() {
    await endOthers();
    await client.invalidateQueries({ queryKey: sessionKeys.own });
    toast({ title: copy.others.done, tone: 'ok' });
  }

  const action = others > 0 && (
    <Button variant="outline" size="sm" onClick={() => setAsking(true)}>
      {copy.own.others}
    </Button>
  );
  return (
    <Card title={copy.own.title} description={copy.own.description} actions={action}>
      {query.data ? (
        <SessionList sessions={query.data} onEnd={end} />
      ) : query.error ? (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton lines={4} />
      )}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={copy.others.title}
        body={copy.others.body(others)}
        confirmLabel={copy.others.confirm}
        busyLabel={copy.others.busy}
        tone="danger"
        onConfirm={endAll}
      />
    </Card>
  );
}
