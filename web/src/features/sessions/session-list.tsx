import { useState } from 'react';
import { ConfirmDialog, toast } from '../../components/ui';
import { copy } from './copy';
import type { Session } from './queries';
import { deviceOf, SessionRow } from './session-row';

type Props = {
  sessions: readonly Session[];
  /** Ends one; without it the list is only read. */
  onEnd?: (session: Session) => Promise<void>;
};

/** This device first, then those used last. */
const inOrder = (sessions: readonly Session[]) =>
  [...sessions].sort((a, b) => Number(b.current) - Number(a.current) || b.last_seen_at.localeCompare(a.last_seen_at));

/** Sessions with one dialog for all rows. */
export function SessionList({ sessions, onEnd }: Props) {
  const [chosen, setChosen] = useState<Session>();
  const [asking, setAsking] = useState(false);
  const [leaving, setLeaving] = useState<string>();

  function ask(session: Session) {
    setChosen(session);
    setAsking(true);
  }

  async function end() {
    if (!chosen || !onEnd) return;
    setLeaving(chosen.id);
    try {
      await onEnd(chosen);
      if (!chosen.current) toast({ title: copy.end.done(deviceOf(chosen)), tone: 'ok' });
    } finally {
      setLeaving(undefined);
    }
  }

  return (
    <>
      <ul className="divide-y divide-line">
        {inOrder(sessions).map((session) => (
          <SessionRow key={session.id} session={session} leaving={leaving === session.id} onSignOut={onEnd && ask} />
        ))}
      </ul>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={chosen ? copy.end.title(deviceOf(chosen)) : ''}
        body={copy.end.body}
        confirmLabel={copy.end.confirm}
        busyLabel={copy.end.busy}
        tone="danger"
        onConfirm={end}
      />
    </>
  );
}
