// Clause: the books balance, a trace that declared another total is explained, a provider's bill is laid beside our figures.
import type { Page } from '@playwright/test';
import { expect, listen, open, test } from '../harness/test.ts';
import { agentRun, send, type Trace } from '../harness/traffic.ts';

/** A run that costs two cents, and whose sender says it was five. */
function drifting(): Trace & { total_cost_usd: number } {
  const run = agentRun({ name: 'drifting', tenant: 'acme-robotics', costUsd: 0.02, secondsAgo: 60 });
  return { ...run, total_cost_usd: 0.05 };
}

/** The day the run began on, as bills have it. */
const day = () => new Date(Date.now() - 60_000).toISOString().slice(0, 10);

const audit = (page: Page) => page.getByRole('region', { name: 'Traces that declared another total' });
const bills = (page: Page) => page.getByRole('region', { name: 'Bills of providers' });
const imports = (page: Page) => page.getByRole('region', { name: 'Import a bill' });

/** Imports a bill of the run's model, and sees the margin. */
async function importABill(page: Page): Promise<void> {
  const csv = `day,provider,model,amount,currency\n${day()},openai,gpt-4o-2024-08-06,0.015,USD\n${day()},openai,gpt-4o,1,EUR\n`;
  const form = imports(page).getByRole('form', { name: 'Import a bill' });
  await form.getByLabel(/^File/).setInputFiles({ name: 'november.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await form.getByLabel('Who').fill('Robin');
  await form.getByRole('button', { name: 'Import' }).click();
  await expect(page).toHaveURL(/import=\d+/);
  await expect(imports(page).getByRole('status')).toContainText('november.csv: 1 of 2 lines were kept');
  await expect(imports(page).getByRole('status')).toContainText('line 3, column currency: expected USD');
  const row = bills(page).getByRole('row').filter({ hasText: 'gpt-4o' });
  await expect(row).toContainText('$0.0200');
  await expect(row).toContainText('$0.0150');
  await expect(row).toContainText('+33.3%');
  await expect(row).toContainText('billed as gpt-4o-2024-08-06');
}

/** Acknowledges the drifting trace, finds it among the acknowledged, and takes that back. */
async function acknowledgeAndUndo(page: Page): Promise<void> {
  const row = audit(page).getByRole('row').filter({ hasText: 'orchestrate_task' });
  await expect(row).toContainText('−$0.030000');
  await row.getByText('Explain or acknowledge').click();
  await row.getByLabel('Note').fill('The sender counts retries');
  await row.getByLabel('Who').fill('Robin');
  await row.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(audit(page)).toContainText('0 open');
  await audit(page).getByRole('link', { name: 'Acknowledged' }).click();
  await expect(row).toContainText('acknowledged by Robin');
  await row.getByText('acknowledged by Robin').first().click();
  await expect(row).toContainText('The sender counts retries');
  await row.getByLabel('Who').fill('Mara');
  await row.getByRole('button', { name: 'Undo' }).click();
  await expect(audit(page)).toContainText('1 open');
}

test('the badge of costs leads to books that balance', async ({ page, product }) => {
  await open(page, `${product.url}/costs`);
  await page.getByRole('link', { name: 'All sums = bill, drift $0' }).click();
  await expect(page).toHaveURL(/\/costs\/balance$/);
  await expect(page.getByText('The books balance: 8 sums are equal')).toBeVisible();
  const sums = page.getByRole('region', { name: 'The same money, added up in every way' });
  await expect(sums.getByRole('row')).toHaveCount(9);
});

test('a bill is imported, its margin seen, and a drifting trace acknowledged and taken back', async ({ page, untouched }) => {
  await send(untouched.url, drifting());
  await open(page, `${untouched.url}/costs/balance`);
  await importABill(page);
  await acknowledgeAndUndo(page);
});

test('the same goes without JavaScript', async ({ browser, untouched }) => {
  await send(untouched.url, drifting());
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto(`${untouched.url}/costs/balance`);
  await importABill(page);
  await acknowledgeAndUndo(page);
  expect(complaints).toEqual([]);
  await context.close();
});

test('days that are over are added up again when asked', async ({ page, product }) => {
  await open(page, `${product.url}/costs/balance`);
  await page.getByRole('button', { name: 'Sum again' }).click();
  await expect(page.getByText('all of them added up just now')).toBeVisible();
});
