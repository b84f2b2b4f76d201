import { Badge, Button, Time } from '../../components/ui';
import { describeAgent } from '../../lib/describe-agent';
import { DEVICE_ICONS } from '../../lib/device-icons';
import { copy } from './copy';
import type { Target } from './endings';
import type { Signed, SignedSession } from './queries';

type Props = {
  person: Signed;
  session: SignedSession;
  said: string | undefined;
  onEnd: ((target: Target) => void) | undefined;
};

/** One device of a person; once it is ended, what became of it. */
export function SessionLine({ person, session, said, onEnd }: Props) {
  const agent = describeAgent(session.user_agent);
  const Icon = DEVICE_ICONS[agent.kind];
  return (
    <li className="flex items-center gap-3 py-2 pl-1">
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      <div className="min-w-0 flex-1 text-sm">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="truncate">{agent.label}</span>
          <span className="font-mono text-xs text-muted">{session.ip}</span>
          {session.new_network && <Badge tone="warn">{copy.sessions.newNetwork}</Badge>}
          {session.new_device && <Badge tone="warn">{copy.sessions.newDevice}</Badge>}
        </p>
        <p className="text-xs text-muted">
          {session.mfa ? copy.sessions.mfa : copy.sessions.noMfa} · <Time at={session.last_seen_at} />
          {session.connected && !said && <span className="text-ok"> · {copy.sessions.connected}</span>}
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
