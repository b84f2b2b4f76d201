import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { useNewer } from '../../src/features/audit/use-newer';
import type { Frame } from '../../src/lib/events';
import { live } from '../../src/lib/socket';

afterEach(cleanup);

const FAILED = { kind: ['login.failed' as const] };

/** The page counts what the channel tells it. */
function listen(wanted: Parameters<typeof useNewer>[0], onGap = vi.fn()) {
  const heard: ((frame: Frame) => void)[] = [];
  vi.spyOn(live, 'subscribe').mockImplementation((listener) => {
    heard.push(listener);
    return () => undefined;
  });
  const Count = () => <output>{useNewer(wanted, 1, 40, onGap).count}</output>;
  render(<Count />);
  const say = (kind: string, seq: number) =>
    act(() => heard.at(-1)?.({ v: 1, kind, seq, at: '2026-11-24T12:00:00Z', severity: 'notice', data: {} } as Frame));
  return { say, onGap };
}

const counted = (count: number) => waitFor(() => expect(screen.getByRole('status').textContent).toBe(String(count)));

it('counts events of the filter that are not in the list', async () => {
  const { say } = listen(FAILED);
  say('login.failed', 40);
  say('login.failed', 41);
  say('login.succeeded', 42);
  say('login.failed', 43);
  await counted(2);
});

it('reads the list again when the stream begins later than the list ends', () => {
  const { say, onGap } = listen(FAILED);
  say('hello', 40);
  expect(onGap).not.toHaveBeenCalled();
  say('hello', 41);
  expect(onGap).toHaveBeenCalledOnce();
});

it('counts nothing while the filter is wrong', () => {
  const subscribe = vi.spyOn(live, 'subscribe');
  listen(undefined);
  expect(screen.getByRole('status').textContent).toBe('0');
  expect(subscribe).not.toHaveBeenCalled();
});
