import clsx from 'clsx';
import { type LiveState, useLiveState } from '../../lib/socket';

const WORDS: Record<LiveState, string> = {
  connecting: 'Connecting',
  live: 'Connected',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
  signed_out: 'Signed out',
};

/** Whether the server can reach this tab: in words and in shape, a full dot or a ring. */
export function ConnectionDot() {
  const state = useLiveState();
  return (
    <p className="flex items-center gap-2 px-3 py-1 text-xs text-muted">
      <span
        aria-hidden
        className={clsx('size-2 rounded-full', state === 'live' ? 'bg-bar-ok' : 'border-2 border-bar-warn')}
      />
      {WORDS[state]}
    </p>
  );
}
