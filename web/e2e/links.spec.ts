import { api, founds, linkIn, mailTo, PASSWORD } from './support/people';
import { expect, signsIn, test } from './support/story';

const FRESH = 'Another-Lantern-17-Boats';

test('an invitation leads into the company', async ({ page }) => {
  const ada = await founds();
  const email = `uma-${Date.now().toString(36)}@acme.example`;
  await signsIn(page, ada);
  await page.goto('/app/people');
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail address').fill(email);
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  await expect(page.getByText(`Invitation sent to ${email}`)).toBeVisible();
  const link = linkIn(await mailTo(email, ''));
  await page.context().clearCookies();
  await page.goto(link);
  await page.getByLabel(/name/i).fill('Uma User');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: /join|accept|create/i }).click();
  await expect(page).toHaveURL(/\/app\//);
  await page.goto(link);
  await page.getByLabel(/name/i).fill('Uma User');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: /join|accept|create/i }).click();
  await expect(page.getByRole('heading', { name: 'This link no longer works' })).toBeVisible();
});

test('a forgotten password is set anew by the mailed link, once', async ({ page }) => {
  const ada = await founds();
  await page.goto('/forgot');
  await page.getByLabel('E-mail').fill(ada.email);
  await page.getByRole('button', { name: /send|link/i }).click();
  await expect(page.getByText('If that address has an account, a link is on its way.')).toBeVisible();
  const link = linkIn(await mailTo(ada.email, 'password'));
  await page.goto(link);
  await page.getByLabel(/new password/i).fill(FRESH);
  await page
    .getByRole('button', { name: /set|save|password/i })
    .last()
    .click();
  await expect(page).toHaveURL(/\/login/);
  await expect(api('POST', '/api/auth/login', { email: ada.email, password: PASSWORD })).rejects.toThrow('401');
  await api('POST', '/api/auth/login', { email: ada.email, password: FRESH });
});
