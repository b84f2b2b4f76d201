import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { live, useLiveState } from '../../src/lib/socket';

it('does not draw the page again for each event of the stream', () => {
  let draws = 0;
  live.status.set({ state: 'live', lastSeq: 0 });
  const { result } = renderHook(() => {
    draws += 1;
    return useLiveState();
  });
  for (let lastSeq = 1; lastSeq <= 50; lastSeq++) act(() => live.status.set({ state: 'live', lastSeq }));
  expect(draws).toBe(1);
  act(() => live.status.set({ state: 'offline' }));
  expect(result.current).toBe('offline');
});
