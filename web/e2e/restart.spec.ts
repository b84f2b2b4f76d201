import { rmSync } from 'node:fs';
import { api, brings, founds, PASSWORD } from './support/people';
import { roomFor, type Server, startServer } from './support/server';
import { expect, signsIn, test } from './support/story';

/** The desk is live again so soon after the server is back. */
const BACK_MS = 5_000;

/** A server of this story's own: the others go on using theirs. */
let server: Server;
let room: Awaited<ReturnType<typeof roomFor>>;
const shared = process.env.VOXGATE_URL;

test.beforeAll(async () => {
  room = await roomFor();
  server = await startServer(room.dataDir, room.port);
  process.env.VOXGATE_URL = server.url;
});
test.afterAll(async () => {
  process.env.VOXGATE_URL = shared;
  await server.stop();
  rmSync(room.dataDir, { recursive: true, force: true });
});

test('a desk goes on when its server was killed and came back, with every event once', async ({ page }) => {
  test.setTimeout(150_000);
  const ada = await founds();
  const uma = await brings(ada, 'user', 'Uma User');
  const login = { email: uma.email, password: PASSWORD };
  const events = async (count: number) => {
    for (let n = 0; n < count; n++) await api('POST', '/api/auth/login', login).catch(() => null);
  };
  await signsIn(page, ada);
  const status = page.getByRole('main').getByRole('status').first();
  await expect(status).toContainText('Live');
  await events(6);
  const before = await newest(page);
  // In the middle of more of them.
  const during = events(20);
  await server.kill();
  await expect(status).toContainText('Reconnecting');
  await during;
  server = await startServer(room.dataDir, room.port);
  const since = Date.now();
  // Before the desk is back: what it has not heard yet.
  await events(5);
  await expect(status).toContainText('Live', { timeout: BACK_MS });
  console.log(`the desk was live ${Date.now() - since} ms after the server was ready`);
  await events(3);

  await expect(async () => expect(await newest(page)).toBe((await logged(ada.token))[0])).toPass({ timeout: 15_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  const shown = await page
    .locator('[data-row]')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-row'))));
  expect(before).toBeGreaterThan(0);
  expect(shown, 'what the log holds, newest first, without a hole or a double').toEqual(await logged(ada.token));
});

const newest = async (page: import('@playwright/test').Page) =>
  Number(await page.locator('[data-row]').first().getAttribute('data-row'));

async function logged(token: string): Promise<number[]> {
  const { items } = await api<{ items: { seq: number }[] }>('GET', '/api/audit-logs?limit=200', undefined, token);
  return items.map(({ seq }) => seq);
}
