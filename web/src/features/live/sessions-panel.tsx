import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Badge, Button, Card, ConfirmDialog, ErrorPanel, Skeleton } from '../../components/ui';
import { describeAgent } from '../../lib/describe-agent';
import { useLiveRefresh } from '../../lib/live-refresh';
import { useMe } from '../../lib/session';
import { useShortcut } from '../../lib/shortcuts';
import { copy } from './copy';
import { type Target, useEndings, withEnded } from './endings';
import { deskKeys, signedInQuery } from './queries';
import { SessionLine } from './session-line';

const FOLLOWED = ['session.revoked', 'session.expired', 'login.succeeded', 'user.', 'presence.'];
/** The list is long, and read again at most so often however much happens. */
const PAUSE_MS = 1_000;

/** Who is signed in, in the order of names, so that nothing jumps. */
export function SessionsPanel() {
  const { data: me } = useMe();
  const query = useQuery(signedInQuery);
  useLiveRefresh(FOLLOWED, deskKeys.sessions, { pause: PAUSE_MS });
  const [asked, setAsked] = useState<Target>();
  const { ended, end } = useEndings();
  const said = new Map(ended.map(({ session, words }) => [session.id, words]));
  const admin = me?.role === 'admin';
  useShortcut('x', () => {
    const focused = document.activeElement?.closest('li')?.querySelector<HTMLElement>('[data-end]');
    focused?.click();
  });

  if (query.error && !query.data) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  const people = query.data && withEnded(query.data.items, ended);
  return (
    <Card title={copy.sessions.title}>
      {!people ? (
        <Skeleton lines={4} />
      ) : (
        <ul className="max-h-[32rem] space-y-4 overflow-y-auto pr-1">
          {people.map((person) => (
            <li key={person.user_id}>
              <div className="flex items-center gap-2">
                <span className="min-w-0 truncate font-medium" title={person.full_name}>
                  {person.full_name}
                </span>
                {person.user_id === me?.id && <Badge tone="info">{copy.sessions.own}</Badge>}
                <span className="flex-1 text-xs whitespace-nowrap text-muted">
                  {copy.sessions.count(person.sessions.length)}
                </span>
                {admin && person.user_id !== me?.id && person.sessions.length > 1 && (
                  <Button
                    variant="ghost"
                    size="sm"
                    aria-label={copy.sessions.signOutAll(person.full_name)}
                    onClick={() => setAsked({ person })}
                  >
                    {copy.sessions.signOutEach}
                  </Button>
                )}
              </div>
              <ul className="divide-y divide-line">
                {person.sessions.map((session) => (
                  <SessionLine
                    key={session.id}
                    person={person}
                    session={session}
                    said={said.get(session.id)}
                    onEnd={admin && person.user_id !== me?.id ? setAsked : undefined}
                  />
                ))}
              </ul>
            </li>
          ))}
          {people.length === 0 && <li className="text-muted">{copy.sessions.none}</li>}
        </ul>
      )}
      {query.data?.more && <p className="mt-3 text-sm text-muted">{copy.sessions.more}</p>}
      {asked && (
        <ConfirmDialog
          open
          onOpenChange={() => setAsked(undefined)}
          title={
            asked.session
              ? copy.sessions.ask(describeAgent(asked.session.user_agent).label)
              : copy.sessions.askAll(asked.person.full_name)
          }
          body={copy.sessions.body}
          confirmLabel={copy.sessions.signOut}
          busyLabel={copy.sessions.leaving}
          tone="danger"
          onConfirm={() => end(asked)}
        />
      )}
    </Card>
  );
}
