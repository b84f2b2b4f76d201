import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { PASSWORD, type Person, serverUrl } from './people';

/** What a page must never say: a broken policy, an unhandled error. Collected from every page of every context. */
const FORBIDDEN = /content security policy|trusted ?types|uncaught|unhandled/i;

export function watch(context: BrowserContext, faults: string[]): void {
  context.on('console', (message) => {
    if (message.type() === 'error' && FORBIDDEN.test(message.text())) faults.push(message.text());
  });
  context.on('weberror', (fault) => faults.push(String(fault.error())));
  context.on('page', (page) => page.on('dialog', (dialog) => faults.push(`a dialog opened: ${dialog.message()}`)));
}

/** `another()` opens one more browser, apart from the others; all are watched. */
export const test = base.extend<{ faults: string[]; another: () => Promise<BrowserContext> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  baseURL: async ({}, use) => use(serverUrl()),
  faults: [
    async ({ context }, use) => {
      const faults: string[] = [];
      watch(context, faults);
      await use(faults);
      expect(faults, 'no page broke a policy or threw').toEqual([]);
    },
    { auto: true },
  ],
  another: async ({ browser, faults }, use) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL: serverUrl(), viewport: { width: 1280, height: 800 } });
      watch(context, faults);
      opened.push(context);
      return context;
    });
    for (const context of opened) await context.close();
  },
});

/** Signs in by the pages, with the second factor if there is one. */
export async function signsIn(page: Page, person: Person): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  if (person.authenticator) {
    await expect(page).toHaveURL(/\/login\/mfa/);
    await page.getByLabel(/code/i).fill(await person.authenticator.next());
  }
  await expect(page).toHaveURL(/\/app\//);
}

export { expect };
