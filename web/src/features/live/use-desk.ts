import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { live, useLiveState } from '../../lib/socket';
import type { WindowName } from './buckets';
import { DeskStore, type Snapshot } from './desk-store';
import { deskKeys, pastAcknowledged, pastAlerts, pastEvents, summary } from './queries';

/** The figures are counted anew so often; in between the stream keeps them true. */
const COUNT_MS = 60_000;
/** Without events the chart still moves on. */
const TICK_MS = 1_000;

/** A desk that listens for as long as the page is open. */
export function useDesk(windowName: WindowName) {
  const [store] = useState(() => new DeskStore());
  const client = useQueryClient();
  const state = useLiveState();
  const past = useQuery({ queryKey: deskKeys.past, queryFn: pastEvents, gcTime: 0 });
  const alerts = useQuery({ queryKey: deskKeys.alerts, queryFn: pastAlerts, gcTime: 0 });
  const acknowledged = useQuery({ queryKey: deskKeys.acknowledged, queryFn: pastAcknowledged, gcTime: 0 });
  const figures = useQuery({
    queryKey: deskKeys.summary(windowName),
    queryFn: () => summary(windowName),
    refetchInterval: COUNT_MS,
    placeholderData: (before) => before,
  });

  useEffect(() => live.subscribe(store.hear), [store]);
  useEffect(() => {
    if (past.data) store.prefill(past.data);
  }, [store, past.data]);
  useEffect(() => {
    if (alerts.data) store.recall(alerts.data);
  }, [store, alerts.data]);
  useEffect(() => {
    if (acknowledged.data) store.dismiss(acknowledged.data);
  }, [store, acknowledged.data]);
  useEffect(() => {
    if (figures.data) store.rebase(figures.data);
  }, [store, figures.data]);
  useEffect(() => {
    const tick = setInterval(() => document.visibilityState === 'visible' && store.now(), TICK_MS);
    return () => clearInterval(tick);
  }, [store]);
  // After a lost connection the figures may have moved without us.
  useEffect(() => {
    if (state === 'live') void client.invalidateQueries({ queryKey: deskKeys.all });
  }, [client, state]);

  return { store, figures, past };
}

/** One part of what the desk shows; a component draws again only when its part changed. */
export const useDeskPart = <T>(store: DeskStore, part: (snapshot: Snapshot) => T): T =>
  useSyncExternalStore(store.subscribe, () => part(store.snapshot()));
