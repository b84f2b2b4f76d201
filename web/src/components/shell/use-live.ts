import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api, unwrap } from '../../api/client';
import { keys } from '../../api/keys';
import { renew } from '../../api/renew';
import { followTabs } from '../../lib/leave';
import { live } from '../../lib/socket';

const ticket = async () => (await unwrap(api.POST('/api/live/ticket'))).ticket;

/** Opens the live channel, and keeps this tab true to the session: other tabs, other rights, pages out of the cache. */
export function useLive() {
  const client = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    const again = () => client.invalidateQueries({ queryKey: keys.me });
    const rightsChanged = () => void again().then(() => router.invalidate());
    const seen = () => document.visibilityState === 'visible' && void again();
    const restored = ({ persisted }: PageTransitionEvent) => persisted && window.location.reload();
    const stops = [live.start({ ticket, renew: () => renew(), rightsChanged }), followTabs()];
    document.addEventListener('visibilitychange', seen);
    window.addEventListener('pageshow', restored);
    return () => {
      for (const stop of stops) stop();
      document.removeEventListener('visibilitychange', seen);
      window.removeEventListener('pageshow', restored);
    };
  }, [client, router]);
}
