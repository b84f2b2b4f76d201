import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { problem } from '../support/pages';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());

const ME = { id: '01890000-0000-7000-8000-00000000000a', full_name: 'Ada Admin' };

/** A server whose session ran out until it is renewed; it counts what it was asked. */
function world(refresh: () => Response) {
  const asked = { me: 0, refresh: 0 };
  let live = false;
  server.use(
    http.get('*/api/users/me', () => {
      asked.me += 1;
      return live ? HttpResponse.json(ME) : problem(401, 'unauthenticated');
    }),
    http.post('*/api/auth/refresh', () => {
      asked.refresh += 1;
      const answer = refresh();
      live = answer.status === 200 || answer.status === 409;
      return answer;
    }),
  );
  return asked;
}

const replace = vi.fn<(url: string | URL) => void>();
let client: typeof import('../../src/api/client');
let steps: typeof import('../../src/api/step-up');

beforeEach(async () => {
  vi.resetModules();
  localStorage.clear();
  replace.mockReset();
  vi.spyOn(window.location, 'replace').mockImplementation(replace);
  client = await import('../../src/api/client');
  steps = await import('../../src/api/step-up');
});
afterEach(() => server.resetHandlers());

const me = () => client.unwrap(client.api.GET('/api/users/me'));

it('says that it is the web app, so that tokens stay in cookies', async () => {
  let header: string | null = null;
  server.use(
    http.get('*/api/users/me', ({ request }) => {
      header = request.headers.get('x-voxgate-client');
      return HttpResponse.json(ME);
    }),
  );
  await me();
  expect(header).toBe('web');
});

it('renews once for all requests that ran out together, and repeats them', async () => {
  const asked = world(() => HttpResponse.json({}));
  const [one, two] = await Promise.all([me(), me()]);
  expect([one.full_name, two.full_name]).toEqual(['Ada Admin', 'Ada Admin']);
  expect(asked).toEqual({ me: 4, refresh: 1 });
});

it('goes on when another tab was faster', async () => {
  world(() => problem(409, 'superseded'));
  expect((await me()).full_name).toBe('Ada Admin');
  expect(replace).not.toHaveBeenCalled();
});

it('asks for no renewal when another tab renewed since', async () => {
  let first = true;
  server.use(
    http.get('*/api/users/me', () => {
      if (!first) return HttpResponse.json(ME);
      first = false;
      localStorage.setItem('voxgate-renewed-at', String(Date.now() + 1));
      return problem(401, 'unauthenticated');
    }),
  );
  expect((await me()).full_name).toBe('Ada Admin');
});

it.each([
  ['invalid_refresh_token', '/login?reason=expired'],
  ['session_revoked', '/login?reason=revoked'],
])('leaves once when the renewal says %s', async (code, where) => {
  world(() => problem(401, code));
  const refused = await Promise.allSettled([me(), me()]);
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(replace).toHaveBeenCalledExactlyOnceWith(where);
});

it('signs nobody out because the server is in trouble', async () => {
  world(() => problem(503, 'unavailable'));
  await expect(me()).rejects.toMatchObject({ status: 503, code: 'unavailable' });
  expect(replace).not.toHaveBeenCalled();
});

it('leaves at once when the API says that the session was ended', async () => {
  server.use(http.get('*/api/users/me', () => problem(401, 'session_revoked')));
  await expect(me()).rejects.toMatchObject({ code: 'session_revoked' });
  expect(replace).toHaveBeenCalledExactlyOnceWith('/login?reason=revoked');
});

/** A codes page that wants a proof until it was given. */
function guarded() {
  let proved = false;
  server.use(
    http.get('*/api/auth/mfa/backup-codes', () =>
      proved ? HttpResponse.json({ codes: [], remaining: 8 }) : problem(403, 'reauthentication_required'),
    ),
  );
  return () => {
    proved = true;
  };
}

const codes = () => client.unwrap(client.api.GET('/api/auth/mfa/backup-codes'));
const asked = () => vi.waitFor(() => expect(steps.stepUp.get()).toBeDefined());

it('asks for a proof of identity once, and then repeats what waited for it', async () => {
  const prove = guarded();
  const both = Promise.all([codes(), codes()]);
  await asked();
  prove();
  steps.stepUp.get()?.settle(true);
  expect((await both).map(({ remaining }) => remaining)).toEqual([8, 8]);
  expect(steps.stepUp.get()).toBeUndefined();
});

it('hands the refusal on when the proof is called off', async () => {
  guarded();
  const refused = expect(codes()).rejects.toMatchObject({ status: 403, code: 'reauthentication_required' });
  await asked();
  steps.stepUp.get()?.settle(false);
  await refused;
});

it('leaves the session alone when a waiting sign-in is refused', async () => {
  server.use(http.post('*/api/auth/mfa/setup', () => problem(401, 'unauthenticated')));
  const headers = { authorization: 'Bearer waiting' };
  await expect(client.unwrap(client.api.POST('/api/auth/mfa/setup', { headers }))).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  expect(replace).not.toHaveBeenCalled();
});

it('throws refusals with all they say', async () => {
  server.use(
    http.get('*/api/users/me', () =>
      HttpResponse.json(
        { title: 'Slow down', detail: 'Wait.', code: 'too_many_requests', instance: 'request-1' },
        { status: 429, headers: { 'retry-after': '40' } },
      ),
    ),
  );
  await expect(me()).rejects.toMatchObject({ status: 429, title: 'Slow down', requestId: 'request-1', retryAfter: 40 });
});
