import { SlidersHorizontal } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button, ErrorPanel, PageHead } from '../../components/ui';
import { useShortcut } from '../../lib/shortcuts';
import { AttentionQueue } from './attention-queue';
import type { WindowName } from './buckets';
import { copy } from './copy';
import { Counters } from './counters';
import { Coverage } from './coverage';
import type { DeskStore } from './desk-store';
import { Feed } from './feed';
import { useNotices } from './notices';
import { OptionsDialog } from './options-dialog';
import { Pulse } from './pulse';
import { SessionsPanel } from './sessions-panel';
import { Sources } from './sources';
import { StatusLine } from './status-line';
import { useDesk, useDeskPart } from './use-desk';

/** The tab says how much waits: "(2) Live desk". */
function useTabTitle(store: DeskStore) {
  const count = useDeskPart(store, (desk) => desk.alerts.length);
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ''}${copy.title} · Voxgate`;
  }, [count]);
}

type Props = { windowName: WindowName; onWindow: (name: WindowName) => void };

/** What an Admin keeps open all day. */
export function DeskPage({ windowName, onWindow }: Props) {
  const { store, figures } = useDesk(windowName);
  const [options, setOptions] = useState(false);
  const filter = useRef<HTMLInputElement>(null);
  useNotices(store);
  useTabTitle(store);
  const pause = () => (store.snapshot().paused ? store.resume() : store.pause());
  useShortcut('p', pause);
  useShortcut('?', () => setOptions(true));
  const summary = figures.data;
  const more = (
    <Button variant="outline" onClick={() => setOptions(true)}>
      <SlidersHorizontal aria-hidden className="size-4" />
      {copy.options}
    </Button>
  );
  return (
    <>
      <PageHead title={copy.title} actions={more} />
      <StatusLine store={store} windowName={windowName} onWindow={onWindow} onPause={pause} />
      {figures.error && !summary ? (
        <ErrorPanel error={figures.error} onRetry={() => void figures.refetch()} />
      ) : (
        <div className="space-y-4">
          <Counters store={store} summary={summary} />
          <Pulse store={store} summary={summary} />
        </div>
      )}
      <div className="mt-4 grid items-start gap-4 xl:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)]">
        <div className="min-w-0 space-y-4">
          <AttentionQueue store={store} />
          <Feed store={store} filter={filter} />
        </div>
        <div className="min-w-0 space-y-4">
          <SessionsPanel />
          <Sources summary={summary} />
          <Coverage mfa={summary?.mfa} />
        </div>
      </div>
      <OptionsDialog open={options} onOpenChange={setOptions} />
    </>
  );
}
