import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { parseFilter } from '../../src/features/audit/parse-filter';
import { audit, exported, wantedBy } from '../../src/features/audit/queries';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const NOW = new Date('2026-11-24T12:00:30Z');
const ADA = '01890000-0000-7000-8000-00000000000a';
const wanted = (text: string) => wantedBy(parseFilter(text, NOW).filter, { actor: ADA }, NOW);

it('asks for several kinds in one word, for ids in place of names, and for the last seven days', async () => {
  let asked = new URLSearchParams();
  server.use(
    http.get('*/api/audit-logs', ({ request }) => {
      asked = new URL(request.url).searchParams;
      return HttpResponse.json({ items: [], next_cursor: null, previous_cursor: null });
    }),
  );
  await audit(wanted('actor:ada role:admin,manager action:login.failed,login.locked'), 'next');
  expect(asked.getAll('kind')).toEqual(['login.failed,login.locked']);
  expect(asked.getAll('role')).toEqual(['manager,admin']);
  expect(asked.get('actor')).toBe(ADA);
  expect(asked.get('from')).toBe('2026-11-17T12:00:00.000Z');
  expect(asked.get('cursor')).toBe('next');
  expect(asked.has('subject')).toBe(false);
});

it('takes the same filter away as a file, read while it comes', async () => {
  let asked = new URLSearchParams();
  server.use(
    http.get('*/api/audit-logs/export', ({ request }) => {
      asked = new URL(request.url).searchParams;
      return new HttpResponse('seq,kind\r\n1,login.failed\r\n', { headers: { 'content-type': 'text/csv' } });
    }),
  );
  const stream = await exported(wanted('-action:session created:all'), 'csv', new AbortController().signal);
  expect(await new Response(stream).text()).toContain('login.failed');
  expect(asked.get('format')).toBe('csv');
  expect(asked.get('kind')?.split(',')).not.toContain('session.revoked');
  expect(asked.has('from')).toBe(false);
});
