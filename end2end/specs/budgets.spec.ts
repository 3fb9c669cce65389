// Clause: budgets are made, changed and deleted in the dashboard, with their forecast; bad input is told and what was typed stays.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, listen, open, Server, test } from '../harness/test.ts';
import { agentRun, send, until } from '../harness/traffic.ts';

/** A server with a budget in a file and three weeks of spend. */
async function withBudgets(during: (server: Server, file: string) => Promise<void>): Promise<void> {
  const rules = await mkdtemp(join(tmpdir(), 'tracetab-rules-'));
  const file = join(rules, 'budgets.yaml');
  await writeFile(file, 'budgets: [{name: Everything, scope: all, period: month, limit_usd: 250}]\n');
  const server = await Server.start({ TRACETAB_RULES: rules });
  try {
    const hours = Array.from({ length: 21 * 24 + 12 }, (_, hour) =>
      agentRun({ name: `hour ${hour}`, tenant: 'acme-robotics', costUsd: 0.01 * (1 + ((hour * 7_919) % 11)), secondsAgo: 60 + hour * 3_600 }),
    );
    for (let some = 0; some < hours.length; some += 100) await send(server.url, ...hours.slice(some, some + 100));
    await until('the forecast of three weeks', async () => {
      const { forecast_history } = await (await fetch(`${server.url}/api/v1/budgets/everything`)).json();
      return forecast_history === '21 days of hourly spend' || undefined;
    });
    await during(server, file);
  } finally {
    await server.stop();
    await rm(rules, { recursive: true, force: true });
  }
}

const rule = (page: Page, name: string): Locator =>
  page.locator('.budget-rules__rule').filter({ has: page.getByRole('heading', { name, exact: true }) });

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  const form = page.getByRole('region', { name: /New budget|Change/ });
  for (const [label, text] of Object.entries(fields)) await form.getByLabel(label, { exact: true }).fill(text);
}

test('a budget is made, seen with its forecast, changed and deleted', async ({ page }) => {
  test.slow(); // Three weeks of spend come first.
  await withBudgets(async (server) => {
    await open(page, `${server.url}/costs`);
    const main = page.getByRole('main');
    await main.getByRole('link', { name: 'All budgets' }).click();
    await expect(rule(page, 'Everything')).toContainText('read-only, from');
    await expect(rule(page, 'Everything')).toContainText(/forecast \$.* by .* \(between .*\), from 21 days of hourly spend/);

    await fill(page, { Name: 'Robots', 'Limit, USD': 'plenty', 'Your name': 'Robin', Note: 'asked for by finance' });
    await main.getByRole('combobox', { name: 'Whose spend' }).selectOption('one tenant');
    await main.getByLabel('Name of the one', { exact: true }).fill('acme-robotics');
    await main.getByRole('button', { name: 'Make budget' }).click();
    await expect(main.getByRole('alert')).toHaveText('expected an amount of US dollars above 0, such as 25000 or 0.5');
    await expect(main.getByLabel('Limit, USD', { exact: true })).toHaveValue('plenty');
    await expect(main.getByLabel('Limit, USD', { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await expect(main.getByLabel('Name of the one', { exact: true })).toHaveValue('acme-robotics');
    await expect(main.getByRole('combobox', { name: 'Whose spend' })).toHaveValue('tenant');

    await main.getByLabel('Limit, USD', { exact: true }).fill('4');
    await main.getByRole('button', { name: 'Make budget' }).click();
    await expect(main.getByRole('status')).toContainText('Robin made the budget “Robots”.');
    await expect(rule(page, 'Robots')).toContainText('4 USD, month, of tenant acme-robotics');
    await expect(rule(page, 'Robots').getByRole('img')).toBeVisible();
    await expect(rule(page, 'Robots')).toContainText('from 21 days of hourly spend');
    await expect(rule(page, 'Robots').locator('.budget__track .mark')).toBeAttached();

    await rule(page, 'Robots').getByRole('link', { name: 'Edit Robots' }).click();
    await expect(main.getByLabel('Limit, USD', { exact: true })).toHaveValue('4');
    await fill(page, { 'Limit, USD': '400', Note: '' });
    await main.getByRole('button', { name: 'Save' }).click();
    await expect(rule(page, 'Robots')).toContainText('400 USD, month');
    const history = main.getByRole('region', { name: 'History' });
    await expect(history).toContainText('Robin changed Robots');
    await expect(history).toContainText('asked for by finance');
    const told = await (await fetch(`${server.url}/api/v1/budgets/robots`)).json();
    expect(told.limit_usd).toBe(400);

    await page.reload();
    await rule(page, 'Robots').getByRole('link', { name: 'Edit Robots' }).click();
    await main.getByRole('button', { name: 'Delete' }).click();
    await expect(main.getByRole('status')).toContainText('Robin deleted the budget “Robots”.');
    await expect(rule(page, 'Robots')).toHaveCount(0);
    await expect(history).toContainText('Robin deleted Robots');

    // The one for everything is a figure of the costs, and leads to how it was worked out.
    await open(page, `${server.url}/costs`);
    const forecast = page.locator('.kpi--forecast');
    await expect(forecast).toContainText(/^Forecast, \d+ .*\$[\d,.]+ (over|under) the \$[\d,.]+ budget$/);
    await forecast.getByRole('link').click();
    await expect(page).toHaveURL(/\/settings\/budgets$/);
  });
});

test('without JavaScript what was typed stays too, and a broken file is told of', async ({ browser }) => {
  test.slow();
  await withBudgets(async (server, file) => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const complaints = listen(page);
    await page.goto(`${server.url}/settings/budgets`);
    const main = page.getByRole('main');
    await fill(page, { Name: 'Weekly', Period: 'fortnight', 'Limit, USD': '3' });
    await main.getByRole('button', { name: 'Make budget' }).click();
    await expect(main.getByRole('alert').first()).toContainText('expected a period: day, week, month');
    await expect(main.getByRole('alert').nth(1)).toContainText('say who');
    await expect(main.getByLabel('Period', { exact: true })).toHaveValue('fortnight');
    await fill(page, { Period: 'week', 'Your name': 'Ines' });
    await main.getByRole('button', { name: 'Make budget' }).click();
    await expect(rule(page, 'Weekly')).toContainText('3 USD, week, of all');
    await expect(rule(page, 'Weekly')).toContainText('made here, by Ines');

    await writeFile(file, 'budgets: [{name: Weekly, scope: all, period: day, limit_usd: 1}]');
    await until('the file to be taken over', async () => {
      const { source } = await (await fetch(`${server.url}/api/v1/budgets/weekly`)).json();
      return source === 'file' || undefined;
    });
    await writeFile(file, 'budgets: [{name: Weekly}]');
    await until('the broken file to be noticed', async () => {
      const text = await (await fetch(`${server.url}/settings/budgets`)).text();
      return text.includes('The file of budgets cannot be used') || undefined;
    });
    await page.goto(`${server.url}/settings/budgets`);
    await expect(main).toContainText('missing field `scope`');
    await expect(rule(page, 'Weekly').first()).toContainText('1 USD, day');
    await expect(rule(page, 'Weekly').last()).toContainText('It does not count');
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(sideways).toBeLessThanOrEqual(0);
    // Nothing runs the code that was preloaded.
    expect(complaints.filter((text) => !text.includes('preloaded'))).toEqual([]);
    await context.close();
  });
});
