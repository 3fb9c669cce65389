// Clause: the opened span says everything that was sent, whatever it is, and how it compares.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, open, test, type Server } from '../harness/test.ts';

const TRACE = 'd4a3e7'.padEnd(32, '0');
const OTHER_TRACE = 'e5b4f8'.padEnd(32, '0');
const HOSTILE = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>';
const STACK = ['SandboxUnavailable: 502', ...Array.from({ length: 30 }, (_, line) => `  at tool_executor/step_${line}.py:${line}`)].join('\n');
const MEGABYTES = 5;

type Value = Record<string, unknown>;

/** A value as OTLP writes it. */
function value(of: unknown): Value {
  if (typeof of === 'string') return { stringValue: of };
  if (typeof of === 'number') return Number.isInteger(of) ? { intValue: of } : { doubleValue: of };
  if (Array.isArray(of)) return { arrayValue: { values: of.map(value) } };
  return { kvlistValue: { values: attributes(of as Record<string, unknown>) } };
}

function attributes(of: Record<string, unknown>): { key: string; value: Value }[] {
  return Object.entries(of).map(([key, member]) => ({ key, value: value(member) }));
}

const began = BigInt(Date.now() - 60_000) * 1_000_000n;
const at = (ms: number) => String(began + BigInt(ms) * 1_000_000n);

const IDS = {
  root: 'a'.repeat(16), llm: 'b'.repeat(16), older: 'c'.repeat(16), decision: 'd'.repeat(16), tool: 'e'.repeat(16),
  http: 'f'.repeat(16), db: '1'.repeat(16), queue: '2'.repeat(16), large: '3'.repeat(16), twice: '4'.repeat(16),
};

function span(step: keyof typeof IDS, name: string, of: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const first = Object.keys(IDS).indexOf(step) * 100;
  return {
    traceId: TRACE, spanId: IDS[step], parentSpanId: step === 'root' ? '' : IDS.root, name, kind: 3,
    startTimeUnixNano: at(first), endTimeUnixNano: at(step === 'root' ? 2_000 : first + 90),
    attributes: attributes(of), ...more,
  };
}

const call = [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }];
const usage = { 'gen_ai.usage.input_tokens': 1200, 'gen_ai.usage.output_tokens': 340, 'gen_ai.response.id': 'chatcmpl-1' };

const SPANS = [
  span('root', 'POST /answer', { tenant: 'acme', 'user.id': 'user_1' }),
  span('llm', 'chat gpt-4o', {
    'gen_ai.temperature.note': 'warm', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o',
    'gen_ai.request.temperature': 0.2, 'gen_ai.operation.name': 'chat', ...usage,
    'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
    'gen_ai.input.messages': [
      { role: 'user', parts: [{ type: 'text', content: `Rain? ${HOSTILE}` }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'call_1', name: 'weather', arguments: { city: 'Oslo' } }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', result: 'wet' }] },
    ],
    'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'text', content: 'Yes, take a coat.' }], finish_reason: 'stop' }],
    'api.key': '********',
  }),
  span('older', 'openai.chat', {
    'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-4o',
    'gen_ai.prompt.0.role': 'user', 'gen_ai.prompt.0.content': 'Snow?',
    'gen_ai.prompt.1.role': 'assistant', 'gen_ai.prompt.1.tool_calls.0.name': 'weather', 'gen_ai.prompt.1.tool_calls.0.arguments': '{"city":"Oslo"}',
    'gen_ai.completion.0.role': 'assistant', 'gen_ai.completion.0.content': 'No.', 'gen_ai.completion.0.finish_reason': 'stop',
  }),
  span('decision', 'ai_decision', {
    'decision.type': 'code_analysis', 'decision.confidence': 0.95, 'decision.result': 'Run the test alone first.',
    'decision.factors': '{"flaky": 0.7, "recent change": 0.3}', 'decision.alternatives': '[{"option":"edit first","confidence":0.61}]',
  }),
  span('tool', 'tool.test_runner', {
    'gen_ai.tool.name': 'test_runner', 'gen_ai.tool.call.id': 'call_9', 'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.call.arguments': JSON.stringify({ path: 'retry_test.rs', times: 3, why: 'it fails about one time in ten, nobody knows why' }),
    ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`custom.key_${n}`, `value ${n}`])),
  }, {
    status: { code: 2, message: 'sandbox is gone' },
    events: [{ timeUnixNano: at(410), name: 'exception', attributes: attributes({ 'exception.type': 'SandboxUnavailable', 'exception.message': `502 ${HOSTILE}`, 'exception.stacktrace': STACK }) }],
    links: [{ traceId: OTHER_TRACE, spanId: '9'.repeat(16), attributes: attributes({ 'link.why': 'retry of it' }) }],
  }),
  span('http', 'POST /run', { 'server.address': 'sandbox-eu-1', 'http.response.status_code': 502, 'http.route': '/run', 'http.request.method': 'POST' }),
  span('db', 'SELECT chunks', { 'db.query.text': `select id, text from chunks where document = $1 order by embedding <=> $2 limit 10 -- ${HOSTILE}`, 'db.system.name': 'postgresql' }),
  span('queue', 'task_queue publish', { 'messaging.message.id': 'm-1', 'messaging.destination.name': 'task_queue', 'messaging.system': 'kafka' }, { kind: 4 }),
  span('large', 'large', { 'large.value': 'x'.repeat(MEGABYTES << 20) }, {
    events: Array.from({ length: 1000 }, (_, n) => ({ timeUnixNano: at(800), name: `step ${n}`, attributes: [] })),
  }),
  span('twice', 'chat gpt-4o again', { 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4o', ...usage }),
];

/** Earlier traces of the operation, quicker than the one that is opened. */
const EARLIER = Array.from({ length: 25 }, (_, n) => ({
  traceId: String(n + 1).padStart(32, '7'), spanId: IDS.llm, name: 'chat gpt-4o', kind: 3,
  startTimeUnixNano: String(began - BigInt(n + 1) * 60_000_000_000n),
  endTimeUnixNano: String(began - BigInt(n + 1) * 60_000_000_000n + 20_000_000n),
  attributes: [],
}));

async function post(server: Server): Promise<void> {
  const resource = { attributes: attributes({ 'service.name': 'agent', 'host.name': 'node-1' }) };
  const scope = { name: 'opentelemetry.instrumentation.openai', version: '1.2' };
  for (const spans of [EARLIER, SPANS]) {
    const response = await fetch(`${server.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }),
    });
    expect(response.status, await response.text()).toBe(200);
  }
}

const drawer = (page: Page) => page.getByRole('complementary', { name: 'Span detail' });
const url = (server: Server, step: keyof typeof IDS) => `${server.url}/traces/${TRACE}?span=${IDS[step]}`;
const section = (page: Page, title: string) => drawer(page).locator('details.dsec').filter({ has: page.locator('summary span', { hasText: new RegExp(`^${title}$`) }) });

test.beforeEach(async ({ product }) => post(product));

test('a call of a model is told as a dialogue, in either dialect, and nothing in it is run or fetched', async ({ page, product }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await open(page, url(product, 'llm'));
  const told = section(page, 'Messages').locator('.dlg__m');
  await expect(told).toHaveCount(5);
  await expect(told.nth(0)).toContainText('Be brief.');
  await expect(told.nth(1)).toContainText(HOSTILE);
  await expect(told.nth(1)).toContainText('image/png · 3 B');
  await expect(told.nth(2)).toContainText('weather');
  await expect(told.nth(2).locator('.j-key')).toHaveText('"city"');
  await expect(told.nth(3)).toContainText('wet');
  await expect(told.nth(4)).toContainText('Yes, take a coat.');
  await expect(told.nth(4)).toContainText('stop');
  await expect(drawer(page)).toContainText('masked');
  await expect(drawer(page)).not.toContainText('****');
  const names = await section(page, 'AI call').locator('dt').allTextContents();
  expect(names.slice(0, 4)).toEqual(['gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.operation.name', 'gen_ai.usage.input_tokens']);
  await page.goto(url(product, 'older'));
  await expect(told).toHaveCount(3);
  await expect(told.nth(0)).toContainText('Snow?');
  await expect(told.nth(2)).toContainText('No.');
  expect(await page.title()).not.toContain('broken');
  expect(asked.filter((one) => !one.startsWith(product.url))).toEqual([]);
});

test('every sort of span has its section, what is well known first', async ({ page, product }) => {
  await open(page, url(product, 'decision'));
  const decision = section(page, 'Decision');
  for (const words of ['code_analysis', '0.95', 'Run the test alone first.', 'recent change', 'edit first', '0.61']) {
    await expect(decision).toContainText(words);
  }
  for (const [step, title, names] of [
    ['tool', 'Tool', ['gen_ai.tool.name', 'gen_ai.tool.call.id', 'gen_ai.tool.call.arguments']],
    ['http', 'HTTP', ['http.request.method', 'http.route', 'http.response.status_code', 'server.address']],
    ['db', 'Database', ['db.system.name', 'db.query.text']],
    ['queue', 'Messaging', ['messaging.destination.name', 'messaging.system', 'messaging.message.id']],
  ] as const) {
    await open(page, url(product, step));
    expect(await section(page, title).locator('dt').allTextContents()).toEqual([...names]);
  }
  await open(page, url(product, 'http'));
  await expect(section(page, 'HTTP').locator('.badge.crit')).toHaveText('502');
  await open(page, url(product, 'db'));
  await expect(section(page, 'Database').locator('pre').first()).toContainText(HOSTILE);
  await expect(section(page, 'Instrumentation')).toContainText('opentelemetry.instrumentation.openai');
  await expect(section(page, 'Resource')).toContainText('node-1');
});

test('an exception is read with its stack, and a link leads to the other trace', async ({ page, product }) => {
  await open(page, url(product, 'tool'));
  const exception = section(page, 'Exception');
  await expect(exception).toContainText('SandboxUnavailable');
  await expect(exception).toContainText(HOSTILE);
  await expect(exception.getByText('step_29.py')).toBeHidden();
  await exception.getByText('23 lines more').click();
  await expect(exception.getByText('step_29.py')).toBeVisible();
  await expect(section(page, 'Events')).toContainText('+10 ms');
  const link = section(page, 'Links').getByRole('link').first();
  await expect(link).toHaveAttribute('href', `/traces/${OTHER_TRACE}?span=${'9'.repeat(16)}`);
});

test('values are found, copied and filtered by', async ({ page, product, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, url(product, 'tool'));
  await drawer(page).getByRole('searchbox', { name: 'Find an attribute' }).fill('KEY_11');
  await expect(drawer(page).locator('.kv-row:visible')).toHaveCount(1);
  await expect(drawer(page)).toContainText('1 found');
  await drawer(page).getByRole('button', { name: 'Copy custom.key_11' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('value 11');
  await drawer(page).getByRole('searchbox').fill('');
  await section(page, 'Exception').getByRole('button', { name: 'Copy stack' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(STACK);
  await open(page, url(product, 'root'));
  await drawer(page).getByRole('link', { name: 'Traces with this user.id' }).click();
  await expect(page).toHaveURL(/\/traces\?from=.*user=user_1/);
  await expect(page.getByRole('main').getByRole('link', { name: /POST \/answer/ }).first()).toBeVisible();
});

test('what is very large is cut, says so, and is whole at its own address', async ({ page, product }) => {
  const response = await page.goto(url(product, 'large'));
  expect((await response?.body())?.length).toBeLessThan(1_000_000);
  const large = section(page, 'Attributes');
  await expect(large).toContainText(/600 B of 5(\.00)? MB/);
  await expect(section(page, 'Events')).toContainText('900 events more not shown here');
  const href = await large.getByRole('link', { name: 'Show all' }).getAttribute('href');
  const whole = await page.request.get(product.url + href);
  expect(whole.headers()['content-type']).toContain('text/plain');
  expect((await whole.body()).length).toBe(MEGABYTES << 20);
  const json = await (await page.request.get(`${product.url}/api/v1/traces/${TRACE}/spans/${IDS.large}`)).json();
  expect(json.events).toHaveLength(1000);
});

test('a span is compared with earlier ones, and one told twice leads to the one that counts', async ({ page, product }) => {
  await open(page, url(product, 'llm'));
  await expect(drawer(page)).toContainText(/Slower than 100% of 2\d earlier chat gpt-4o in 2\d min \(p50 20/);
  await open(page, url(product, 'db'));
  await expect(drawer(page)).not.toContainText('Slower than');
  const both = await Promise.all(['llm', 'twice'].map(async (step) => {
    const answer = await page.request.get(`${product.url}/api/v1/traces/${TRACE}/spans/${IDS[step as keyof typeof IDS]}`);
    return [step, (await answer.json()).cost_verdict];
  }));
  const [twice] = both.find(([, verdict]) => verdict === 'told twice') ?? [];
  expect(twice, JSON.stringify(both)).toBeTruthy();
  await open(page, url(product, twice as keyof typeof IDS));
  await section(page, 'Cost').getByRole('link', { name: /chat gpt-4o/ }).click();
  await expect(page).toHaveURL(new RegExp(`span=${twice === 'llm' ? IDS.twice : IDS.llm}`));
});

test('by keyboard the drawer leads from span to span and keeps the focus', async ({ page, product }) => {
  await open(page, url(product, 'decision'));
  const around = drawer(page).getByRole('navigation', { name: 'Spans around this one' });
  await expect(around).toContainText('Level 2 · 3 of 9 siblings');
  await around.getByRole('link', { name: /^Next sibling: tool.test_runner/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`span=${IDS.tool}`));
  await expect(around.getByRole('link', { name: /^Next sibling: POST \/run/ })).toBeFocused();
  await around.getByRole('link', { name: /^Parent: POST \/answer/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`span=${IDS.root}`));
  await expect(drawer(page).getByRole('heading', { name: 'POST /answer' })).toBeFocused();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test.describe(`at ${width} pixels in the ${colorScheme} theme`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('axe finds nothing in the drawer, and it fits', async ({ page, product }) => {
        // Four pages, each looked over as a whole.
        test.slow();
        for (const step of ['llm', 'tool', 'decision', 'large'] as const) {
          await open(page, url(product, step));
          const { violations } = await new AxeBuilder({ page }).include('.drawer').analyze();
          expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' '))}`)).toEqual([]);
          const wide = await drawer(page).evaluate((box) => box.scrollWidth - box.clientWidth);
          expect(wide, 'nothing is wider than the drawer').toBeLessThanOrEqual(0);
        }
      });
    });
  }
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('the drawer is a sheet that is read to its end, and a tap closes it', async ({ page, product }) => {
    await open(page, url(product, 'llm'));
    const body = page.getByRole('region', { name: 'What the span says' });
    expect((await body.boundingBox())!.height, 'there is room to read').toBeGreaterThan(200);
    const last = body.locator('summary').last();
    await last.evaluate((summary) => summary.scrollIntoView({ block: 'end' }));
    expect(await page.locator('main').evaluate((main) => main.scrollTop), 'the sheet scrolls, not what is below it').toBe(0);
    await expect(last).toBeInViewport();
    await last.tap();
    await page.getByRole('link', { name: 'Close (Esc)' }).tap();
    await expect(page.getByRole('complementary', { name: 'Span detail' })).toHaveCount(0);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the drawer is read, and its links lead on', async ({ page, product }) => {
    await page.goto(url(product, 'decision'));
    await expect(drawer(page)).toContainText('Run the test alone first.');
    await expect(drawer(page).getByText('Find an attribute')).toBeHidden();
    await drawer(page).getByRole('link', { name: /^Next sibling/ }).click();
    await expect(drawer(page)).toContainText('SandboxUnavailable');
    await drawer(page).getByText('23 lines more').click();
    await expect(drawer(page).getByText('step_29.py')).toBeVisible();
  });
});
