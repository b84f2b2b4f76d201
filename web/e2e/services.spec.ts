import { founds, serverUrl } from './support/people';
import { expect, signsIn, test } from './support/story';

/** Asks about a token with a service key; the status. */
async function asks(key: string, token: string): Promise<number> {
  const answer = await fetch(`${serverUrl()}/api/introspect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: new URLSearchParams({ token }),
  });
  return answer.status;
}

test('a key for a service is shown once, works, and is refused when it was revoked', async ({ page }) => {
  const ada = await founds();
  await signsIn(page, ada);
  await page.goto('/app/settings');
  await page.getByRole('button', { name: 'New key' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('What the service is called').fill('Media edge');
  await form.getByRole('button', { name: 'Make the key' }).click();
  const shown = page.getByRole('dialog', { name: 'The key, this once' });
  const key = await shown.locator('code').innerText();
  expect(key).toMatch(/^vgs_/);
  expect(await asks(key, ada.token)).toBe(200);
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByText(key)).toHaveCount(0);

  await page.getByRole('button', { name: 'Revoke: Media edge' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('The key of Media edge is revoked')).toBeVisible();
  expect(await asks(key, ada.token)).toBe(401);
});
