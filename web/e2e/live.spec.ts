import type { Page } from '@playwright/test';
import { api, brings, founds, PASSWORD } from './support/people';
import { expect, signsIn, test } from './support/story';

/** Ten thousand a minute, where the machine can make so many beside the browser, for so long. */
const [PER_SECOND, SECONDS, BLANK_SECONDS] = [167, 15, 6];
/** Server, database, this program and the browser share the machine: an empty page shows how much of it is left. */
const OF_A_BLANK_PAGE = 0.6;

// A trace takes pictures of a page that moves and none of an empty one: it would be measured, not the page.
test.use({ trace: 'off' });

type Session = { refresh_token: string };

/** Renews sessions, one event each, for so long; answers how many. */
async function stream(sessions: Session[], seconds: number): Promise<number> {
  const end = Date.now() + seconds * 1000;
  let sent = 0;
  await Promise.all(
    sessions.map(async (session) => {
      while (Date.now() < end) {
        const next = Date.now() + (1000 * sessions.length) / PER_SECOND;
        Object.assign(
          session,
          await api<Session>('POST', '/api/auth/refresh', { refresh_token: session.refresh_token }),
        );
        sent++;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
      }
    }),
  );
  return sent;
}

/** Seconds of processor time the page's main thread has used: other work on the machine does not count. */
async function busyOf(page: Page): Promise<() => Promise<number>> {
  const inspector = await page.context().newCDPSession(page);
  await inspector.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await inspector.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
}

/** The page's frames, and the share of its main thread, while `work` runs. */
async function framesOf(page: Page, work: () => Promise<number>) {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { frameTimes: times });
    let last = performance.now();
    const tick = (now: number) => {
      times.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const busy = await busyOf(page);
  const [usedBefore, since] = [await busy(), Date.now()];
  const sent = await work();
  const main = ((await busy()) - usedBefore) / ((Date.now() - since) / 1000);
  const frames = await page.evaluate(() => (window as unknown as { frameTimes: number[] }).frameTimes);
  const sorted = [...frames].sort((a, b) => a - b);
  const fps = frames.length / (frames.reduce((sum, time) => sum + time, 0) / 1000);
  return { sent, fps, main, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
}

test('the desk follows thousands of events a minute to the last one, and shows none twice', async ({ page }) => {
  test.setTimeout(180_000);
  const ada = await founds();
  const uma = await brings(ada, 'user', 'Uma User');
  const login = { email: uma.email, password: PASSWORD };
  const sessions = await Promise.all(Array.from({ length: 8 }, () => api<Session>('POST', '/api/auth/login', login)));
  await page.goto('about:blank');
  const blank = await framesOf(page, () => stream(sessions, BLANK_SECONDS));
  await signsIn(page, ada);
  await expect(page.getByRole('log')).toBeVisible();
  const desk = await framesOf(page, () => stream(sessions, SECONDS));
  console.log(
    `${Math.round((desk.sent / SECONDS) * 60)} events a minute: ${desk.fps.toFixed(1)} frames/s, p99 ${desk.p99.toFixed(1)} ms, main thread ${(desk.main * 100).toFixed(1)} %; an empty page beside the same stream: ${blank.fps.toFixed(1)} frames/s, p99 ${blank.p99.toFixed(1)} ms`,
  );
  expect(desk.sent).toBeGreaterThan(0);
  expect(desk.fps).toBeGreaterThan(blank.fps * OF_A_BLANK_PAGE);

  // The newest line is the newest row of the log: nothing was left behind.
  const newest = async () => {
    const { items } = await api<{ items: { seq: number }[] }>('GET', '/api/audit-logs?limit=1', undefined, ada.token);
    const shown = await page.locator('[data-row]').first().getAttribute('data-row');
    return { logged: items[0]?.seq, shown: Number(shown) };
  };
  await expect(async () => {
    const { logged, shown } = await newest();
    expect(shown).toBe(logged);
  }).toPass({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  const lines = await page
    .locator('[data-row]')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-row'))));
  expect(lines.length, 'whoever stops it can read back').toBeGreaterThan(100);
  expect(new Set(lines).size, 'no line twice').toBe(lines.length);
});
