// Clause: watch per-tenant cost charts.
import { expect, open, test } from '../harness/test.ts';

const TENANTS = ['acme-robotics', 'northwind', 'brightcart'];

test('the costs page draws every tenant and breaks the total down', async ({ page, product }) => {
  await open(page, `${product.url}/costs?from=-24h&group_by=tenant`);
  const chart = page.getByRole('group', { name: /^Spend by tenant/ });
  await expect(chart.locator('svg path').first()).toBeAttached();
  const breakdown = page.getByRole('region', { name: 'Breakdown by tenant' });
  for (const tenant of TENANTS) {
    await expect(breakdown.getByRole('row').filter({ hasText: tenant })).toHaveCount(1);
  }
});

test('the breakdown is the sum of what was sent, to the last digit', async ({ page, product }) => {
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
  await open(page, `${product.url}/costs?from=-24h`);
  const groups = page.getByRole('navigation', { name: 'Group by' });
  await groups.getByRole('link', { name: 'Service' }).click();
  await expect(page).toHaveURL(/group_by=service/);
  await expect(page.getByRole('region', { name: 'Breakdown by service' })).toContainText('model_gateway');
  await groups.getByRole('link', { name: 'Model' }).click();
  await expect(page).toHaveURL(/group_by=model/);
  await expect(page.getByRole('region', { name: 'Breakdown by model' })).toContainText('gpt-4o');
});
