// Clause: every page reads without JavaScript; wasm only adds to it.
import { expect, test } from '../harness/test.ts';
import { sampleTrace } from '../harness/traffic.ts';

test.use({ javaScriptEnabled: false });

/** A page, and what must be readable on it. */
const READABLE: [string, string[]][] = [
  ['/', ['Spend today', 'brightcart', 'orchestrate_task']],
  ['/traces', ['orchestrate_task', 'northwind']],
  [`/traces/${sampleTrace.trace_id}`, ['process_queue_message', '0.00125', '250 ms']],
  ['/costs?from=-24h', ['acme-robotics', 'northwind', 'brightcart']],
  ['/costs/balance', ['The books balance', 'Added up by', 'Import']],
  ['/map', ['orchestrator', 'tool_executor']],
  ['/alerts', ['Alerts']],
  ['/ingest', ['native JSON', 'Nothing was refused', '/v1/traces']],
  ['/settings', ['Settings']],
  ['/settings/budgets', ['No budget yet', 'New budget', 'Make budget']],
  ['/alerts/rules', ['Trace Cost Anomaly', 'sum(cost_usd) by trace_id > 0.1', 'Make rule', 'Try on the last 7 days']],
  ['/settings/notifications', ['Nobody hears of alerts']],
];

for (const [path, words] of READABLE) {
  test(`${path} reads without JavaScript`, async ({ page, product }) => {
    await page.goto(product.url + path);
    for (const word of words) {
      await expect(page.getByRole('main').getByText(word).filter({ visible: true }).first()).toBeVisible();
    }
  });
}

test('traces are filtered by a plain form', async ({ page, product }) => {
  await page.goto(`${product.url}/traces?tenant=northwind`);
  await expect(page.getByRole('main').getByText('northwind').first()).toBeVisible();
  await expect(page.getByRole('main').getByRole('table')).not.toContainText('brightcart');
});

test('a span opens by a plain link', async ({ page, product }) => {
  await page.goto(`${product.url}/traces/${sampleTrace.trace_id}`);
  await page.getByRole('treegrid').getByRole('link', { name: /execute_code_generator/ }).first().click();
  await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('tool.version');
});
