import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { PolicyForm } from '../../src/features/settings/policy-form';
import { COMPANY as company } from '../support/company';
import { problem, show } from '../support/pages';

let sent: object[] = [];
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());
afterEach(() => {
  cleanup();
  server.resetHandlers();
  sent = [];
});

function saves(answer?: () => Response) {
  server.use(
    http.patch('*/api/company', async ({ request }) => {
      const change = (await request.json()) as object;
      sent.push(change);
      return answer?.() ?? HttpResponse.json({ ...company, ...change });
    }),
  );
}

it('offers to save when something is different, and sends only that', async () => {
  saves();
  const user = userEvent.setup();
  show(<PolicyForm company={company} own />);
  const days = await screen.findByLabelText('Keep events for (days)');
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
  await user.clear(days);
  await user.type(days, '90');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toEqual([{ audit_retention_days: 90 }]));
});

it('takes changes back', async () => {
  const user = userEvent.setup();
  show(<PolicyForm company={company} own />);
  const name = await screen.findByLabelText('Company name');
  await user.type(name, ' Ltd');
  await user.click(screen.getByRole('button', { name: 'Discard' }));
  expect(name).toHaveProperty('value', 'TechCorp');
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
});

it('says what the server refused beside the field, and keeps the entry', async () => {
  const errors = [
    { pointer: '/max_sessions_per_user', code: 'out_of_range', message: 'Choose a number from 1 to 100.' },
  ];
  saves(() => problem(400, 'invalid_input', { errors }));
  const user = userEvent.setup();
  show(<PolicyForm company={company} own />);
  const field = await screen.findByLabelText('Sessions a person has at once');
  await user.clear(field);
  await user.type(field, '0');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('Choose a number from 1 to 100.')).toBeDefined();
  expect(field).toHaveProperty('value', '0');
});

it('asks before everybody needs a second step, and says when that includes the one who asks', async () => {
  saves();
  const user = userEvent.setup();
  show(<PolicyForm company={company} own={false} />);
  await user.click(await screen.findByRole('switch', { name: /Everybody needs/ }));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  const dialog = await screen.findByRole('dialog');
  expect(dialog.textContent).toContain('this includes you');
  expect(sent).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Ask everybody' }));
  await waitFor(() => expect(sent).toEqual([{ mfa_required: true }]));
});
