import { Button, CopyButton } from '../../components/ui';
import type { Named } from '../../lib/names';
import { copy } from './copy';
import type { WordKey } from './parse-filter';
import type { AuditEvent } from './queries';

type Props = {
  event: AuditEvent;
  names: ReadonlyMap<string, Named>;
  onNarrow: (key: WordKey, value: string) => void;
};

/** The ways from this event to those like it. */
function links(event: AuditEvent, names: Props['names']): [string, WordKey, string][] {
  const name = (id: string) => names.get(id)?.email ?? id;
  const { actor, actor_role, subject, ip, session_id, request_id } = event;
  const found: [string, WordKey, string][] = [[copy.detail.onlyKind, 'action', event.kind]];
  if (actor.type === 'user') found.push([copy.detail.onlyActor, 'actor', name(actor.id)]);
  if (actor_role) found.push([copy.detail.onlyRole, 'role', actor_role]);
  if (subject) found.push([copy.detail.onlySubject, 'subject', name(subject.id)]);
  if (ip) found.push([copy.detail.onlyIp, 'ip', ip]);
  if (session_id) found.push([copy.detail.onlySession, 'session', session_id]);
  if (request_id) found.push([copy.detail.onlyRequest, 'request', request_id]);
  return found;
}

/** The whole event as it is in the log. */
export function EventDetail({ event, names, onNarrow }: Props) {
  const text = JSON.stringify(event, null, 2);
  return (
    <div className="space-y-3 border-t border-line bg-bg px-3 py-4 md:px-4">
      <div className="flex flex-wrap gap-2">
        {links(event, names).map(([label, key, value]) => (
          <Button key={key} variant="outline" size="sm" onClick={() => onNarrow(key, value)}>
            {label}
          </Button>
        ))}
        <span className="sm:ml-auto">
          <CopyButton text={text} label={copy.detail.copy} />
        </span>
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled with the keyboard
        tabIndex={0}
        className="overflow-x-auto rounded-md border border-line bg-surface p-3 font-mono text-xs leading-5"
      >
        {text}
      </pre>
    </div>
  );
}
