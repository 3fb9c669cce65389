// Clause: one trace in several views, with the address, the opened span and the keyboard in all of them.
import AxeBuilder from '@axe-core/playwright';
import { expect, open, test } from '../harness/test.ts';
import { agentRun, sampleTrace, send } from '../harness/traffic.ts';

const run = agentRun({ name: 'views', tenant: 'northwind', costUsd: 0.05, secondsAgo: 90, failing: true });
const trace = `/traces/${run.trace_id}`;
/** Value of `tab` in the address, and what is read in it. */
const VIEWS = [['', 'llm.generate'], ['flame', 'llm.generate'], ['graph', 'gpt-4o'], ['table', 'llm.generate'], ['json', 'llm.generate']] as const;
const model = run.spans[3]!.span_id;

test.beforeEach(async ({ product }) => send(product.url, run));

test('tabs are links that keep the opened span, and each view shows the trace', async ({ page, product }) => {
  await open(page, `${product.url}${trace}?span=${model}&color=cost`);
  const drawer = page.getByRole('complementary', { name: 'Span detail' });
  for (const [name, view, words] of [['Flame', 'flame', 'llm.generate'], ['Graph', 'graph', 'gpt-4o'], ['Table', 'table', 'llm.generate'], ['JSON', 'json', 'llm.generate']] as const) {
    await page.getByRole('tab', { name }).click();
    await expect(page).toHaveURL(new RegExp(`tab=${view}.*span=${model}.*color=cost`));
    await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByRole('tabpanel', { name })).toContainText(words);
    await expect(drawer).toContainText('gpt-4o');
  }
  await page.getByRole('tab', { name: 'Waterfall' }).click();
  await expect(page.getByRole('treegrid').locator('[role=row][aria-selected=true]')).toContainText('llm.generate');
});

test('what a service cost is written whole or left out, and they are counted', async ({ page, product }) => {
  const began = Date.now() - 60_000;
  const at = (ms: number) => new Date(began + ms).toISOString();
  const span = (number: number) => ({
    span_id: `5e51ce000000000${number}`,
    parent_span_id: number === 1 ? null : '5e51ce0000000001',
    operation_name: `step ${number}`,
    service: `a-service-of-some-length-${number}`,
    tenant: 'northwind',
    start_time: at(number * 10),
    end_time: at(1_000 - number * 10),
    attributes: { cost_usd: 0.01234 * number },
  });
  const spent = { trace_id: '5e51ce'.padEnd(32, '0'), spans: [1, 2, 3, 4].map(span) };
  await send(product.url, spent);
  await open(page, `${product.url}/traces/${spent.trace_id}`);
  const written = new Set<number>();
  for (const width of [1600, 1440, 1200, 1000, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await expect(page.getByText('4 in all')).toBeInViewport({ ratio: 1 });
    const services = page.locator('.split-stat .named > span');
    const { edge, rights } = await services.evaluateAll((all) => {
      const line = all[0].parentElement!.getBoundingClientRect();
      const boxes = all.map((service) => service.getBoundingClientRect());
      return { edge: line.right, rights: boxes.filter((box) => box.top < line.bottom - 1).map((box) => box.right) };
    });
    expect(Math.max(...rights), `${width} pixels wide`).toBeLessThanOrEqual(edge + 0.5);
    written.add(rights.length);
  }
  expect(written.size, 'how many there is room for differs').toBeGreaterThan(1);
});

test('digits change the view, arrows walk the tabs, which are one stop of the tab key', async ({ page, product }) => {
  await open(page, product.url + trace);
  await page.keyboard.press('2');
  await expect(page).toHaveURL(/tab=flame/);
  await expect(page.locator('body[data-hydrated]')).toBeAttached();
  await page.keyboard.press('4');
  await expect(page).toHaveURL(/tab=table/);
  const table = page.getByRole('tab', { name: 'Table' });
  await table.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('tab', { name: 'Graph' })).toBeFocused();
  await page.keyboard.press('Home');
  await expect(page.getByRole('tab', { name: 'Waterfall' })).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/tab=json/);
  await expect(page.locator('[role=tab][tabindex="0"]')).toHaveCount(1);
});

test('a box of the flame graph becomes the top of both pictures, and keys lead back', async ({ page, product }) => {
  await open(page, `${product.url}${trace}?tab=flame`);
  const [time, money] = [page.getByRole('group', { name: 'Spans by the time they took' }), page.getByRole('group', { name: 'Spans by what they cost' })];
  await expect(time.getByRole('link')).toHaveCount(4);
  await expect(money.getByRole('link')).toHaveCount(4);
  const tool = time.getByRole('link', { name: /^execute_code_generator/ });
  await tool.hover();
  await expect(money.getByRole('link', { name: /^execute_code_generator/ })).toHaveClass(/is-lit/);
  await tool.click();
  await expect(page).toHaveURL(new RegExp(`span=${run.spans[2]!.span_id}.*root=${run.spans[2]!.span_id}`));
  await expect(page.getByRole('tabpanel')).toContainText('Only execute_code_generator and what is below it');
  await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('execute_code_generator');
  await page.keyboard.press('-');
  await expect(page).toHaveURL(new RegExp(`root=${run.spans[1]!.span_id}`));
  await page.keyboard.press('0');
  await expect(page).not.toHaveURL(/root=/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Span detail' })).toBeHidden();
});

test('boxes are walked with the arrows and opened with enter', async ({ page, product }) => {
  await open(page, `${product.url}${trace}?tab=flame`);
  const time = page.getByRole('group', { name: 'Spans by the time they took' });
  await time.getByRole('link').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(time.getByRole('link', { name: /^llm.generate/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('gpt-4o');
  await page.keyboard.press('e');
  await expect(page).toHaveURL(new RegExp(`span=${model}`));
});

test('a node of the graph opens its dearest span, and the tables hold the same', async ({ page, product }) => {
  await open(page, `${product.url}${trace}?tab=graph`);
  const graph = page.getByRole('group', { name: /^What called what: 4 nodes and 3 connections/ });
  await graph.getByRole('link', { name: /^gpt-4o, model/ }).click();
  await expect(page).toHaveURL(new RegExp(`span=${model}`));
  const nodes = page.getByRole('table', { name: 'Nodes' });
  await expect(nodes.getByRole('row', { name: /gpt-4o/ })).toContainText('0.05');
  await expect(page.getByRole('table', { name: 'Calls' }).getByRole('row')).toHaveCount(4);
  await nodes.getByRole('link', { name: 'Spans of gpt-4o' }).click();
  await expect(page.getByRole('heading', { name: 'Spans of gpt-4o' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Single spans' }).locator('tbody tr')).toHaveCount(1);
});

test('JSON is shown in three formats and copied', async ({ page, product, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, `${product.url}${trace}?tab=json`);
  const panel = page.getByRole('tabpanel');
  await expect(panel).toContainText('The whole file, 4 spans');
  await panel.getByRole('button', { name: 'Copy' }).click();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  const whole = await (await page.request.get(`${product.url}/api/v1${trace}`)).json();
  expect(copied).toEqual(whole);
  await panel.getByRole('link', { name: 'OTLP' }).click();
  await expect(panel).toContainText('"resourceSpans"');
  await panel.getByRole('link', { name: 'Jaeger' }).click();
  await expect(panel).toContainText('"traceID"');
});

for (const [view] of VIEWS) {
  test(`axe finds nothing on the view ${view || 'waterfall'}, with a span opened`, async ({ page, product }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await open(page, `${product.url}${trace}?tab=${view}&span=${model}`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const told = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(told.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`))).toEqual([]);
    }
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  for (const [view, words] of VIEWS) {
    test(`the view ${view || 'waterfall'} fits`, async ({ page, product }) => {
      await open(page, `${product.url}${trace}?tab=${view}`);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(sideways).toBeLessThanOrEqual(0);
      await expect(page.getByRole('tabpanel')).toContainText(words);
    });
  }
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('every view reads, tables are put in order and spans open by links', async ({ page, product }) => {
    for (const [name, words] of [
      ['Flame', 'Where the money went'],
      ['Graph', 'Cost of what was called'],
      ['JSON', '"operation_name"'],
      ['Table', 'Trace, 4 in all'],
    ] as const) {
      await page.goto(`${product.url}/traces/${run.trace_id}`);
      await page.getByRole('tab', { name }).click();
      await expect(page.getByRole('tabpanel')).toContainText(words);
    }
    const groups = page.getByRole('table', { name: 'Spans added up by group' });
    await page.getByRole('link', { name: 'Operation', exact: true }).click();
    await groups.getByRole('link', { name: 'Self cost' }).click();
    await expect(groups.locator('tbody tr').first()).toContainText('llm.generate');
    await groups.getByRole('link', { name: 'Self cost' }).click();
    await expect(groups.locator('tbody tr').last()).toContainText('llm.generate');
    await page.getByRole('table', { name: 'Single spans' }).getByRole('link', { name: /llm.generate/ }).click();
    await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('gpt-4o');
  });

  test('sums of the sample trace are those of the trace', async ({ page, product }) => {
    await page.goto(`${product.url}/traces/${sampleTrace.trace_id}?tab=table`);
    const total = page.getByRole('table', { name: 'Spans added up by group' }).locator('tfoot tr').last();
    await expect(total).toContainText('0.00125');
    await expect(total.getByRole('cell').first()).toHaveText('3');
  });
});
