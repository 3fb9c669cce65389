// Clause: drill into one trace_id.
import { expect, open, test } from '../harness/test.ts';
import { sampleTrace } from '../harness/traffic.ts';

const traceId = sampleTrace.trace_id;

test('the sample trace shows three rows, $0.00125 and 250 ms', async ({ page, product }) => {
  await open(page, `${product.url}/traces/${traceId}`);
  const waterfall = page.getByRole('treegrid');
  await expect(waterfall.locator('[role=row][aria-level]')).toHaveCount(3);
  for (const operation of ['orchestrate_task', 'process_queue_message', 'execute_code_generator']) {
    await expect(waterfall.getByText(operation).first()).toBeVisible();
  }
  const main = page.getByRole('main');
  await expect(main).toContainText('0.00125');
  await expect(main).toContainText('250 ms');
});

test('a span opens in the drawer with what was sent and how its cost came about', async ({ page, product }) => {
  await open(page, `${product.url}/traces/${traceId}`);
  await page.getByRole('treegrid').getByText('execute_code_generator').first().click();
  const drawer = page.getByRole('complementary', { name: 'Span detail' });
  await expect(drawer).toContainText('tool.version');
  await expect(drawer).toContainText('1.0.0');
  await expect(drawer).toContainText('0.0011');
  await expect(drawer).toContainText(/reported/i);
});

test('from the list of traces to one trace and back', async ({ page, product }) => {
  await open(page, `${product.url}/traces?tenant=northwind`);
  const main = page.getByRole('main');
  await expect(main).not.toContainText('brightcart');
  await main.getByRole('link', { name: /orchestrate_task/ }).first().click();
  await expect(page).toHaveURL(/\/traces\/[0-9a-f]{32}/);
  await expect(page.getByRole('treegrid').locator('[role=row][aria-level]')).toHaveCount(4);
  await page.goBack();
  await expect(page).toHaveURL(/tenant=northwind/);
});

test('a pasted trace id opens its trace', async ({ page, product }) => {
  await open(page, `${product.url}/traces`);
  await page.keyboard.press('/');
  await page.keyboard.type(traceId);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/traces/${traceId}`));
});

test('a trace nobody has sent is said to be missing', async ({ page, product }) => {
  const response = await page.request.get(`${product.url}/traces/${'0123456789abcdef'.repeat(2)}`);
  expect(response.status()).toBe(404);
});
