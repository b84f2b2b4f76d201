import { api, brings, founds, PASSWORD } from './support/people';
import { expect, signsIn, test } from './support/story';

/** Ten thousand a minute, where the machine can make so many beside the browser, for so long. */
const [PER_SECOND, SECONDS] = [167, 15];

test('the desk follows thousands of events a minute to the last one, and shows none twice', async ({ page }) => {
  test.setTimeout(120_000);
  const ada = await founds();
  const uma = await brings(ada, 'user', 'Uma User');
  const login = { email: uma.email, password: PASSWORD };
  const sessions = await Promise.all(
    Array.from({ length: 8 }, () => api<{ refresh_token: string }>('POST', '/api/auth/login', login)),
  );
  await signsIn(page, ada);
  await expect(page.getByRole('log')).toBeVisible();
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
  const end = Date.now() + SECONDS * 1000;
  let sent = 0;
  await Promise.all(
    sessions.map(async ({ refresh_token }) => {
      let token = refresh_token;
      while (Date.now() < end) {
        const next = Date.now() + (1000 * sessions.length) / PER_SECOND;
        token = (await api<{ refresh_token: string }>('POST', '/api/auth/refresh', { refresh_token: token }))
          .refresh_token;
        sent++;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
      }
    }),
  );
  const frames = await page.evaluate(() => (window as unknown as { frameTimes: number[] }).frameTimes);
  const sorted = [...frames].sort((a, b) => a - b);
  const fps = frames.length / (frames.reduce((sum, time) => sum + time, 0) / 1000);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  console.log(
    `${Math.round((sent / SECONDS) * 60)} events a minute: ${fps.toFixed(1)} frames/s, p99 ${p99.toFixed(1)} ms`,
  );
  expect(sent).toBeGreaterThan(0);

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
  const lines = await page
    .locator('[data-row]')
    .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-row'))));
  expect(new Set(lines).size, 'no line twice').toBe(lines.length);
});
