// Clause: breakdown of spend, for people who pay the bill.
import AxeBuilder from '@axe-core/playwright';
import { readFileSync } from 'node:fs';
import { expect, open, test } from '../harness/test.ts';

test('a tenant of the breakdown has a page that says what it spent on, and leads to its traces', async ({ page, product }) => {
  await open(page, `${product.url}/costs?from=-24h&group_by=tenant`);
  const breakdown = page.getByRole('region', { name: 'Breakdown by tenant' });
  await breakdown.getByRole('link', { name: 'northwind' }).click();
  await expect(page).toHaveURL(/\/costs\/tenant\/northwind\?from=-24h/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('northwind');
  const main = page.getByRole('main');
  // Eight runs of 0.008 to 0.015.
  await expect(main.locator('.kpi.hero')).toContainText('$0.0920');
  await expect(main.getByRole('region', { name: 'By model' })).toContainText('gpt-4o');
  await expect(main.getByRole('region', { name: 'By service' })).toContainText('model_gateway');
  await expect(main.getByRole('region', { name: 'By day' }).getByRole('row')).not.toHaveCount(0);
  await main.getByRole('link', { name: '8 traces' }).click();
  await expect(page).toHaveURL(/\/traces\?.*tenant=northwind/);
  await expect(page.getByRole('table')).toContainText('northwind');
});

test('a model has a page; what only spans know says which part of the range it is of', async ({ page, product }) => {
  await open(page, `${product.url}/costs/model/gpt-4o?from=-14d`);
  const main = page.getByRole('main');
  await expect(main.getByRole('region', { name: 'By tenant' })).toContainText('brightcart');
  await expect(main.getByRole('region', { name: 'By tenant' })).not.toContainText('of the range');
  await expect(main.getByRole('region', { name: 'By service' })).toContainText('last 24 h of the range');
  await main.getByRole('region', { name: 'By tenant' }).getByRole('link', { name: 'brightcart' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('brightcart');
});

test('the breakdown is taken apart further, by a dimension or by any attribute of at most a day', async ({ page, product }) => {
  await open(page, `${product.url}/costs?from=-24h&group_by=tenant`);
  await page.getByText('Then by', { exact: true }).click();
  await page.locator('.picker__menu').getByRole('link', { name: 'Model', exact: true }).click();
  await expect(page).toHaveURL(/group_by=tenant,model/);
  const pairs = page.getByRole('region', { name: 'Breakdown by tenant and model' });
  const row = pairs.getByRole('row').filter({ hasText: 'acme-robotics' }).filter({ hasText: 'gpt-4o' });
  await expect(row).toHaveCount(1);
  await page.getByText('Then by model').click();
  await page.getByLabel('Any attribute, 24 h at most').fill('gen_ai.system');
  await page.locator('.picker__menu').getByRole('button', { name: 'Apply' }).last().click();
  const values = page.getByRole('region', { name: 'Breakdown by tenant and gen_ai.system' });
  await expect(values).toContainText('openai');
  await open(page, `${product.url}/costs?from=-14d&group_by=tenant,attribute:gen_ai.system`);
  await expect(page.getByRole('main')).toContainText('over at most 24 hours');
  await page.getByRole('link', { name: 'Show the last 24 hours' }).click();
  await expect(page.getByRole('region', { name: 'Breakdown by tenant and gen_ai.system' })).toContainText('openai');
});

test('columns sort by a click, and the order is in the address', async ({ page, product }) => {
  await open(page, `${product.url}/costs?from=-24h&group_by=tenant`);
  const breakdown = page.getByRole('region', { name: 'Breakdown by tenant' });
  const first = breakdown.locator('tbody tr').first();
  await expect(first).toContainText('brightcart');
  await breakdown.getByRole('link', { name: 'Tenant', exact: true }).click();
  await expect(page).toHaveURL(/sort=name/);
  await expect(breakdown.getByRole('columnheader', { name: 'Tenant' })).toHaveAttribute('aria-sort', 'ascending');
  await breakdown.getByRole('link', { name: 'Tenant', exact: true }).click();
  await expect(page).toHaveURL(/sort=-name/);
  await expect(breakdown.getByRole('columnheader', { name: 'Tenant' })).toHaveAttribute('aria-sort', 'descending');
});

test('what is shown is saved as a file with every digit', async ({ page, product }) => {
  await open(page, `${product.url}/costs?from=-24h&group_by=tenant`);
  const breakdown = page.getByRole('region', { name: 'Breakdown by tenant' });
  const [download] = await Promise.all([page.waitForEvent('download'), breakdown.getByRole('link', { name: 'CSV' }).click()]);
  expect(download.suggestedFilename()).toMatch(/^tracetab-costs-by-tenant-\d{8}T\d{6}Z-\d{8}T\d{6}Z\.csv$/);
  const rows = readFileSync(await download.path(), 'utf8').split('\r\n');
  expect(rows[0]).toContain('tenant,cost_usd,previous_cost_usd,span_count');
  expect(rows.find((row) => row.includes(',northwind,'))).toContain(',0.092,0,32,');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('axe finds nothing serious on the pages of those who spend', async ({ page, product }) => {
      for (const path of ['/costs/tenant/northwind', '/costs/user', '/costs?from=-24h&group_by=tenant,service']) {
        await open(page, product.url + path);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.flatMap(({ id, nodes }) => nodes.map((node) => `${path} ${id}: ${node.target.join(' ')}`))).toEqual([]);
      }
    });
  });
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the page of one who spends reads, and an attribute is asked for by a plain form', async ({ page, product }) => {
    await page.goto(`${product.url}/costs/tenant/northwind?from=-24h`);
    await expect(page.getByRole('main')).toContainText('Cost per success');
    await expect(page.getByRole('region', { name: 'By model' })).toContainText('gpt-4o');
    await page.goto(`${product.url}/costs?from=-24h&group_by=tenant`);
    await page.getByText('Then by', { exact: true }).click();
    await page.getByLabel('Any attribute, 24 h at most').fill('gen_ai.system');
    await page.locator('.picker__menu').getByRole('button', { name: 'Apply' }).last().click();
    await expect(page.getByRole('region', { name: 'Breakdown by tenant and gen_ai.system' })).toContainText('openai');
  });
});
