// Pictures of the main pages for the README, from the demo data of `voxgate dev --demo-traffic`:
//
//   voxgate dev --demo-traffic &
//   node scripts/screenshots.mjs http://127.0.0.1:8000 admin@techcorp.com SecurePass123!
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const [base, email, password] = process.argv.slice(2);
if (!base || !email || !password) throw new Error('usage: node scripts/screenshots.mjs ADDRESS EMAIL PASSWORD');
const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url));
mkdirSync(folder, { recursive: true });

const PAGES = { desk: '/app/security', people: '/app/people', log: '/app/audit', security: '/app/account/security' };
/** Until the figures, names and lists have come. */
const SETTLED_MS = 2_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
for (const [colorScheme, width, height] of [
  ['light', 1280, 900],
  ['dark', 1280, 900],
  ['light', 360, 780],
]) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, baseURL: base });
  const page = await context.newPage();
  await page.goto('/login');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/app\//);
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(path);
    await page.waitForTimeout(SETTLED_MS);
    await page.screenshot({ path: `${folder}${name}-${colorScheme}-${width}.png` });
  }
  await context.close();
}
await browser.close();
