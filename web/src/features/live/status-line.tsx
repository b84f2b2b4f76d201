import clsx from 'clsx';
import { Pause, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, Select } from '../../components/ui';
import { clock, number } from '../../lib/format';
import { useLivePart, useLiveState } from '../../lib/socket';
import type { WindowName } from './buckets';
import { copy } from './copy';
import type { DeskStore } from './desk-store';
import { useDeskPart } from './use-desk';

const WINDOWS = (Object.keys(copy.windows) as WindowName[]).map((value) => ({ value, label: copy.windows[value] }));

function Countdown({ to }: { to: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((to - now) / 1000));
  return <>{copy.nextTry(seconds)}</>;
}

/** How far the view can be trusted: connection in words and shape, rate, and how old the newest event is. */
function Connection({ store }: { store: DeskStore }) {
  const state = useLiveState();
  const nextTryAt = useLivePart((status) => status.nextTryAt);
  const paused = useDeskPart(store, (desk) => desk.paused);
  const rate = useDeskPart(store, (desk) => desk.rate);
  const asOf = useDeskPart(store, (desk) => desk.asOf);
  const live = state === 'live';
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm" role="status">
      <span className="inline-flex items-center gap-2 font-medium">
        <span
          aria-hidden
          className={clsx(
            'size-2.5',
            live && !paused
              ? 'rounded-full bg-bar-ok'
              : live
                ? 'rounded-[1px] bg-line-strong'
                : 'rotate-45 bg-bar-warn',
          )}
        />
        {live && paused ? copy.states.paused : copy.states[state]}
      </span>
      {state === 'reconnecting' && nextTryAt !== undefined && (
        <span className="text-muted" aria-hidden>
          <Countdown to={nextTryAt} />
        </span>
      )}
      {live ? (
        <span className="font-mono text-xs text-muted" aria-hidden>
          {copy.rate(rate.toFixed(rate < 10 ? 1 : 0))}
        </span>
      ) : (
        asOf !== undefined && <span className="text-muted">{copy.asOf(clock(new Date(asOf)))}</span>
      )}
    </p>
  );
}

type Props = { store: DeskStore; windowName: WindowName; onWindow: (name: WindowName) => void; onPause: () => void };

export function StatusLine({ store, windowName, onWindow, onPause }: Props) {
  const paused = useDeskPart(store, (desk) => desk.paused);
  const unseen = useDeskPart(store, (desk) => desk.unseen);
  return (
    <div className="panel mb-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-2.5">
      <Connection store={store} />
      <div className="flex items-center gap-2 max-sm:w-full max-sm:justify-between">
        <div className="w-36">
          <Select label={copy.window} hideLabel value={windowName} onChange={onWindow} options={WINDOWS} />
        </div>
        <Button variant={paused ? 'solid' : 'outline'} onClick={onPause} aria-keyshortcuts="p">
          {paused ? <Play aria-hidden className="size-4" /> : <Pause aria-hidden className="size-4" />}
          {paused ? copy.resume(number(unseen)) : copy.pause}
        </Button>
      </div>
    </div>
  );
}
