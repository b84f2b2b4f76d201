import { useCallback, useEffect, useRef, useState } from 'react';
import { live } from '../../lib/socket';
import { matches } from './matches';
import type { Wanted } from './queries';

/**
 * How many matching events came since the list was read. `onGap` reads it again when the stream begins later than the list
 * ends, or lost something: what happened between is in neither.
 */
export function useNewer(wanted: Wanted | undefined, readAt: number, newest: number, onGap: () => void) {
  const list = useRef({ newest, onGap });
  list.current = { newest, onGap };
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
      const { newest, onGap } = list.current;
      if (frame.seq === undefined || frame.kind === 'head' || frame.seq <= newest) return;
      if (frame.kind === 'hello' || frame.kind === 'resync') return onGap();
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
