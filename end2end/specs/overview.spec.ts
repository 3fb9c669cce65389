// Clause: open the dashboard.
import { expect, open, PAGES, test } from '../harness/test.ts';

test('the dashboard opens on what was spent, by whom, and on the traces that cost most', async ({ page, product }) => {
  await open(page, product.url);
  await expect(page).toHaveTitle(/Overview/);
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { name: 'Spend today' })).toBeVisible();
  await expect(main.getByText('brightcart').first()).toBeVisible();
  await expect(main.getByText('orchestrate_task').first()).toBeVisible();
});

test('every page is one click away, says where one is, and leaves the console clean', async ({ page, product }) => {
  await open(page, product.url);
  const rail = page.getByRole('navigation', { name: 'Main' });
  for (const place of ['Traces', 'Map', 'Costs', 'Alerts', 'Ingest', 'Settings', 'Overview']) {
    await rail.getByRole('link', { name: place, exact: false }).first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(place);
    await expect(rail.locator('[aria-current=page]')).toContainText(place);
  }
});

test('every page opens at its address', async ({ page, product }) => {
  for (const path of PAGES) {
    await open(page, product.url + path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  }
});

test('an address that does not exist says so', async ({ page, product }) => {
  // The status itself is what the browser reports, so this page is asked for beside the tab.
  const response = await page.request.get(`${product.url}/no-such-page`);
  expect(response.status()).toBe(404);
  expect(await response.text()).toContain('Overview');
});
