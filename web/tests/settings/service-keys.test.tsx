import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ServiceKeys } from '../../src/features/settings/service-keys';
import { overlap, state } from '../../src/features/settings/service-queries';
import { problem, show } from '../support/pages';

const EDGE = {
  id: '01890000-0000-7000-8000-0000000000e1',
  name: 'Media edge',
  scopes: ['introspect' as const, 'revocations:read' as const],
  created_at: '2026-11-20T09:00:00Z',
  rotated_at: null,
  previous_until: null,
  last_used_at: null,
  expires_at: null,
  revoked_at: null,
};
const SECRET = 'vgs_c2VjcmV0LXNob3duLW9uY2U';

let items: object[] = [];
let asked: string[] = [];
let sent: unknown;
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());
beforeEach(() => {
  [items, asked, sent] = [[EDGE], [], undefined];
  server.use(
    http.get('*/api/service-credentials', () => HttpResponse.json({ items, next_cursor: null })),
    http.post('*/api/service-credentials', async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ ...EDGE, secret: SECRET }, { status: 201 });
    }),
    http.post('*/api/service-credentials/:id/rotate', ({ params }) => {
      asked.push(`rotate ${String(params.id)}`);
      const until = new Date(Date.now() + 3_600_000).toISOString();
      return HttpResponse.json({ ...EDGE, previous_until: until, secret: SECRET });
    }),
    http.delete('*/api/service-credentials/:id', ({ params }) => {
      asked.push(`revoke ${String(params.id)}`);
      items = [{ ...EDGE, revoked_at: '2026-11-24T09:00:00Z' }];
      return new HttpResponse(null, { status: 204 });
    }),
  );
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});

const dialog = (title: string) => screen.findByRole('dialog', { name: title });

it('makes a key, shows it once, and forgets it with the dialog', async () => {
  items = [];
  const user = userEvent.setup();
  show(<ServiceKeys />);
  await screen.findByText('No keys yet');
  await user.click(screen.getByRole('button', { name: 'New key' }));
  const form = within(await dialog('New key for a service'));
  await user.type(form.getByLabelText('What the service is called'), ' Media edge ');
  await user.click(form.getByRole('checkbox', { name: /Ask about tokens/ }));
  await user.click(form.getByRole('button', { name: 'Make the key' }));
  const shown = await dialog('The key, this once');
  expect(sent).toEqual({ name: 'Media edge', scopes: ['revocations:read'] });
  expect(shown.textContent).toContain(SECRET);
  expect(within(shown).getByRole('button', { name: 'Copy the key' })).toBeDefined();
  await user.click(within(shown).getByRole('button', { name: 'I have kept it' }));
  await waitFor(() => expect(screen.queryByText(SECRET)).toBeNull());
});

it('sends nothing without a scope, and says what the server refused beside the field', async () => {
  const user = userEvent.setup();
  show(<ServiceKeys />);
  await user.click(await screen.findByRole('button', { name: 'New key' }));
  const form = within(await dialog('New key for a service'));
  for (const box of form.getAllByRole('checkbox')) await user.click(box);
  await user.click(form.getByRole('button', { name: 'Make the key' }));
  expect(await form.findByText('Choose at least one.')).toBeDefined();
  expect(sent).toBeUndefined();
  const errors = [{ pointer: '/name', code: 'required', message: 'A name has at least one letter or digit.' }];
  server.use(http.post('*/api/service-credentials', () => problem(400, 'invalid_input', { errors })));
  for (const box of form.getAllByRole('checkbox')) await user.click(box);
  await user.click(form.getByRole('button', { name: 'Make the key' }));
  expect(await form.findByText('A name has at least one letter or digit.')).toBeDefined();
});

it('replaces a key and says how long the old one works', async () => {
  const user = userEvent.setup();
  show(<ServiceKeys />);
  await user.click(await screen.findByRole('button', { name: 'Replace: Media edge' }));
  await user.click(within(await dialog('Replace the key of Media edge?')).getByRole('button', { name: 'Replace' }));
  const shown = await dialog('The key, this once');
  expect(shown.textContent).toContain('The old key works for another hour.');
  expect(asked).toEqual([`rotate ${EDGE.id}`]);
});

it('revokes a key, which then stands there without its buttons', async () => {
  const user = userEvent.setup();
  show(<ServiceKeys />);
  await user.click(await screen.findByRole('button', { name: 'Revoke: Media edge' }));
  await user.click(within(await dialog('Revoke the key of Media edge?')).getByRole('button', { name: 'Revoke' }));
  expect(await screen.findByText('Revoked')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Revoke: Media edge' })).toBeNull();
  expect(asked).toEqual([`revoke ${EDGE.id}`]);
});

it('knows whether a key, and the one before it, still works', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  const [past, future] = ['2026-11-24T11:59:59Z', '2026-11-24T12:00:01Z'];
  expect(state(EDGE, now)).toBe('live');
  expect(state({ ...EDGE, expires_at: past }, now)).toBe('expired');
  expect(state({ ...EDGE, expires_at: future }, now)).toBe('live');
  expect(state({ ...EDGE, expires_at: past, revoked_at: past }, now)).toBe('revoked');
  expect([overlap({ ...EDGE, previous_until: past }, now), overlap({ ...EDGE, previous_until: future }, now)]).toEqual([
    undefined,
    future,
  ]);
});
