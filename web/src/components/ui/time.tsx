import { useSyncExternalStore } from 'react';
import { clock, exact, relative } from '../../lib/format';

const TICK_MS = 15_000;
let now = Date.now();

/** One clock for all the times on a page. */
function tick(listener: () => void) {
  const timer = setInterval(() => {
    now = Date.now();
    listener();
  }, TICK_MS);
  return () => clearInterval(timer);
}

/** The time of the last tick, or of this moment if something newer is shown. */
const useNow = (at: number) =>
  Math.max(
    useSyncExternalStore(tick, () => now),
    at,
  );

const STYLES = { exact, clock };

type Props = { at: string; style?: 'relative' | 'exact' | 'clock'; className?: string };

/** A moment, with the exact time for whoever asks. */
export function Time({ at, style = 'relative', className }: Props) {
  const date = new Date(at);
  const reference = useNow(date.getTime() < Date.now() ? date.getTime() : 0);
  return (
    <time dateTime={at} title={exact(date)} className={className}>
      {style === 'relative' ? relative(date, reference) : STYLES[style](date)}
    </time>
  );
}
