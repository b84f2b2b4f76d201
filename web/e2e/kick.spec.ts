import { brings, enrolls, founds } from './support/people';
import { expect, signsIn, test } from './support/story';

test('a person who is signed out leaves every tab of every browser at once', async ({ page, another }) => {
  test.setTimeout(120_000);
  const ada = await founds();
  await enrolls(ada);
  const uma = await brings(ada, 'user', 'Uma User');
  const tabs = [];
  for (const context of [await another(), await another()]) {
    const first = await context.newPage();
    await signsIn(first, uma);
    const second = await context.newPage();
    await second.goto('/app/account/security');
    await expect(second.getByRole('heading', { name: 'Where you are signed in' })).toBeVisible();
    tabs.push(first, second);
  }
  await signsIn(page, ada);
  await page.goto(`/app/people/${uma.id}`);
  await page.getByRole('button', { name: 'Sign out everywhere' }).first().click();
  const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'));
  const since = Date.now();
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await Promise.all(tabs.map((tab) => tab.waitForURL(/\/login\?reason=revoked/, { timeout: 5_000 })));
  const took = Date.now() - since;
  test.info().annotations.push({ type: 'measured', description: `four tabs in two browsers left after ${took} ms` });
  console.log(`four tabs in two browsers left after ${took} ms`);
  for (const tab of tabs) {
    await expect(tab.getByText(/administrator/i)).toBeVisible();
    await tab.goBack().catch(() => null);
    await expect(tab.getByText(uma.email)).toHaveCount(0);
  }
});

test('a colleague whose role is taken sees at once what is left', async ({ page, another }) => {
  const ada = await founds();
  const max = await brings(ada, 'manager', 'Max Manager');
  const tab = await (await another()).newPage();
  await signsIn(tab, max);
  await tab.goto('/app/people');
  await expect(tab.getByRole('heading', { name: 'People' })).toBeVisible();
  await signsIn(page, ada);
  await page.goto(`/app/people/${max.id}`);
  await page.getByRole('button', { name: 'Change role' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('User', { exact: false }).first().check();
  await dialog.getByRole('button', { name: 'Change role' }).click();
  await expect(tab.getByRole('link', { name: 'People' })).toHaveCount(0);
});
