// Clause: pages follow one another, and change with the news, within one document; what people did stays.
import { expect, open, test } from '../harness/test.ts';
import { agentRun, sampleTrace, send, until } from '../harness/traffic.ts';
import type { Page } from '@playwright/test';

/** Marks the document, so that a later look can tell whether it is still the same one. */
const mark = (page: Page) => page.evaluate(() => void Object.assign(window, { sameDocument: true }));
const isSameDocument = (page: Page) => page.evaluate(() => 'sameDocument' in window);

test('links between pages keep the document, the title and the history right', async ({ page, product }) => {
  await open(page, product.url);
  await mark(page);
  const rail = page.getByRole('navigation', { name: 'Main' });
  await rail.getByRole('link', { name: 'Costs' }).click();
  await expect(page).toHaveTitle(/Costs/);
  await rail.getByRole('link', { name: 'Alerts' }).click();
  await expect(page).toHaveTitle(/Alerts/);
  await page.goBack();
  await expect(page).toHaveTitle(/Costs/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Costs');
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Alerts');
  expect(await isSameDocument(page)).toBe(true);
});

test('a followed page begins at its top and has the focus', async ({ page, product }) => {
  await open(page, `${product.url}/costs?from=-24h`);
  await page.getByRole('main').evaluate((main) => main.scrollTo(0, 400));
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await expect(page).toHaveTitle(/Overview/);
  await expect(page.getByRole('main')).toBeFocused();
  expect(await page.getByRole('main').evaluate((main) => main.scrollTop)).toBe(0);
});

test('another view of a page keeps what is in sight', async ({ page, product }) => {
  await open(page, `${product.url}/costs?from=-24h`);
  await mark(page);
  const main = page.getByRole('main');
  await main.evaluate((element) => element.scrollTo(0, 60));
  await page.getByRole('navigation', { name: 'Group by' }).getByRole('link', { name: 'Service' }).click();
  await expect(page.getByRole('region', { name: 'Breakdown by service' })).toBeVisible();
  expect(await main.evaluate((element) => element.scrollTop)).toBe(60);
  expect(await isSameDocument(page)).toBe(true);
});

test('the read-out says what a bucket cost, also after the chart has changed', async ({ page, product }) => {
  await open(page, `${product.url}/costs?from=-24h&group_by=tenant`);
  const readout = page.getByRole('slider', { name: 'Read the chart' });
  const spoken = () => readout.getAttribute('aria-valuetext');
  await readout.focus();
  await page.keyboard.press('End');
  await expect.poll(spoken).toMatch(/total \$.*brightcart/);
  await page.getByRole('navigation', { name: 'Group by' }).getByRole('link', { name: 'Model' }).click();
  await expect(page.getByRole('region', { name: 'Breakdown by model' })).toBeVisible();
  await readout.focus();
  await page.keyboard.press('End');
  await expect.poll(spoken).toMatch(/gpt-4o/);
});

test('the drawer follows the opened span, back closes it, and a reload shows the same', async ({ page, product }) => {
  await open(page, `${product.url}/traces/${sampleTrace.trace_id}`);
  await mark(page);
  const drawer = page.getByRole('complementary', { name: 'Span detail' });
  const rows = page.getByRole('treegrid');
  await rows.getByText('execute_code_generator').first().click();
  await expect(drawer).toContainText('tool.version');
  const opened = await drawer.innerText();
  await page.keyboard.press('k');
  await expect(drawer).toContainText('process_queue_message');
  await page.keyboard.press('j');
  await expect(drawer).toContainText('execute_code_generator');
  await drawer.getByRole('link', { name: 'Close (Esc)' }).click();
  await expect(drawer).toBeHidden();
  await page.goBack();
  await expect(drawer).toContainText('execute_code_generator');
  expect(await isSameDocument(page)).toBe(true);
  await page.reload();
  expect(await drawer.innerText()).toBe(opened);
});

test('an id copies itself and says so', async ({ page, product, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, `${product.url}/traces/${sampleTrace.trace_id}`);
  const id = page.getByTitle('Copy trace id');
  await id.click();
  await expect(id.locator('[aria-live]')).toHaveText('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(sampleTrace.trace_id);
});

/** Opens the alert that one runaway trace fires. */
async function openAlert(page: Page, url: string): Promise<void> {
  await send(url, agentRun({ name: 'runaway', tenant: 'acme-robotics', costUsd: 0.93, secondsAgo: 2 }));
  const id = await until('the alert to fire', async () => {
    const answer = await (await fetch(`${url}/api/v1/alerts?state=firing`)).json();
    const alerts: { id: number; rule: string }[] = answer.alerts;
    return alerts.find((alert) => alert.rule === 'Trace Cost Anomaly')?.id;
  });
  await open(page, `${url}/alerts/${id}`);
}

const acknowledgeForm = (page: Page) =>
  page.locator('form').filter({ has: page.getByRole('button', { name: 'Acknowledge' }) });

test('what somebody is typing survives the news', async ({ page, untouched }) => {
  test.slow(); // A rule waits a hundred times as long as a look at it takes, and a page five seconds between two looks.
  await openAlert(page, untouched.url);
  const note = page.getByLabel('Note');
  await note.fill('Half a sen');
  await send(untouched.url, agentRun({ name: 'second', tenant: 'northwind', costUsd: 0.93, secondsAgo: 2 }));
  // The head and two traces.
  await expect(page.getByRole('region', { name: 'Evidence' }).getByRole('row')).toHaveCount(3, { timeout: 30_000 });
  await expect(note).toHaveValue('Half a sen');
  await expect(note).toBeFocused();
});

test('what somebody types while the same form is on its way stays', async ({ page, untouched }) => {
  await openAlert(page, untouched.url);
  await page.goto(`${untouched.url}/alerts`);
  await expect(page.locator('body[data-hydrated]')).toBeAttached();
  // The list shows its first alert beside it: its form is there before the page of the alert is.
  const answers = (url: URL) => url.pathname.startsWith('/alerts/');
  await page.route(answers, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await page.getByRole('link', { name: /Trace Cost Anomaly/ }).first().click();
  await acknowledgeForm(page).getByLabel('Owner').fill('Robin');
  await expect(page).toHaveURL(/\/alerts\/\d+$/);
  await expect(acknowledgeForm(page).getByLabel('Owner')).toHaveValue('Robin');
});

test('a link to a part of the page takes the focus from nobody who types there', async ({ page, untouched }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openAlert(page, untouched.url);
  await page.route((url) => url.pathname.startsWith('/alerts/'), async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await page.getByRole('link', { name: 'Acknowledge', exact: true }).click();
  const owner = acknowledgeForm(page).getByLabel('Owner');
  await owner.focus();
  await page.keyboard.type('Ro');
  // Whatever the link may have asked the server for would be here by now.
  await page.waitForTimeout(1_500);
  await page.keyboard.type('bin');
  await expect(owner).toBeFocused();
  await expect(owner).toHaveValue('Robin');
});

test('a form the server refuses says why', async ({ page, untouched }) => {
  await openAlert(page, untouched.url);
  const form = acknowledgeForm(page);
  await form.getByLabel('Owner').fill('Robin');
  // The page offers no end in the past.
  await form.getByLabel('For').evaluate((select: HTMLSelectElement) => {
    select.add(new Option('yesterday', '-1d', true, true));
  });
  await form.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(form.getByRole('alert')).toContainText('The end must lie in the future.');
});

test('a form that does not reach the server says so and keeps what was typed', async ({ page, untouched }) => {
  await openAlert(page, untouched.url);
  const form = acknowledgeForm(page);
  await form.getByLabel('Owner').fill('Robin');
  await form.getByLabel('Note').fill('Looking at the planner');
  const posts = (url: URL) => url.pathname.startsWith('/api/hold_alert');
  await page.route(posts, (route) => route.abort('aborted'));
  await form.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(form.getByRole('alert')).toContainText('nothing has changed');
  await expect(form.getByLabel('Note')).toHaveValue('Looking at the planner');
  await page.unroute(posts);
  await form.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByRole('main')).toContainText('acknowledged');
  await expect(page.getByRole('main')).toContainText('Looking at the planner');
});

test('answered forms add no step to the history', async ({ page, untouched }) => {
  await open(page, `${untouched.url}/traces`);
  await openAlert(page, untouched.url);
  const form = acknowledgeForm(page);
  await form.getByLabel('Owner').fill('Robin');
  await form.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByRole('main')).toContainText('Acknowledged: Robin');
  await page.goBack();
  await expect(page).toHaveURL(/\/traces$/);
});
