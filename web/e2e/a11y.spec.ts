import AxeBuilder from '@axe-core/playwright';
import { brings, founds, type Person } from './support/people';
import { expect, signsIn, test } from './support/story';

const PUBLIC = ['/', '/login', '/register', '/forgot', '/reset', '/invite', '/nowhere'];
const SIGNED_IN = [
  '/app/security',
  '/app/people',
  '/app/audit',
  '/app/settings',
  '/app/account',
  '/app/account/security',
  '/app/account/mfa/setup',
];

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test(`every page is accessible and fits: ${colorScheme}, ${width} px`, async ({ page }) => {
      test.setTimeout(240_000);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      const ada: Person = await founds();
      await brings(ada, 'user', 'Uma User');
      const look = async (path: string) => {
        await page.goto(path);
        await page.waitForLoadState('networkidle');
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze();
        const told = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
        );
        expect(told, path).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
      };
      for (const path of PUBLIC) await look(path);
      await signsIn(page, ada);
      for (const path of SIGNED_IN) await look(path);
    });
  }
}
