import type { Page } from '@playwright/test';
import { brings, founds, PASSWORD } from './support/people';
import { expect, test } from './support/story';

/** Presses Tab until what has the focus is called so; a person without a pointer can do no more. */
async function reaches(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    const found = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused) return '';
      const labels =
        focused instanceof HTMLInputElement ? [...(focused.labels ?? [])].map((label) => label.textContent) : [];
      return [focused.getAttribute('aria-label'), ...labels, focused.textContent].filter(Boolean).join(' ').trim();
    });
    if (name.test(found)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reaches ${name}`);
}

test('signing in, signing a person out and filtering the log need no pointer', async ({ page }) => {
  const ada = await founds();
  const uma = await brings(ada, 'user', 'Uma User');
  await page.goto('/login');
  await reaches(page, /^E-mail/);
  await page.keyboard.type(ada.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/app\//);

  await page.goto(`/app/people/${uma.id}`);
  await expect(page.getByRole('heading', { name: 'Uma User' })).toBeVisible();
  await reaches(page, /^Sign out everywhere$/);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await reaches(page, /^Sign out$/);
  await page.keyboard.press('Enter');
  await expect(page.getByText(/1 session ended/).first()).toBeVisible();

  await page.goto('/app/audit');
  await reaches(page, /^Filter/);
  await page.keyboard.type('action:session.revoked');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/session\.revoked/);
  await expect(page.getByText('Session ended').first()).toBeVisible();
});

test('the desk pauses and goes on by the key P', async ({ page }) => {
  const ada = await founds();
  await page.goto('/login');
  await page.getByLabel('E-mail').fill(ada.email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('p');
  await expect(page.getByRole('button', { name: /^Resume/ })).toBeVisible();
  await founds('Elsewhere');
  await page.keyboard.press('p');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
});
