import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { createRef } from 'react';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { AttentionQueue } from '../../src/features/live/attention-queue';
import type { Summary } from '../../src/features/live/buckets';
import { Counters } from '../../src/features/live/counters';
import { DeskStore } from '../../src/features/live/desk-store';
import { Feed } from '../../src/features/live/feed';
import { Pulse } from '../../src/features/live/pulse';
import { SessionsPanel } from '../../src/features/live/sessions-panel';
import type { Frame } from '../../src/lib/events';
import { ADA, answers, problem, show, UMA } from '../support/pages';

const NOON = '2026-03-02T12:00:00Z';
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());
beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(NOON) + 2_000, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  cleanup();
  server.resetHandlers();
});

const frame = (seq: number, kind: string, rest: object = {}) =>
  ({
    v: 1,
    kind,
    seq,
    at: NOON,
    severity: 'warning',
    actor: { type: 'anonymous' },
    subject: { type: 'user', id: UMA.id },
    ip: '203.0.113.9',
    data: {},
    ...rest,
  }) as unknown as Frame;

function company(me: object = ADA) {
  server.use(answers('/api/users/me', me), answers('/api/users', { items: [ADA, UMA], next_cursor: null }));
}

function deskOf(...frames: Frame[]) {
  const store = new DeskStore();
  for (const each of frames) store.hear(each);
  store.now();
  return store;
}

it('drops an alert for the whole team when an Admin expected it', async () => {
  company();
  const sent = vi.fn<(body: unknown) => void>();
  server.use(
    http.post('*/api/live/acknowledgements', async ({ request }) => {
      sent(await request.json());
      return new HttpResponse(null, { status: 204 });
    }),
  );
  show(<AttentionQueue store={deskOf(frame(4, 'login.locked', { data: { failures: 10 } }))} />);
  await screen.findByRole('link', { name: 'Uma User' });
  expect(screen.getByText(/10 failures · from 203.0.113.9/)).toBeTruthy();
  await userEvent.click(await screen.findByRole('button', { name: 'It is expected' }));
  await screen.findByText('Nothing needs you');
  expect(sent).toHaveBeenCalledExactlyOnceWith({ seq: 4 });
});

it('keeps an alert that could not be dropped, and offers a Manager no acts at all', async () => {
  company();
  server.use(http.post('*/api/live/acknowledgements', () => problem(503, 'unavailable')));
  show(<AttentionQueue store={deskOf(frame(4, 'login.locked'))} />);
  await userEvent.click(await screen.findByRole('button', { name: 'It is expected' }));
  await waitFor(() => expect(screen.getByRole('button', { name: 'It is expected' })).toBeTruthy());
  cleanup();
  company({ ...ADA, role: 'manager' });
  show(<AttentionQueue store={deskOf(frame(4, 'login.locked'))} />);
  await screen.findByRole('link', { name: 'Uma User' });
  expect(screen.queryByRole('button')).toBeNull();
});

it('leads from what is not shown to that time in the audit log', async () => {
  company();
  const store = deskOf(frame(1, 'login.failed'), frame(40, 'resync'), frame(41, 'login.failed'));
  show(<Feed store={store} filter={createRef()} />);
  await screen.findByText(/39 events not shown here/);
  const link = screen.getByRole('link', { name: 'See them in the audit log' });
  expect(decodeURIComponent(link.getAttribute('href') ?? '')).toContain(
    'created:2026-03-02T12:00:00.000Z..2026-03-02T12:00:01.000Z',
  );
});

it('filters the feed by what people are called, and opens an event where it stands', async () => {
  company();
  const store = deskOf(
    frame(1, 'login.failed', { user_agent: 'curl/8.5' }),
    frame(2, 'mfa.enrolled', { subject: { type: 'user', id: ADA.id } }),
  );
  show(<Feed store={store} filter={createRef()} />);
  await screen.findAllByText(/Uma User/);
  await userEvent.type(screen.getByRole('searchbox'), 'uma');
  await waitFor(() => expect(document.querySelectorAll('[data-row]')).toHaveLength(1));
  await userEvent.click(document.querySelector('[data-row]') as HTMLElement);
  expect(screen.getByText(/curl — curl\/8.5/)).toBeTruthy();
});

const summary = {
  window: '5m',
  bucket_seconds: 5,
  as_of_seq: 9,
  at: NOON,
  buckets: Array.from({ length: 60 }, (_, n) => ({
    at: new Date(Date.parse(NOON) - (59 - n) * 5_000).toISOString(),
    passed: n === 58 ? 3 : 0,
    failed: n === 58 ? 1 : 0,
    blocked: 0,
  })),
  totals: { passed: 3, failed: 1, blocked: 0 },
  usual: { passed: 0.1, failed: 0.05, blocked: 0 },
  sessions_now: 7,
  people_now: 5,
  mfa: { enrolled: 1, total: 2 },
  sources: { by_ip: [], by_account: [] },
} as unknown as Summary;

it('counts against what is usual', async () => {
  server.use(answers('/api/live/sessions', { items: [], more: true }));
  const store = new DeskStore();
  store.rebase(summary);
  store.now();
  show(<Counters store={store} summary={summary} />);
  expect((await screen.findByText('Signed in')).parentElement?.textContent).toMatch(/3usually 6/);
  expect(screen.getByText('Failed').parentElement?.textContent).toMatch(/125% of tries · usually 3/);
  expect(screen.getByText('Sessions now').parentElement?.textContent).toMatch(/7.*5 people/);
});

it('reads one bar after the other by keys, and shows them all as a table', async () => {
  const store = new DeskStore();
  store.rebase(summary);
  store.now();
  show(<Pulse store={store} summary={summary} />);
  const chart = await screen.findByRole('slider');
  chart.focus();
  await userEvent.keyboard('{End}{ArrowLeft}');
  expect(chart.getAttribute('aria-valuetext')).toMatch(/3 signed in, 1 failed, 0 blocked/);
  await userEvent.click(screen.getByRole('button', { name: 'Show as table' }));
  expect(screen.getAllByRole('row')).toHaveLength(61);
});

it('says at once that a session without a browser is blocked, and keeps its row', async () => {
  company();
  const session = {
    id: '01890000-0000-7000-8000-0000000000aa',
    device: 'curl',
    user_agent: 'curl/8.5',
    ip: '203.0.113.9',
    started_at: NOON,
    last_seen_at: NOON,
    mfa: false,
    connected: false,
    new_device: true,
    new_network: true,
  };
  let ended = false;
  server.use(
    http.get('*/api/live/sessions', () =>
      HttpResponse.json({ items: ended ? [] : [{ ...UMA, user_id: UMA.id, sessions: [session] }], more: false }),
    ),
    http.delete('*/api/users/:id/sessions/:sid', () => {
      ended = true;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  show(<SessionsPanel />);
  await screen.findByText('New device');
  await screen.findByText('New network');
  await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }));
  await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Sign out' }));
  await screen.findByText('Blocked, browser not connected');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.getByText('Uma User')).toBeTruthy();
});
