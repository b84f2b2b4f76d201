import { api, brings, founds, PASSWORD } from './support/people';
import { expect, signsIn, test } from './support/story';

test('another company is not there', async ({ page }) => {
  const [ada, eve] = [await founds('Acme'), await founds('Evil')];
  const uma = await brings(ada, 'user', 'Uma User');
  await signsIn(page, eve);
  await page.goto(`/app/people/${uma.id}`);
  await expect(page.getByText('No such person')).toBeVisible();
  await page.goto('/app/people');
  await expect(page.getByRole('region', { name: 'People' }).getByText(eve.email)).toBeVisible();
  await expect(page.getByText(uma.email)).toHaveCount(0);
  const status = await page.evaluate(
    async (id) => (await fetch(`/api/users/${id}`, { headers: { 'x-voxgate-client': 'web' } })).status,
    uma.id,
  );
  expect(status).toBe(404);
});

test('no script can reach a token, and pages of others may not frame ours', async ({ page }) => {
  const ada = await founds();
  await signsIn(page, ada);
  const [cookie, stored] = await page.evaluate(() => [
    document.cookie,
    JSON.stringify({ ...localStorage, ...sessionStorage }),
  ]);
  expect(cookie).toBe('');
  expect(stored).not.toMatch(/ey[JK]|vg[a-z]_/);
  const cookies = await page.context().cookies();
  for (const name of ['voxgate_access', 'voxgate_refresh']) {
    const cookie = cookies.find((cookie) => cookie.name === name);
    expect(cookie, name).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  }
  const answer = await page.goto('/login');
  const policy = answer?.headers()['content-security-policy'] ?? '';
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ]) {
    expect(policy).toContain(rule);
  }
  expect(policy).not.toContain('unsafe');
});

test('case 91: hostile names and clients are shown as text', async ({ page }) => {
  const ada = await founds();
  const mallory = await brings(ada, 'user', 'Mallory');
  await api('PUT', '/api/users/me', { full_name: '<img src=x onerror=alert(1)>' }, mallory.token);
  const login = { email: mallory.email, password: PASSWORD };
  await api('POST', '/api/auth/login', login, undefined, { 'user-agent': '<script>alert(2)</script>' });
  await signsIn(page, ada);
  for (const path of ['/app/people', `/app/people/${mallory.id}`, '/app/audit', '/app/security']) {
    await page.goto(path);
    await expect(page.getByText('<img src=x onerror=alert(1)>').first(), path).toBeVisible();
    expect(await page.locator('img[src="x"]').count(), path).toBe(0);
  }
});

test('a page that is not there, or not for the role, keeps the frame and says the two likely ways', async ({
  page,
}) => {
  const ada = await founds();
  const uma = await brings(ada, 'user', 'Uma User');
  await signsIn(page, uma);
  for (const path of ['/app/nonsense', '/app/people/nonsense/more', '/app/audit', '/app/settings']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'Nothing here' }), path).toBeVisible();
    await expect(page.getByRole('link', { name: 'Your security' }), path).toBeVisible();
    await expect(page.getByRole('link', { name: 'Your profile' }), path).toBeVisible();
    await page.getByRole('link', { name: 'Go to your start page' }).click();
    await expect(page.getByRole('heading', { name: 'Profile' }), path).toBeVisible();
  }
});
