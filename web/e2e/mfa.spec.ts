import jsQR from 'jsqr';
import { PASSWORD } from './support/people';
import { expect, signsIn, test } from './support/story';
import { Authenticator } from './support/totp';

/** Reads a QR code off a picture of the page, by a decoder that knows nothing of how it was drawn. */
async function scan(page: import('@playwright/test').Page): Promise<string> {
  const picture = await page.getByRole('img', { name: 'QR code' }).screenshot();
  const blank = await page.context().newPage();
  const { data, width, height } = await blank.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const drawing = canvas.getContext('2d');
    if (!drawing) throw new Error('no canvas');
    drawing.drawImage(image, 0, 0);
    const { data } = drawing.getImageData(0, 0, image.width, image.height);
    return { data: [...data], width: image.width, height: image.height };
  }, picture.toString('base64'));
  await blank.close();
  const found = jsQR(Uint8ClampedArray.from(data), width, height);
  if (!found) throw new Error('the QR code cannot be read');
  return found.data;
}

test('from founding a company to signing in with a code, a backup code, and never a code twice', async ({ page }) => {
  test.setTimeout(180_000);
  const email = `ada-${Date.now().toString(36)}@acme.example`;
  await page.goto('/');
  await page
    .getByRole('link', { name: /register/i })
    .first()
    .click();
  await page.getByLabel('Company').fill(`Acme ${Date.now()}`);
  await page.getByLabel(/your name|full name/i).fill('Ada Admin');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: /register|create/i }).click();
  await expect(page).toHaveURL(/\/app\//);

  await page.goto('/app/account/mfa/setup');
  const uri = new URL(await scan(page));
  expect(uri.protocol).toBe('otpauth:');
  const app = new Authenticator(uri.searchParams.get('secret') ?? '');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Code from your app').fill(await app.next());
  await expect(page.getByRole('heading', { name: 'Save your backup codes' })).toBeVisible();
  const lines = await page.getByRole('main').getByRole('listitem').allInnerTexts();
  const codes = lines.map((line) => line.trim()).filter((line) => /^\w{4,6}-\w{4,6}$/.test(line));
  expect(codes).toHaveLength(8);

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  expect((await saved).suggestedFilename()).toMatch(/\.txt$/);
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByText('Tick the box once you have saved the codes.')).toBeVisible();
  await page.getByLabel('I have saved these codes').check();
  await page.getByRole('button', { name: 'Finish' }).click();
  await expect(page.getByRole('button', { name: 'View backup codes' })).toBeVisible();

  await page.context().clearCookies();
  const person = { id: '', email, name: 'Ada Admin', token: '', backupCodes: [], authenticator: app };
  await signsIn(page, person);

  // The code that was just used is dead, here and on any other device.
  await page.context().clearCookies();
  await page.goto('/login');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/login\/mfa/);
  await page.getByLabel(/code/i).fill(app.shown());
  await expect(page.getByText('That code is not right, or was used already.')).toBeVisible();
  await expect(page).toHaveURL(/\/login\/mfa/);

  await page.getByRole('link', { name: /backup code/i }).click();
  await page.getByLabel(/backup code/i).fill(codes[0]?.toUpperCase().replace('-', ' ') ?? '');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/app\//);
  await page.goto('/app/account/security');
  await page.getByRole('button', { name: 'View backup codes' }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('listitem')).toHaveCount(8);
  await expect(sheet.getByText('used', { exact: true })).toHaveCount(1);
});
