// Clause: many alerts are found, told as few, and changed at once; what was chosen stays chosen while others come.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, listen, open, Server, test } from '../harness/test.ts';
import { agentRun, send, type Trace, until } from '../harness/traffic.ts';

const RULES = `alerts:
  - {name: Busy, query: count(spans) by operation > 0, window: 10m, severity: warning}
  - {name: Dear, query: sum(cost_usd) by tenant > 0.002, window: 10m, severity: critical}
`;

/** A run of four operations, all of one service, that costs too little for the rules every server has. */
function run(name: string, costUsd: number): Trace {
  const trace = agentRun({ name, tenant: 'acme-robotics', costUsd, secondsAgo: 2 });
  return { ...trace, spans: trace.spans.map((span) => ({ ...span, service: 'planner' })) };
}

/** A server with rules of its own, and what is done with it. */
async function withRules(page: Page, work: (url: string) => Promise<void>): Promise<void> {
  const rules = await mkdtemp(join(tmpdir(), 'tracetab-rules-'));
  await writeFile(join(rules, 'trace_alerts.yaml'), RULES);
  const server = await Server.start({ TRACETAB_RULES: rules });
  try {
    await work(server.url);
  } finally {
    // An open page would ask for a server that is gone.
    await page.goto('about:blank');
    await server.stop();
    await rm(rules, { recursive: true });
  }
}

async function firing(url: string, count: number): Promise<void> {
  await until(`${count} alerts to fire`, async () => {
    const answer = await (await fetch(`${url}/api/v1/alerts?state=firing`)).json();
    return answer.counts.firing === count || undefined;
  });
}

const group = (page: Page, name: string) => page.locator('.al-h').filter({ hasText: name });
const box = (page: Page, name: string) => page.getByRole('checkbox', { name });

test('alerts are found by severity and label, told together, and acknowledged at once', async ({ page }) => {
  await withRules(page, async (url) => {
    await send(url, run('dear', 0.005));
    await firing(url, 5);
    await open(page, `${url}/alerts`);
    const items = page.locator('a.al-item:visible');
    await expect(items).toHaveCount(1);
    await expect(items.first()).toContainText('Dear, tenant acme-robotics');
    await page.getByText('4 more of acme-robotics · planner').click();
    await expect(items).toHaveCount(5);

    await page.getByLabel('Filters').click();
    await page.getByLabel('Severity').selectOption('critical');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(page).toHaveURL(/severity=critical/);
    await expect(items).toHaveCount(1);
    await items.first().click();
    await expect(page, 'what is shown stays when one is opened').toHaveURL(/\/alerts\/\d+\?severity=critical/);
    await page.goto(`${url}/alerts?q=operation=llm.generate`);
    await expect(items).toHaveCount(1);
    await page.goto(`${url}/alerts?q=nobody`);
    await expect(page.getByRole('main')).toContainText('No alert is like that');

    await open(page, `${url}/alerts`);
    await expect(box(page, 'Choose all 5: firing')).toBeHidden();
    await page.getByTitle('Choose several').click();
    await box(page, 'Choose all 5: firing').check();
    const form = page.getByRole('form', { name: 'The chosen alerts' });
    await form.getByLabel('Owner').fill('Robin');
    await form.getByRole('button', { name: 'Acknowledge' }).click();
    await expect(group(page, 'Acknowledged or snoozed')).toContainText('5');
    await expect(group(page, 'Firing')).toContainText('0');
  });
});

test('what was chosen stays chosen while a worse alert comes, and nothing else is changed', async ({ page }) => {
  await withRules(page, async (url) => {
    await send(url, run('cheap', 0.0001));
    await firing(url, 4);
    await open(page, `${url}/alerts`);
    await page.getByTitle('Choose several').focus();
    await page.keyboard.press('Space');
    await page.getByText('3 more of').click();
    const chosen = page.getByRole('checkbox', { name: /^Choose Busy/ }).nth(2);
    const name = await chosen.getAttribute('aria-label');
    await chosen.check();
    await send(url, run('dear', 0.005));
    await expect(page.locator('a.al-item').first()).toContainText('Dear', { timeout: 20_000 });
    await expect(page.locator('.al-pick:checked')).toHaveCount(1);
    await expect(box(page, name!)).toBeChecked();
    const form = page.getByRole('form', { name: 'The chosen alerts' });
    await form.getByLabel('Owner').fill('Robin');
    await form.getByRole('button', { name: 'Snooze' }).click();
    await expect(group(page, 'Acknowledged or snoozed')).toContainText('1');
    const snoozed = await (await fetch(`${url}/api/v1/alerts?state=snoozed`)).json();
    expect(snoozed.alerts.map((alert: { rule: string }) => `Choose ${alert.rule}`)).toEqual([name!.split(', ').slice(0, 2).join(', ')]);
  });
});

test('several alerts are resolved without JavaScript, and what cannot be done is told', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const complaints = listen(page);
  await withRules(page, async (url) => {
    await send(url, run('dear', 0.005));
    await firing(url, 5);
    await page.goto(`${url}/alerts`);
    await page.getByTitle('Choose several').click();
    const form = page.getByRole('form', { name: 'The chosen alerts' });
    await form.getByLabel('Owner').fill('Robin');
    await form.getByRole('button', { name: 'Resolve' }).click();
    await expect(page.getByRole('alert')).toContainText('No alert was chosen');
    await page.goto(`${url}/alerts`);
    await page.getByTitle('Choose several').click();
    await box(page, 'Choose all 5: firing').check();
    await page.getByRole('form', { name: 'The chosen alerts' }).getByLabel('Owner').fill('Robin');
    await page.getByRole('form', { name: 'The chosen alerts' }).getByRole('button', { name: 'Resolve' }).click();
    await page.goto(`${url}/alerts`);
    await expect(group(page, 'Resolved, 24 h')).toContainText('5');
  });
  expect(complaints).toEqual([]);
  await context.close();
});

test.describe('with a finger', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('several alerts are chosen and snoozed', async ({ page }) => {
    await withRules(page, async (url) => {
      await send(url, run('dear', 0.005));
      await firing(url, 5);
      await open(page, `${url}/alerts`);
      await page.getByTitle('Choose several').tap();
      await page.getByText('4 more of acme-robotics · planner').tap();
      await page.getByRole('checkbox', { name: /^Choose Dear/ }).tap();
      await page.getByRole('checkbox', { name: /^Choose Busy/ }).first().tap();
      const form = page.getByRole('form', { name: 'The chosen alerts' });
      await form.getByLabel('Owner').tap();
      await page.keyboard.type('Robin');
      await form.getByRole('button', { name: 'Snooze' }).tap();
      await expect(group(page, 'Acknowledged or snoozed')).toContainText('2');
      await expect(group(page, 'Firing')).toContainText('3');
    });
  });
});
