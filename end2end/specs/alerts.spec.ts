// Clause: acknowledge a cost anomaly alert, fired by traffic and by nothing else.
import type { Page } from '@playwright/test';
import { expect, listen, open, test } from '../harness/test.ts';
import { agentRun, send, until } from '../harness/traffic.ts';

/** The built-in rule fires on one trace above $0.10 within a minute. */
const runaway = () => agentRun({ name: 'runaway', tenant: 'acme-robotics', costUsd: 0.93, secondsAgo: 2 });

test('a runaway trace fires the cost anomaly, and an acknowledgement stays', async ({ page, untouched }) => {
  await open(page, `${untouched.url}/alerts`);
  await expect(page.getByRole('main')).not.toContainText('Trace Cost Anomaly');

  const trace = runaway();
  await send(untouched.url, trace);
  await until('the alert to fire', async () => {
    const answer = await fetch(`${untouched.url}/api/v1/alerts?state=firing`);
    return JSON.stringify(await answer.json()).includes('Trace Cost Anomaly') || undefined;
  });

  // The open page hears of it by itself, and says so in its title.
  await expect(page).toHaveTitle(/^\(\d+\) Alerts/);
  await page.getByRole('link', { name: /Trace Cost Anomaly/ }).first().click();
  const main = page.getByRole('main');
  await expect(main).toContainText('firing', { ignoreCase: true });
  await expect(main).toContainText('0.93');
  // Alerts about the trace itself name it too; the evidence leads there.
  const evidence = main.locator(`a[href*="/traces/${trace.trace_id}"]`);
  await expect(evidence.first()).toContainText(trace.trace_id.slice(0, 8));

  const form = main.locator('form').filter({ has: page.getByRole('button', { name: 'Acknowledge' }) });
  await form.getByLabel('Owner').fill('Robin');
  await form.getByLabel('Note').fill('Looking at the planner');
  await form.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(main).toContainText('Robin');
  await expect(main).toContainText('Looking at the planner');

  await page.reload();
  await expect(main).toContainText('acknowledged', { ignoreCase: true });
  await expect(main).toContainText('Robin');
  const answer = await (await page.request.get(`${untouched.url}/api/v1/alerts?state=acknowledged`)).json();
  expect(JSON.stringify(answer)).toContain('Looking at the planner');
});

/** The address of the alert a runaway trace fires. */
async function firing(url: string): Promise<string> {
  await send(url, runaway());
  const id = await until('the alert to fire', async () => {
    const answer = await (await fetch(`${url}/api/v1/alerts?state=firing`)).json();
    const alerts: { id: number; rule: string }[] = answer.alerts;
    return alerts.find((alert) => alert.rule === 'Trace Cost Anomaly')?.id;
  });
  return `${url}/alerts/${id}`;
}

test("a line of an alert's history of another day has room for its date", async ({ page, untouched }) => {
  await open(page, await firing(untouched.url));
  const time = page.locator('.tl time').first();
  // What it will say tomorrow.
  const [needed, given] = await time.evaluate((element) => {
    element.textContent = '30 Nov 19:39';
    return [element.scrollWidth, element.clientWidth];
  });
  expect(needed).toBeLessThanOrEqual(given);
});

test('an alert says what the traces behind it do more of than ordinary ones', async ({ page, untouched }) => {
  const ordinary = agentRun({ name: 'ordinary', tenant: 'acme-robotics', costUsd: 0.003, secondsAgo: 600 });
  await send(untouched.url, ordinary);
  await open(page, await firing(untouched.url));
  const drove = page.getByRole('region', { name: 'What drove it' });
  await expect(drove).toContainText('More in each of 1 trace, against 1 ordinary one of the day before');
  await expect(drove.getByRole('listitem').first()).toContainText('+$0.9');
});

const formOf = (page: Page) =>
  page.locator('form').filter({ has: page.getByRole('button', { name: 'Acknowledge', exact: true }) });

test('an alert that may grow by some dollars is taken, taken back and resolved with the keyboard', async ({ page, untouched }) => {
  await open(page, await firing(untouched.url));
  const main = page.getByRole('main');
  const form = formOf(page);
  await form.getByLabel('Owner').fill('Robin');
  await form.getByLabel('Quiet until it grows by').fill('5');
  await form.getByLabel('Quiet until it grows by').press('Enter');
  await expect(main).toContainText('or until it grows by $5');
  await expect(main).toContainText('It fires again at $5.93');
  await form.getByRole('button', { name: 'Take it back' }).focus();
  await page.keyboard.press('Enter');
  await expect(main).toContainText("Took Robin's acknowledgement back");
  await expect(form.getByRole('button', { name: 'Take it back' })).toHaveCount(0);
  await form.getByRole('button', { name: 'Resolve' }).focus();
  await page.keyboard.press('Enter');
  await expect(main).toContainText('resolved after');
  await expect(form).toHaveCount(0);
});

test('keys go from alert to alert, and take one', async ({ page, untouched }) => {
  const address = await firing(untouched.url);
  // The same trace is over the limit of one trace: that is another alert.
  const other = await until('the alarm of the limit', async () => {
    const answer = await (await fetch(`${untouched.url}/api/v1/alerts?state=firing`)).json();
    const alerts: { id: number; rule: string }[] = answer.alerts;
    return alerts.find((alert) => alert.rule === 'BUDGET ALARM')?.id;
  });
  await open(page, address);
  const items = page.locator('a.al-item');
  const first = await items.first().getAttribute('href');
  const second = await items.nth(1).getAttribute('href');
  expect([first, second]).toContain(`/alerts/${other}`);
  const [there, back] = page.url().endsWith(first!) ? [['j', second!], ['k', first!]] : [['k', first!], ['j', second!]];
  for (const [key, href] of [there, back]) {
    await page.keyboard.press(key);
    await expect(page).toHaveURL(untouched.url + href);
    await expect(page.locator(`a.al-item[href="${href}"]`)).toHaveAttribute('aria-current', 'true');
  }
  // Nobody is named yet: the key asks for a name instead.
  await page.keyboard.press('a');
  await expect(formOf(page).getByLabel('Owner')).toBeFocused();
  await page.keyboard.type('Robin');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toContainText('Acknowledged: Robin');
});

test('an alert can be acknowledged, and that taken back, without JavaScript', async ({ browser, untouched }) => {
  const address = await firing(untouched.url);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto(address);
  const form = formOf(page);
  await form.getByLabel('Owner').fill('Robin');
  await form.getByRole('button', { name: 'Acknowledge' }).click();
  await page.goto(address);
  await expect(page.getByRole('main')).toContainText('Robin');
  await form.getByRole('button', { name: 'Take it back' }).click();
  await page.goto(address);
  await expect(page.getByRole('main')).toContainText("Took Robin's acknowledgement back");
  expect(complaints).toEqual([]);
  await context.close();
});

test.describe('with a finger', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('an alert is acknowledged, taken back, snoozed and resolved by the actions under the thumb', async ({ page, untouched }) => {
    await open(page, await firing(untouched.url));
    const main = page.getByRole('main');
    const form = formOf(page);
    // It leads to the form, which wants a name.
    await page.getByRole('link', { name: 'Acknowledge', exact: true }).tap();
    await expect(form.getByLabel('Owner')).toBeInViewport();
    await form.getByLabel('Owner').tap();
    await page.keyboard.type('Robin');
    await form.getByRole('button', { name: 'Acknowledge', exact: true }).tap();
    await expect(main).toContainText('Acknowledged: Robin');
    await form.getByRole('button', { name: 'Take it back' }).tap();
    await expect(main).toContainText("Took Robin's acknowledgement back");
    await form.getByRole('button', { name: 'Snooze' }).tap();
    await expect(main).toContainText('Snoozed: Robin');
    await form.getByRole('button', { name: 'Resolve' }).tap();
    await expect(main).toContainText('resolved after');
  });
});
