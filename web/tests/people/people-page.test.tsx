import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { PeoplePage } from '../../src/features/people/people-page';
import { ADA, answers, problem, show, UMA } from '../support/pages';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());
afterEach(() => {
  cleanup();
  server.resetHandlers();
});

const invitation = {
  id: '01890000-0000-7000-8000-00000000000d',
  email: 'new@techcorp.com',
  role: 'user',
  status: 'pending',
  invited_by: ADA.id,
  expires_at: '2126-01-01T00:00:00Z',
  created_at: '2026-11-24T09:00:00Z',
};

/** The last handler wins: stories put theirs on top. */
function company(me: object = ADA, people: object[] = [ADA, UMA], invitations: object[] = []) {
  server.use(
    answers('/api/users/me', me),
    http.get('*/api/users', ({ request }) => {
      const admins = new URL(request.url).searchParams.get('role') === 'admin';
      return HttpResponse.json({ items: admins ? [ADA] : people, next_cursor: null });
    }),
    answers('/api/live/sessions', {
      items: [{ ...UMA, user_id: UMA.id, sessions: [{ connected: false }, { connected: true }] }],
      more: false,
    }),
    answers('/api/invitations', { items: invitations, next_cursor: null }),
  );
}

const page = (search = {}) => show(<PeoplePage search={search} onSearch={vi.fn()} />);

it('shows everybody, and names as text', async () => {
  company(ADA, [ADA, { ...UMA, full_name: '<b>Uma</b>' }]);
  const { container } = page();
  expect(await screen.findByRole('link', { name: '<b>Uma</b>' })).toBeDefined();
  expect(screen.getByRole('link', { name: 'Ada Admin' })).toBeDefined();
  expect(container.querySelector('b')).toBeNull();
});

it('shows where people are signed in', async () => {
  company();
  page();
  const uma = (await screen.findByRole('link', { name: 'Uma User' })).closest('tr');
  await waitFor(() => expect(uma?.textContent).toContain('2, connected now'));
  expect(screen.getByRole('link', { name: 'Ada Admin' }).closest('tr')?.textContent).toContain('0');
});

it('says why the last Admin stays', async () => {
  company();
  const user = userEvent.setup();
  page();
  await user.click(await screen.findByRole('button', { name: 'Actions for Ada Admin' }));
  await waitFor(() => expect(screen.getAllByText(/The last Admin is needed/)).toHaveLength(2));
});

it('gives a Manager no acts on people', async () => {
  company({ ...UMA, role: 'manager' });
  page();
  await screen.findByRole('link', { name: 'Uma User' });
  expect(screen.queryByRole('button', { name: /^Actions for/ })).toBeNull();
  expect(screen.getByRole('button', { name: /Invite/ })).toBeDefined();
});

it('says when nobody matches, and when nothing could be read', async () => {
  company(ADA, []);
  page({ q: 'zzz' });
  expect(await screen.findByText('Nobody found')).toBeDefined();
  cleanup();
  server.use(http.get('*/api/users', () => problem(503, 'unavailable')));
  page();
  expect(await screen.findByText(/request-1/)).toBeDefined();
  expect(screen.getByRole('button', { name: 'Retry' })).toBeDefined();
});

it('ends every session of a person with the reason that was given', async () => {
  company();
  const sent = vi.fn();
  server.use(
    http.post(`*/api/users/${UMA.id}/force-logout`, async ({ request }) => {
      sent(await request.json());
      return HttpResponse.json({
        revocation_id: invitation.id,
        sessions_revoked: 2,
        sockets_closed: 1,
        outstanding: 0,
        latest_expiry: '2026-11-24T12:00:00Z',
      });
    }),
  );
  const user = userEvent.setup();
  page();
  await user.click(await screen.findByRole('button', { name: 'Actions for Uma User' }));
  await user.click(await screen.findByRole('menuitem', { name: /Sign out everywhere/ }));
  const dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByLabelText(/Reason/), 'lost laptop');
  await user.click(within(dialog).getByRole('button', { name: 'Sign out' }));
  await waitFor(() => expect(sent).toHaveBeenCalledExactlyOnceWith({ reason: 'lost laptop' }));
});

it('withdraws an invitation after a second question', async () => {
  company(ADA, [ADA, UMA], [invitation, { ...invitation, id: 'x', email: 'old@techcorp.com', status: 'accepted' }]);
  const gone = vi.fn();
  server.use(
    http.delete(`*/api/invitations/${invitation.id}`, () => {
      gone();
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const user = userEvent.setup();
  page();
  await user.click(await screen.findByRole('button', { name: 'Withdraw: new@techcorp.com' }));
  expect(screen.queryByText('old@techcorp.com')).toBeNull();
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Withdraw' }));
  await waitFor(() => expect(gone).toHaveBeenCalledOnce());
});
