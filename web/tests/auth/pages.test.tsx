import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { ForgotPage } from '../../src/features/auth/forgot-page';
import { LoginPage } from '../../src/features/auth/login-page';
import { MfaPage } from '../../src/features/auth/mfa-page';
import { setPending } from '../../src/features/auth/pending';
import { Farewell } from '../../src/features/auth/reasons';
import { RegisterPage } from '../../src/features/auth/register-page';
import { ADA, problem, show } from '../support/pages';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());
afterEach(() => {
  cleanup();
  setPending(undefined);
  server.resetHandlers();
});

/** What a form sent, each time it did. */
function sends(path: string, answer: () => Response) {
  const bodies = vi.fn<(body: unknown) => void>();
  server.use(
    http.post(`*${path}`, async ({ request }) => {
      bodies(await request.json());
      return answer();
    }),
  );
  return bodies;
}

const SIGNED_IN = { status: 'authenticated', expires_in_seconds: 1800, user: ADA };

async function signsIn(password = 'Winter-Garden-72-Lamps') {
  await userEvent.type(await screen.findByLabelText('E-mail address'), 'ada@techcorp.com');
  await userEvent.type(screen.getByLabelText('Password'), password);
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
}

it('signs in and goes on to where somebody wanted to go, and nowhere outside', async () => {
  for (const [next, path] of [
    ['/app/people?q=uma', '/app/people'],
    ['//evil.example/app', '/app'],
  ] as const) {
    const sent = sends('/api/auth/login', () => HttpResponse.json(SIGNED_IN));
    const { router } = show(<LoginPage next={next} />);
    await signsIn();
    await waitFor(() => expect(router.state.location.pathname).toBe(path));
    expect(sent).toHaveBeenCalledExactlyOnceWith({ email: 'ada@techcorp.com', password: 'Winter-Garden-72-Lamps' });
    cleanup();
  }
});

it('says one thing for every wrong sign-in, keeps the address and puts the focus into the password', async () => {
  sends('/api/auth/login', () => problem(401, 'invalid_credentials'));
  show(<LoginPage />);
  await signsIn('wrong');
  expect((await screen.findByRole('alert')).textContent).toContain('do not match');
  expect(screen.getByLabelText<HTMLInputElement>('E-mail address').value).toBe('ada@techcorp.com');
  expect(document.activeElement).toBe(screen.getByLabelText('Password'));
});

it('counts down when there were too many tries, and sends nothing meanwhile', async () => {
  const limited = () => {
    const answer = problem(429, 'too_many_requests');
    answer.headers.set('retry-after', '40');
    return answer;
  };
  const sent = sends('/api/auth/login', limited);
  show(<LoginPage />);
  await signsIn();
  expect((await screen.findByRole('alert')).textContent).toMatch(/40|39/);
  const button = screen.getByRole('button', { name: 'Sign in' });
  expect(button.getAttribute('aria-disabled')).toBe('true');
  await userEvent.click(button);
  expect(sent).toHaveBeenCalledOnce();
});

it('keeps what was typed when the server cannot be reached', async () => {
  server.use(http.post('*/api/auth/login', () => HttpResponse.error()));
  show(<LoginPage />);
  await signsIn();
  expect((await screen.findByRole('alert')).textContent).toBe('Could not reach the server. Your entries are kept.');
  expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('Winter-Garden-72-Lamps');
});

it('asks for the company of somebody in several only when they say so', async () => {
  const sent = sends('/api/auth/login', () => HttpResponse.json(SIGNED_IN));
  show(<LoginPage />);
  await userEvent.click(await screen.findByRole('button', { name: 'In several companies?' }));
  await userEvent.type(screen.getByLabelText('Company short name'), 'techcorp');
  await signsIn();
  await waitFor(() => expect(sent).toHaveBeenCalledWith(expect.objectContaining({ company: 'techcorp' })));
});

it('sends the code by itself with its last digit, and lets a wrong one be typed again', async () => {
  setPending({ token: 'half', email: 'ada@techcorp.com', next: '', endsAt: Date.now() + 60_000 });
  const sent = sends('/api/auth/verify-mfa', () => problem(401, 'invalid_code'));
  show(<MfaPage />);
  const field = await screen.findByLabelText(/code/i);
  await userEvent.type(field, '123 456');
  await waitFor(() => expect(sent).toHaveBeenCalledExactlyOnceWith({ mfa_token: 'half', code: '123456' }));
  await screen.findByText(/not right/);
  expect((field as HTMLInputElement).value).toBe('123456');
});

it('begins anew when the sign-in that waits has run out', async () => {
  setPending({ token: 'half', email: 'ada@techcorp.com', next: '', endsAt: Date.now() + 60_000 });
  sends('/api/auth/verify-mfa', () => problem(401, 'challenge_expired'));
  const { router } = show(<MfaPage />);
  await userEvent.type(await screen.findByLabelText(/code/i), '123456');
  await waitFor(() => expect(router.state.location.search).toEqual({ reason: 'expired' }));
});

it('registers a company, and shows beside its field what is wrong', async () => {
  const sent = sends('/api/auth/register', () => problem(409, 'conflict'));
  show(<RegisterPage />);
  await userEvent.type(await screen.findByLabelText('Company name'), ' TechCorp ');
  await userEvent.type(screen.getByLabelText('Your name'), 'Ada Admin');
  await userEvent.type(screen.getByLabelText('E-mail address'), 'ada@techcorp.com');
  await userEvent.type(screen.getByLabelText('Password'), 'Winter-Garden-72-Lamps');
  await screen.findByText('Long enough.');
  await userEvent.click(screen.getByRole('button', { name: 'Register' }));
  await waitFor(() => expect(sent).toHaveBeenCalledWith(expect.objectContaining({ company_name: 'TechCorp' })));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Company name')));
  expect(screen.getByLabelText('Company name').getAttribute('aria-invalid')).toBe('true');
});

it('answers alike whether an address has an account or not', async () => {
  sends('/api/auth/password/forgot', () => new HttpResponse(null, { status: 202 }));
  show(<ForgotPage />);
  await userEvent.type(await screen.findByLabelText(/e-mail/i), 'nobody@nowhere.example');
  await userEvent.click(screen.getByRole('button', { name: /link/i }));
  await screen.findByText(/If that address has an account/);
});

it('leaves nothing but the reason on the screen while the sign-in page is on its way', async () => {
  show(<Farewell reason="revoked" />);
  expect((await screen.findByRole('status')).textContent).toContain('by an administrator');
  expect(screen.queryByRole('textbox')).toBeNull();
});
