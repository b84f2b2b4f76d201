import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { SOMEBODY, withFixture } from './support/fixture';
import { serverUrl } from './support/people';

const PAGES = {
  'sign-in': '/login?reason=revoked',
  register: '/register',
  desk: '/app/security',
  people: '/app/people',
  person: `/app/people/${SOMEBODY}`,
  log: '/app/audit',
  settings: '/app/settings',
  account: '/app/account',
  security: '/app/account/security',
  'mfa-setup': '/app/account/mfa/setup',
  'not-found': '/app/nowhere',
};

/** The browser that drew the pictures: another draws letters and lines somewhat differently. */
const DRAWN_BY = readFileSync(new URL('shots/chromium.txt', import.meta.url), 'utf8').trim();

test.use({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  baseURL: async ({}, use) => use(serverUrl()),
  timezoneId: 'UTC',
  locale: 'en-GB',
});

for (const [width, height] of [
  [1280, 800],
  [360, 780],
] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`every page looks as it did: ${colorScheme}, ${width} px`, async ({ page, browser }) => {
      test.setTimeout(120_000);
      const version = browser.version().split('.')[0] ?? '';
      test.skip(
        version !== DRAWN_BY,
        `the pictures are of Chromium ${DRAWN_BY}, this is ${version}: look, then npm run e2e -- visual --update-snapshots`,
      );
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await withFixture(page);
      for (const [name, path] of Object.entries(PAGES)) {
        await page.goto(path);
        await expect(page.getByRole('heading').first()).toBeVisible();
        await page.evaluate(() => document.fonts.ready);
        await expect(page.locator('[aria-busy="true"], .skeleton')).toHaveCount(0);
        await expect.soft(page, name).toHaveScreenshot(`${name}-${colorScheme}-${width}.png`, {
          animations: 'disabled',
          caret: 'hide',
          maxDiffPixelRatio: 0.005,
          threshold: 0.2,
        });
      }
    });
  }
}
