import { useEffect, useState } from 'react';
import { renew, renewedAt } from '../../api/renew';
import { lastActive, noteActivity, watchActivity } from '../../lib/activity';
import { countdown } from '../../lib/format';
import { leave, leaveAfter } from '../../lib/session';
import { Button, Dialog } from '../ui';
import { signOut } from './sign-out';

/** How long before the end somebody is asked. */
const NOTICE_SECONDS = 60;
const KEEP_ALIVE_MS = 30_000;

/** Somebody who reads and types sends nothing for long; the server must hear of them in good time. */
function useKeptAlive(idleSeconds: number) {
  useEffect(() => {
    const part = (idleSeconds * 1000) / 3;
    const timer = setInterval(
      () => {
        const due = Date.now() - renewedAt() > part && lastActive() > renewedAt();
        if (due) void renew().catch(() => undefined);
      },
      Math.min(part, KEEP_ALIVE_MS),
    );
    return () => clearInterval(timer);
  }, [idleSeconds]);
}

/** Seconds until the session ends for want of anybody; counted only near the end. */
function useSecondsLeft(idleSeconds: number) {
  const [left, setLeft] = useState<number>();
  useEffect(() => {
    const stop = watchActivity();
    const timer = setInterval(() => {
      const seconds = Math.ceil(idleSeconds - (Date.now() - lastActive()) / 1000);
      setLeft(seconds <= NOTICE_SECONDS ? Math.max(0, seconds) : undefined);
    }, 1_000);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [idleSeconds]);
  return left;
}

/** Asks a minute before the idle limit, and ends the session at the limit. */
export function IdleDialog({ idleSeconds }: { idleSeconds: number }) {
  useKeptAlive(idleSeconds);
  const left = useSecondsLeft(idleSeconds);
  const over = left === 0;
  useEffect(() => {
    if (over) void leaveAfter('expired', signOut).catch(() => leave('expired'));
  }, [over]);
  function stay() {
    noteActivity();
    void renew().catch(() => undefined);
  }
  return (
    <Dialog
      open={left !== undefined && left > 0}
      onOpenChange={(open) => !open && stay()}
      title="Still there?"
      footer={<Button onClick={stay}>Stay signed in</Button>}
    >
      <p>
        Nobody has used this session for a while. You will be signed out in{' '}
        <span className="font-mono">{countdown(left ?? 0)}</span>.
      </p>
    </Dialog>
  );
}
