// Clause: what was said in a trace reads in order, with what each turn cost; history that is sent again is shown once.
import AxeBuilder from '@axe-core/playwright';
import { expect, open, type Server, test } from '../harness/test.ts';
import { type Span, type Trace } from '../harness/traffic.ts';
import { serverWith } from '../harness/settled.ts';

type Said = { role: string; parts: object[] };

const text = (role: string, content: string): Said => ({ role, parts: [{ type: 'text', content }] });

/** An agent that asks a tool which fails, and answers all the same; then `more` short questions. */
function dialogue(mark: string, more: number): Trace {
  const began = Date.now() - 120_000;
  const at = (offsetMs: number) => new Date(began + offsetMs).toISOString();
  const id = (number: number) => mark.repeat(3) + number.toString(16).padStart(4, '0');
  const spans: Span[] = [];
  const span = (operation_name: string, from: number, attributes: Record<string, string | number>, failed = false) => {
    const number = spans.length + 1;
    spans.push({
      span_id: id(number),
      parent_span_id: number === 1 ? null : id(1),
      operation_name,
      service: 'assistant',
      tenant: 'brightcart',
      start_time: at(from),
      end_time: at(from + 80),
      ...(failed && { status: { code: 'ERROR', message: 'the index is away' } }),
      attributes,
    });
  };
  const history: Said[] = [text('system', 'You answer customers of the shop.'), text('user', 'Where is my parcel?')];
  const call = (from: number, cost_usd: number, answer: Said) => {
    const model = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o', 'gen_ai.usage.input_tokens': 120, 'gen_ai.usage.output_tokens': 20 };
    span('chat gpt-4o', from, { ...model, cost_usd, 'gen_ai.input.messages': JSON.stringify(history), 'gen_ai.output.messages': JSON.stringify([answer]) });
    history.push(answer);
  };
  span('handle', 0, { cost_usd: 0.0002 });
  call(10, 0.001, { role: 'assistant', parts: [{ type: 'text', content: 'Let me look.' }, { type: 'tool_call', id: 'call_1', name: 'find_parcel', arguments: { order: 17 } }] });
  span('find_parcel', 100, { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'find_parcel', 'gen_ai.tool.call.arguments': '{"order":17}', cost_usd: 0.0005 }, true);
  history.push({ role: 'tool', parts: [{ type: 'tool_call_response', id: 'call_1', response: 'the index is away' }] });
  call(200, 0.002, text('assistant', 'I cannot see it right now.'));
  for (let question = 0; question < more; question++) {
    history.push(text('user', `Question ${question}?`));
    call(300 + question * 100, 0.001, text('assistant', `Answer ${question}.`));
  }
  return { trace_id: mark.repeat(8), spans };
}

const short = dialogue('c0a1', 0);
const long = dialogue('c0a2', 60);

let server: Server;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await serverWith(short, long);
});
test.afterAll(() => server.stop());

const url = (trace: Trace, more = '') => `/traces/${trace.trace_id}?tab=conversation${more}`;

test('the dialogue reads in order, once, with what it cost', async ({ page }) => {
  await open(page, `${server.url}/traces/${short.trace_id}`);
  await page.getByRole('tab', { name: 'Conversation 2' }).click();
  const conversation = page.getByRole('region', { name: 'What was said' });
  await expect(conversation.getByText('Where is my parcel?')).toHaveCount(1);
  await expect(conversation.getByText('Let me look.')).toHaveCount(1);
  await expect(conversation).toContainText('3 messages of before, sent again');
  const turns = conversation.getByRole('article');
  await expect(turns.filter({ hasText: 'I cannot see it right now.' })).toContainText('0.00350');
  const failed = turns.filter({ hasText: 'failed' });
  await expect(failed).toContainText('find_parcel');
  await expect(failed).toContainText('the index is away');
  await expect(conversation).toContainText('2 model calls and 1 tool call cost $0.0035; all other spans of the trace $0.0002');
});

test('a prompt and a tool are folded, and a turn opens its span, with the keyboard', async ({ page }) => {
  await open(page, server.url + url(short));
  const conversation = page.getByRole('region', { name: 'What was said' });
  const prompt = conversation.locator('summary').filter({ hasText: 'You answer customers' });
  await prompt.focus();
  await page.keyboard.press('Enter');
  await expect(conversation.getByRole('paragraph').filter({ hasText: 'You answer customers of the shop.' })).toBeVisible();
  const argumentsOfTool = conversation.locator('details').filter({ hasText: 'find_parcel' }).first();
  await expect(argumentsOfTool.locator('pre')).toBeHidden();
  await argumentsOfTool.locator('summary').click();
  await expect(argumentsOfTool.locator('pre')).toContainText('"order": 17');
  await conversation.getByRole('link', { name: /Open the span of gpt-4o at/ }).first().focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`tab=conversation.*|span=${short.spans[1].span_id}`));
  await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('chat gpt-4o');
  await expect(conversation).toBeVisible();
});

test('a long dialogue comes in pages, and the tab runs on', async ({ page }) => {
  await open(page, server.url + url(long));
  const conversation = page.getByRole('region', { name: 'What was said' });
  await expect(conversation).toContainText('Turns 1 to 25 of 63');
  await conversation.getByRole('link', { name: 'Next page' }).click();
  await expect(conversation).toContainText('Turns 26 to 50 of 63');
  await expect(conversation).toContainText('25 turns before this page cost $0.0255');
  await expect(conversation.getByText('Question 22?')).toHaveCount(1);
  await expect(conversation.getByText('Question 21?')).toHaveCount(0);
  await conversation.getByRole('link', { name: 'Previous page' }).click();
  await expect(conversation).toContainText('Turns 1 to 25 of 63');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, server.url + url(short, `&span=${short.spans[1].span_id}`));
    for (const summary of await page.locator('.conv summary').all()) await summary.click();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the dialogue fits', async ({ page }) => {
    await open(page, server.url + url(short));
    await expect(page.getByText('I cannot see it right now.').first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('pages and spans are plain links', async ({ page }) => {
    await page.goto(server.url + url(long, '&page=3'));
    await expect(page.getByText('Answer 59.').first()).toBeVisible();
    await page.getByRole('link', { name: /Open the span of gpt-4o/ }).last().click();
    await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('chat gpt-4o');
    await expect(page.getByText('Answer 59.').first()).toBeVisible();
  });
});
