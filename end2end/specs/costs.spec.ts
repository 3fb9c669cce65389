// Clause: watch per-tenant cost charts.
import { expect, open, test } from '../harness/test.ts';

const TENANTS = ['acme-robotics', 'northwind', 'brightcart'];

test('the costs page draws every tenant and breaks the total down', async ({ page, product }) => {
  await open(page, `${product.url}/costs?range=24h&group_by=tenant`);
  const chart = page.getByRole('group', { name: /by tenant/i }).or(page.getByRole('figure', { name: /by tenant/i }));
  await expect(chart.first().locator('svg path, svg polygon, svg rect').first()).toBeAttached();
  const table = page.getByRole('table').filter({ hasText: 'brightcart' }).first();
  for (const tenant of TENANTS) {
    await expect(table.getByRole('row').filter({ hasText: tenant })).toHaveCount(1);
  }
});

test('the breakdown adds up to what the API says, to the last digit', async ({ page, product }) => {
  const answer = await page.request.get(`${product.url}/api/v1/costs?from=-1d&group_by=tenant`);
  const { groups } = await answer.json();
  const costs = Object.fromEntries(groups.map((group: { key: string; cost_usd: number }) => [group.key, group.cost_usd]));
  // Eight runs each, a tenth of a cent apart, as the traffic is written.
  expect(costs['acme-robotics']).toBeCloseTo(0.06, 9);
  expect(costs['northwind']).toBeCloseTo(0.092, 9);
  expect(costs['brightcart']).toBeCloseTo(0.124, 9);
  const balance = await (await page.request.get(`${product.url}/api/v1/balance`)).json();
  expect(balance.balanced, JSON.stringify(balance)).toBe(true);
});

test('the same money can be seen by service and by model', async ({ page, product }) => {
  await open(page, `${product.url}/costs?range=24h`);
  const main = page.getByRole('main');
  await main.getByRole('link', { name: 'Service', exact: true }).click();
  await expect(page).toHaveURL(/service/);
  await expect(main.getByRole('table').first()).toContainText('model_gateway');
  await main.getByRole('link', { name: 'Model', exact: true }).click();
  await expect(page).toHaveURL(/model/);
  await expect(main.getByRole('table').first()).toContainText('gpt-4o');
});
