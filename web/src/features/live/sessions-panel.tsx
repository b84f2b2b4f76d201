import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Monitor, Smartphone, SquareTerminal } from 'lucide-react';
import { useEffect, useState } from 'react';
import { endSession, forceLogout } from '../../api/ends';
import { Badge, Button, Card, ConfirmDialog, ErrorPanel, Skeleton, Time } from '../../components/ui';
import { type AgentKind, describeAgent } from '../../lib/describe-agent';
import { useLiveRefresh } from '../../lib/live-refresh';
import { useMe } from '../../lib/session';
import { useShortcut } from '../../lib/shortcuts';
import { copy } from './copy';
import { deskKeys, type Signed, type SignedSession, signedInQuery } from './queries';

const ICONS: Record<AgentKind, typeof Monitor> = { desktop: Monitor, phone: Smartphone, program: SquareTerminal };
/** How long a row says what became of its session. */
const SAID_MS = 5_000;

type Target = { person: Signed; session?: SignedSession };

type RowProps = {
  person: Signed;
  session: SignedSession;
  said: string | undefined;
  onEnd: ((target: Target) => void) | undefined;
};

function SessionLine({ person, session, said, onEnd }: RowProps) {
  const agent = describeAgent(session.user_agent);
  const Icon = ICONS[agent.kind];
  return (
    <li className="flex items-center gap-3 py-2 pl-1">
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      <div className="min-w-0 flex-1 text-sm">
        <p className="truncate">
          {agent.label} <span className="font-mono text-xs text-muted">{session.ip}</span>
        </p>
        <p className="text-xs text-muted">
          {session.mfa ? copy.sessions.mfa : copy.sessions.noMfa} · <Time at={session.last_seen_at} />
          {session.connected && <span className="text-ok"> · {copy.sessions.connected}</span>}
        </p>
      </div>
      {said ? (
        <span role="status" className="text-sm text-muted">
          {said}
        </span>
      ) : (
        onEnd && (
          <Button variant="outline" size="sm" data-end={session.id} onClick={() => onEnd({ person, session })}>
            {copy.sessions.signOut}
          </Button>
        )
      )}
    </li>
  );
}

/** What became of each session that was ended here, said in its place for a while. */
function useSaid() {
  const [said, setSaid] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    if (Object.keys(said).length === 0) return;
    const timer = setTimeout(() => setSaid({}), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const say = (sessions: readonly SignedSession[], words: (session: SignedSession) => string) =>
    setSaid((before) => ({ ...before, ...Object.fromEntries(sessions.map((each) => [each.id, words(each)])) }));
  return { said, say };
}

/** Who is signed in, in the order of names, so that nothing jumps. */
export function SessionsPanel() {
  const client = useQueryClient();
  const { data: me } = useMe();
  const query = useQuery(signedInQuery);
  useLiveRefresh(['session.revoked', 'session.expired', 'login.succeeded', 'user.', 'presence.'], deskKeys.sessions);
  const [asked, setAsked] = useState<Target>();
  const { said, say } = useSaid();
  const admin = me?.role === 'admin';
  useShortcut('x', () => {
    const focused = document.activeElement?.closest('li')?.querySelector<HTMLElement>('[data-end]');
    focused?.click();
  });

  async function end({ person, session }: Target) {
    const ending = session ? [session] : person.sessions;
    say(ending, () => copy.sessions.leaving);
    const since = performance.now();
    try {
      await (session ? endSession(person.user_id, session.id) : forceLogout(person.user_id, {}));
    } catch (problem) {
      // Nobody was signed out: the rows offer it again, the dialog says why.
      say(ending, () => '');
      throw problem;
    }
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    say(ending, (each) => (each.connected ? copy.sessions.left(seconds) : copy.sessions.blocked));
    setTimeout(() => void client.invalidateQueries({ queryKey: deskKeys.sessions }), SAID_MS);
  }

  if (query.error && !query.data) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />;
  const people = query.data?.items;
  return (
    <Card title={copy.sessions.title}>
      {!people ? (
        <Skeleton lines={4} />
      ) : (
        <ul className="max-h-[32rem] space-y-4 overflow-y-auto pr-1">
          {people.map((person) => (
            <li key={person.user_id}>
              <div className="flex flex-wrap items-center gap-2">
                <span className="min-w-0 truncate font-medium">{person.full_name}</span>
                {person.user_id === me?.id && <Badge tone="info">{copy.sessions.own}</Badge>}
                <span className="flex-1 text-xs text-muted">{copy.sessions.count(person.sessions.length)}</span>
                {admin && person.user_id !== me?.id && person.sessions.length > 1 && (
                  <Button
                    variant="ghost"
                    size="sm"
                    aria-label={copy.sessions.signOutAll(person.full_name)}
                    onClick={() => setAsked({ person })}
                  >
                    {copy.sessions.signOut}
                  </Button>
                )}
              </div>
              <ul className="divide-y divide-line">
                {person.sessions.map((session) => (
                  <SessionLine
                    key={session.id}
                    person={person}
                    session={session}
                    said={said[session.id]}
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
