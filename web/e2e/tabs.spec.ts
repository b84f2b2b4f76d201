import { founds } from './support/people';
import { expect, signsIn, test } from './support/story';

test('two tabs that renew at once sign nobody out', async ({ page, context }) => {
  const ada = await founds();
  await signsIn(page, ada);
  const tabs = [page];
  for (let n = 0; n < 5; n++) tabs.push(await context.newPage());
  for (let round = 0; round < 3; round++) {
    // As if half an hour had passed: the access token is gone, the refresh token is good once.
    await context.clearCookies({ name: 'voxgate_access' });
    await Promise.all(tabs.map((tab) => tab.goto('/app/account')));
    for (const tab of tabs) {
      await expect(tab.getByText(ada.email).first()).toBeVisible();
      await expect(tab).toHaveURL(/\/app\/account/);
    }
  }
});

test('signing out in one tab signs out the others', async ({ page, context }) => {
  const ada = await founds();
  await signsIn(page, ada);
  const other = await context.newPage();
  await other.goto('/app/account');
  await expect(other.getByText(ada.email).first()).toBeVisible();
  await page.goto('/app/account');
  await page.getByRole('button', { name: /^Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/login/);
  await expect(other).toHaveURL(/\/login/);
});
