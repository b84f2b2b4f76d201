import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type LiveState, useLiveState } from '../../lib/socket';

/** A short break is nobody's business. */
const GRACE_MS = 2_500;

const cut = (state: LiveState) => state === 'offline' || state === 'reconnecting';

function useCutFor(wait: number) {
  const broken = cut(useLiveState());
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!broken) return setLong(false);
    const timer = setTimeout(() => setLong(true), wait);
    return () => clearTimeout(timer);
  }, [broken, wait]);
  return long;
}

/** Says that what is shown may be old. */
export function OfflineBar() {
  const long = useCutFor(GRACE_MS);
  const state = useLiveState();
  if (!long) return null;
  return (
    <p
      role="status"
      className="sticky top-0 z-20 flex items-center gap-2 border-b border-warn/40 bg-surface px-4 py-2 text-sm text-warn md:px-8"
    >
      <WifiOff aria-hidden className="size-4 shrink-0" />
      {state === 'offline'
        ? 'You are offline. What you see may be out of date.'
        : 'Connection lost, trying again. What you see may be out of date.'}
    </p>
  );
}
