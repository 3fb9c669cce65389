// Clause: two traces lie side by side, path by path, and what made the difference adds up to it.
import AxeBuilder from '@axe-core/playwright';
import { expect, open, type Server, test } from '../harness/test.ts';
import { agentRun, type Trace } from '../harness/traffic.ts';
import { serverWith } from '../harness/settled.ts';

const cheap = agentRun({ name: 'compared, cheap', tenant: 'northwind', costUsd: 0.004, secondsAgo: 90 });
const dear = agentRun({ name: 'compared, dear', tenant: 'northwind', costUsd: 0.012, secondsAgo: 60 });

/** The dear one does something the cheap one does not. */
function withReview(trace: Trace): Trace {
  const [, , tool, model] = trace.spans;
  const review = { ...model, span_id: '00c0ffee00c0ffee', parent_span_id: tool.span_id, operation_name: 'review', attributes: { cost_usd: 0.003 } };
  return { ...trace, spans: [...trace.spans, review] };
}

let server: Server;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await serverWith(cheap, withReview(dear));
});
test.afterAll(() => server.stop());

const both = `/traces/compare?a=${cheap.trace_id}&b=${dear.trace_id}`;

test('from a trace to another one of the same operation, and what made the difference', async ({ page }) => {
  await open(page, `${server.url}/traces/${cheap.trace_id}`);
  await page.getByRole('link', { name: 'Compare' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Compare traces');
  for (const choice of ['Median by cost', 'Cheapest', 'Dearest', 'Fastest', 'Slowest']) {
    await expect(page.getByRole('link', { name: choice, exact: true })).toBeVisible();
  }
  await page.getByLabel('Trace B').fill(dear.trace_id);
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page).toHaveURL(new RegExp(`a=${cheap.trace_id}&b=${dear.trace_id}`));
  await expect(page.getByRole('region', { name: 'Trace A' })).toContainText('0.0040');
  await expect(page.getByRole('region', { name: 'Trace B' })).toContainText('0.0150');
  await expect(page.getByRole('region', { name: 'B compared with A' })).toContainText('+$0.0110');
  const drivers = page.getByRole('region', { name: 'What made the difference in cost' });
  await expect(drivers.getByRole('row').nth(1)).toContainText('llm.generate');
  await expect(drivers.getByRole('row').nth(1)).toContainText('+$0.0080');
  await expect(drivers.getByRole('row').nth(2)).toContainText('review');
  await expect(drivers.getByRole('row').last()).toContainText('+$0.0110');
});

test('paths are in the order of the tree or by difference, and lead to the spans of either', async ({ page }) => {
  await open(page, server.url + both);
  const paths = page.getByRole('region', { name: 'Path by path', exact: true });
  const first = paths.getByRole('row').nth(1);
  await expect(first).toContainText('orchestrate_task');
  await expect(paths.getByRole('row', { name: /review/ })).toContainText('only B');
  await paths.getByRole('link', { name: 'By difference' }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/sort=delta/);
  await expect(first).toContainText('llm.generate');
  await paths.getByRole('link', { name: 'Open llm.generate in trace B' }).click();
  await expect(page).toHaveURL(new RegExp(`/traces/${dear.trace_id}\\?span=${dear.spans[3].span_id}`));
});

test('two traces are chosen in the list', async ({ page }) => {
  await open(page, `${server.url}/traces?tenant=northwind`);
  const ticks = page.getByRole('checkbox', { name: /Compare orchestrate_task/ });
  await ticks.nth(0).focus();
  await page.keyboard.press('Space');
  await ticks.nth(1).check();
  await page.getByRole('button', { name: 'Compare two' }).click();
  await expect(page.getByRole('region', { name: 'B compared with A' })).toBeVisible();
  await page.getByRole('link', { name: 'Swap A and B' }).click();
  await expect(page.getByRole('region', { name: 'B compared with A' })).toBeVisible();
});

test('what is no trace is said, and the choice stays', async ({ page }) => {
  await page.goto(`${server.url}/traces/compare?a=${cheap.trace_id}&b=rubbish`);
  await expect(page.getByRole('alert')).toContainText('“rubbish” is not a trace id');
  await expect(page.getByLabel('Trace A')).toHaveValue(cheap.trace_id);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    for (const path of [both, `/traces/compare?a=${cheap.trace_id}`, '/traces/compare']) {
      await open(page, server.url + path);
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    }
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('both pages fit', async ({ page }) => {
    for (const path of [both, `/traces/compare?a=${cheap.trace_id}`]) {
      await open(page, server.url + path);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    }
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('choosing and comparing are plain forms and links', async ({ page }) => {
    await page.goto(`${server.url}/traces?tenant=northwind`);
    const ticks = page.getByRole('checkbox', { name: /Compare orchestrate_task/ });
    await ticks.nth(0).check();
    await ticks.nth(1).check();
    await page.getByRole('button', { name: 'Compare two' }).click();
    await expect(page.getByRole('region', { name: 'Path by path', exact: true })).toContainText('llm.generate');
    await page.getByRole('link', { name: 'By difference' }).click();
    await expect(page).toHaveURL(/sort=delta/);
  });
});
