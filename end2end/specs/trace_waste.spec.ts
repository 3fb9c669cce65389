// Clause: money of a trace that was avoidable is a figure, which opens its list; rows and drawer say why.
import AxeBuilder from '@axe-core/playwright';
import { expect, open, type Server, test } from '../harness/test.ts';
import { type Span, type Trace } from '../harness/traffic.ts';
import { serverWith } from '../harness/settled.ts';

/** A run that failed and was tried again, and a question asked twice: $0.007 of $0.0151. */
function wastefulTrace(mark: string): Trace {
  const began = Date.now() - 60_000;
  const at = (offsetMs: number) => new Date(began + offsetMs).toISOString();
  const id = (number: number) => mark.repeat(3) + number.toString(16).padStart(4, '0');
  const span = (number: number, operation_name: string, from: number, to: number, cost_usd: number, more: Partial<Span> = {}): Span => ({
    span_id: id(number),
    parent_span_id: number === 1 ? null : id(1),
    operation_name,
    service: 'planner',
    tenant: 'northwind',
    start_time: at(from),
    end_time: at(to),
    ...more,
    attributes: { cost_usd, ...more.attributes },
  });
  const asks = {
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 900,
      'gen_ai.usage.output_tokens': 80,
      'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"Which shelf is part 7 on?"}]}]',
    },
  };
  return {
    trace_id: mark.repeat(8),
    spans: [
      span(1, 'plan', 0, 900, 0.0011),
      span(2, 'tool.run', 10, 100, 0.002, { status: { code: 'ERROR', message: 'connection closed' } }),
      span(3, 'tool.run', 150, 300, 0.002),
      span(4, 'ask shelf', 320, 500, 0.005, asks),
      span(5, 'ask shelf', 520, 700, 0.005, asks),
    ],
  };
}

const wasteful = wastefulTrace('aa07');

let server: Server;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await serverWith(wasteful);
});
test.afterAll(() => server.stop());

test('the figure opens the list, which leads to spans, and rows and drawer say why', async ({ page }) => {
  await open(page, `${server.url}/traces/${wasteful.trace_id}`);
  const main = page.getByRole('main');
  const figure = main.getByRole('link', { name: /\$0\.00700?.*46\.4%/ });
  await expect(figure).toHaveAttribute('aria-expanded', 'false');
  await figure.click();
  await expect(page).toHaveURL(/waste=1/);
  const list = main.getByRole('region', { name: 'Avoidable spend' });
  await expect(list).toContainText('in 1 span of attempts that were tried again');
  await expect(list).toContainText('in 1 span that repeat an identical call');
  await expect(list.getByRole('row', { name: /Repeats the call of ask shelf/ })).toContainText('0.005');
  await expect(list.getByRole('row', { name: /tool\.run failed and was tried again by tool\.run/ })).toContainText('0.002');

  const rows = main.getByRole('treegrid').getByRole('row');
  await expect(rows.filter({ hasText: 'repeats' })).toHaveCount(1);
  await expect(main.getByRole('row', { name: /avoidable: failed and was tried again/ })).toHaveCount(1);

  await rows.filter({ hasText: 'repeats' }).click();
  const drawer = page.getByRole('complementary', { name: 'Span detail' });
  await expect(drawer).toContainText('Its cost was avoidable: repeats the call of ask shelf');
  await drawer.getByRole('note').getByRole('link', { name: 'ask shelf' }).click();
  await expect(page).toHaveURL(new RegExp(`span=${wasteful.spans[3].span_id}`));
  await expect(drawer).not.toContainText('Its cost was avoidable');
  await expect(list).toBeVisible();
});

test('the list opens and closes with the keyboard', async ({ page }) => {
  await open(page, `${server.url}/traces/${wasteful.trace_id}`);
  const figure = page.getByRole('link', { name: /46\.4%/ });
  await figure.focus();
  await page.keyboard.press('Enter');
  const list = page.getByRole('region', { name: 'Avoidable spend' });
  await expect(list).toBeVisible();
  await page.getByRole('link', { name: 'Close the list of avoidable spend' }).focus();
  await page.keyboard.press('Enter');
  await expect(list).toHaveCount(0);
});

test('the API says the same, and that it is part of the total', async ({ page }) => {
  const trace = await (await page.request.get(`${server.url}/api/v1/traces/${wasteful.trace_id}`)).json();
  expect(trace.avoidable_cost_usd).toBe(0.007);
  expect(trace.avoidable_cost_usd).toBeLessThan(trace.total_cost_usd);
  expect(trace.avoidable.by_reason.map((line: { reason: string }) => line.reason)).toEqual(['retried', 'repeated']);
  const [repeated, retried] = trace.avoidable.findings;
  expect(repeated.because.span_id).toBe(wasteful.spans[3].span_id);
  expect(repeated.spans[0].span_id).toBe(wasteful.spans[4].span_id);
  expect(retried.followed_by.span_id).toBe(wasteful.spans[2].span_id);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, `${server.url}/traces/${wasteful.trace_id}?waste=1&span=${wasteful.spans[4].span_id}`);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('figure and list fit', async ({ page }) => {
    await open(page, `${server.url}/traces/${wasteful.trace_id}?waste=1`);
    await expect(page.getByRole('region', { name: 'Avoidable spend' })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the figure opens the list by a plain link', async ({ page }) => {
    await page.goto(`${server.url}/traces/${wasteful.trace_id}`);
    await page.getByRole('link', { name: /46\.4%/ }).click();
    const list = page.getByRole('region', { name: 'Avoidable spend' });
    await list.getByRole('row', { name: /Repeats the call/ }).getByRole('link').last().click();
    await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('repeats the call of');
  });
});
