/** Lists that are read again when the live channel says that something about them happened. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { live } from './socket';

/** Events come in bursts; lists are read at most once in this time. */
const PAUSE_MS = 600;

/** What may happen to one person's account. */
export const ABOUT_PEOPLE = ['login.', 'session.', 'mfa.', 'user.', 'role.', 'password.', 'email.', 'backup_code'];

/**
 * Reads `key` again after events whose kind begins with one of `prefixes`, after a gap in the stream, and when the stream
 * begins: what happened between the reading and the beginning is in neither.
 */
export function useLiveRefresh(
  prefixes: readonly string[],
  key: readonly unknown[],
  { enabled = true, pause = PAUSE_MS }: { enabled?: boolean; pause?: number } = {},
) {
  const client = useQueryClient();
  const [wanted, name] = [prefixes.join(' '), JSON.stringify(key)];
  useEffect(() => {
    if (!enabled) return;
    const kinds = wanted.split(' ');
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      void client.invalidateQueries({ queryKey: JSON.parse(name) as unknown[] });
    };
    const stop = live.subscribe(({ kind }) => {
      if (timer !== undefined) return;
      const ours = kind === 'resync' || kind === 'hello' || kinds.some((prefix) => kind.startsWith(prefix));
      if (ours) timer = setTimeout(refresh, pause);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, wanted, name, enabled, pause]);
}
