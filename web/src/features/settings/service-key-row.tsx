import { Badge, Button, Time } from '../../components/ui';
import { serviceCopy as copy } from './service-copy';
import { type Credential, overlap, state } from './service-queries';

type Props = { credential: Credential; onRotate: () => void; onRevoke: () => void };

export function ServiceKeyRow({ credential, onRotate, onRevoke }: Props) {
  const now = state(credential);
  const old = overlap(credential);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="min-w-48 flex-1 space-y-0.5">
        <p className="flex flex-wrap items-center gap-2">
          <span className="break-words">{credential.name}</span>
          {now !== 'live' && <Badge tone="plain">{copy.states[now]}</Badge>}
        </p>
        <p className="text-sm text-muted">{credential.scopes.map((scope) => copy.scopes[scope]).join(' · ')}</p>
        <p className="text-sm text-muted">
          {credential.last_used_at ? (
            <>
              {copy.used} <Time at={credential.last_used_at} />
            </>
          ) : (
            copy.neverUsed
          )}
          {now === 'live' && credential.expires_at && (
            <>
              {' · '}
              {copy.ends} <Time at={credential.expires_at} style="exact" />
            </>
          )}
        </p>
        {now === 'live' && old && (
          <p className="text-sm text-warn">
            {copy.oldWorks} <Time at={old} style="exact" />
          </p>
        )}
      </div>
      {now === 'live' && (
        <div className="flex gap-2">
          <Button
            variant="outline"
            size="sm"
            onClick={onRotate}
            aria-label={`${copy.rotate.action}: ${credential.name}`}
          >
            {copy.rotate.action}
          </Button>
          <Button variant="ghost" size="sm" onClick={onRevoke} aria-label={`${copy.revoke.action}: ${credential.name}`}>
            {copy.revoke.action}
          </Button>
        </div>
      )}
    </li>
  );
}
