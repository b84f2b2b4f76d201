import { useCallback, useEffect, useState } from 'react';
import { live } from '../../lib/socket';
import { matches } from './matches';
import type { Wanted } from './queries';

/** How many matching events came since the list was read. */
export function useNewer(wanted: Wanted | undefined, readAt: number) {
  const [count, setCount] = useState(0);
  const reset = useCallback(() => setCount(0), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list read again begins to count again
  useEffect(() => {
    setCount(0);
    if (!wanted) return;
    let waiting = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      const more = waiting;
      waiting = 0;
      setCount((before) => before + more);
    };
    const stop = live.subscribe((frame) => {
      if (frame.seq === undefined || frame.kind === 'hello' || frame.kind === 'head' || frame.kind === 'resync') return;
      if (!matches(wanted, frame)) return;
      waiting += 1;
      timer ??= setTimeout(tell, 250);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [wanted, readAt]);
  return { count, reset };
}
