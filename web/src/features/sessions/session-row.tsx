import { Badge, Button, Time } from '../../components/ui';
import { describeAgent } from '../../lib/describe-agent';
import { DEVICE_ICONS } from '../../lib/device-icons';
import { copy } from './copy';
import type { Session } from './queries';

type Props = { session: Session; leaving: boolean; onSignOut?: ((session: Session) => void) | undefined };

/** What the device calls itself, in words. */
export const deviceOf = (session: Session) =>
  session.user_agent ? describeAgent(session.user_agent).label : session.device;

export function SessionRow({ session, leaving, onSignOut }: Props) {
  const Icon = DEVICE_ICONS[describeAgent(session.user_agent ?? '').kind];
  const device = deviceOf(session);
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 py-4 first:pt-0 last:pb-0">
      <Icon aria-hidden className="size-5 text-muted" />
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium break-words">{device}</span>
        {session.current && <Badge tone="info">{copy.row.current}</Badge>}
      </p>
      {onSignOut && (
        <Button
          variant="outline"
          size="sm"
          busy={leaving}
          busyText={copy.row.leaving}
          aria-label={`${copy.row.signOut}: ${device}`}
          onClick={() => onSignOut(session)}
        >
          {copy.row.signOut}
        </Button>
      )}
      {(session.new_network || session.new_device) && (
        <p className="col-span-2 col-start-2 flex flex-wrap gap-x-2 gap-y-1">
          {session.new_device && <Badge tone="warn">{copy.row.newDevice}</Badge>}
          {session.new_network && <Badge tone="warn">{copy.row.newNetwork}</Badge>}
        </p>
      )}
      <p className="col-span-2 col-start-2 flex flex-wrap gap-x-3 gap-y-0.5 text-sm text-muted">
        <span className="font-mono break-all">{session.ip ?? copy.row.unknown}</span>
        <span>
          {session.current ? (
            copy.row.now
          ) : (
            <>
              {copy.row.seen} <Time at={session.last_seen_at} />
            </>
          )}
        </span>
        <span>
          {copy.row.started} <Time at={session.created_at} />
        </span>
        <span>{session.amr.includes('mfa') ? copy.row.mfa : copy.row.noMfa}</span>
      </p>
    </li>
  );
}
