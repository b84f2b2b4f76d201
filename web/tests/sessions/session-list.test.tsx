import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { SessionList } from '../../src/features/sessions/session-list';
import { show } from '../support/pages';

afterEach(cleanup);

const session = (id: string, more: object) => ({
  id,
  device: 'device',
  amr: ['pwd'],
  created_at: '2026-11-24T08:00:00Z',
  last_seen_at: '2026-11-24T09:00:00Z',
  expires_at: '2026-12-24T08:00:00Z',
  new_device: false,
  new_network: false,
  current: false,
  ip: '203.0.113.9',
  user_agent: null,
  ...more,
});

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const old = session('old', { last_seen_at: '2026-11-20T09:00:00Z', user_agent: 'curl/8.9' });
const here = session('here', { current: true, last_seen_at: '2026-11-19T09:00:00Z', amr: ['pwd', 'otp', 'mfa'] });
const fresh = session('fresh', { user_agent: FIREFOX });

it('shows this device first, then those used last, and how each signed in', async () => {
  show(<SessionList sessions={[old, fresh, here]} onEnd={vi.fn()} />);
  const rows = await screen.findAllByRole('listitem');
  expect(rows[0]?.textContent).toContain('This device');
  expect(rows[0]?.textContent).toContain('With code');
  expect(rows[1]?.textContent).toContain('Firefox on Windows');
  expect(rows[1]?.textContent).toContain('Password only');
  expect(rows[2]?.textContent).toContain('curl');
});

it('says in words what is odd about a session', async () => {
  const odd = session('odd', { new_device: true, new_network: true });
  show(<SessionList sessions={[fresh, odd]} onEnd={vi.fn()} />);
  const rows = await screen.findAllByRole('listitem');
  const odds = (row: HTMLElement | undefined) => row?.textContent?.match(/First time \w+ this (device|network)/g);
  expect(rows.map(odds)).toEqual([null, ['First time on this device', 'First time from this network']]);
});

it('ends only the session that was asked for, after a second question', async () => {
  const onEnd = vi.fn(async () => undefined);
  const user = userEvent.setup();
  show(<SessionList sessions={[old, fresh, here]} onEnd={onEnd} />);
  await user.click(await screen.findByRole('button', { name: 'Sign out: Firefox on Windows' }));
  const dialog = await screen.findByRole('dialog');
  expect(onEnd).not.toHaveBeenCalled();
  await user.click(within(dialog).getByRole('button', { name: 'Sign out' }));
  await waitFor(() => expect(onEnd).toHaveBeenCalledExactlyOnceWith(fresh));
});

it('ends nothing when the question is answered with Cancel', async () => {
  const onEnd = vi.fn();
  const user = userEvent.setup();
  show(<SessionList sessions={[fresh]} onEnd={onEnd} />);
  await user.click(await screen.findByRole('button', { name: /^Sign out/ }));
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Cancel' }));
  expect(onEnd).not.toHaveBeenCalled();
});

it('shows what a hostile device calls itself as text', async () => {
  const hostile = session('hostile', { user_agent: '<img/src=x/onerror=alert(1)>' });
  const { container } = show(<SessionList sessions={[hostile]} />);
  await screen.findByRole('listitem');
  expect(container.querySelector('img')).toBeNull();
});
