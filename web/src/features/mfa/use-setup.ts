import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

export type Setup = { secret: string; otpauth_uri: string; expires_in_seconds: number };

/** A fresh key that waits for its first code, and whether it waited too long. */
export function useSetup(setup: () => Promise<Setup>, active: boolean) {
  const query = useQuery({
    queryKey: ['mfa', 'setup'],
    queryFn: setup,
    enabled: active,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const [expiredAt, setExpiredAt] = useState(0);
  const { data, dataUpdatedAt } = query;
  useEffect(() => {
    if (!data || !active) return;
    const left = dataUpdatedAt + data.expires_in_seconds * 1000 - Date.now();
    const timer = setTimeout(() => setExpiredAt(dataUpdatedAt), left);
    return () => clearTimeout(timer);
  }, [data, dataUpdatedAt, active]);
  const expire = () => setExpiredAt(dataUpdatedAt);
  const again = () => void query.refetch();
  const expired = dataUpdatedAt > 0 && expiredAt === dataUpdatedAt && !query.isFetching;
  return { setup: query.isFetching ? undefined : data, error: query.error, expired, expire, again };
}
