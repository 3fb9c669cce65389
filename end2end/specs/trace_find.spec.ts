// Clause: whatever is in a trace is found in it, filtered, zoomed into and set right, and every view is an address.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Server, expect, open, test } from '../harness/test.ts';
import { corpus } from '../harness/large.ts';
import { agentRun, type Trace } from '../harness/traffic.ts';
import { serverWith } from '../harness/settled.ts';

const BATCHES = 10;
const large = corpus(BATCHES);
/** Per batch the span that holds the chunks, and the calls in it. */
const NAMED_EMBED = BATCHES * (1 + 300);
const run = agentRun({ name: 'found', tenant: 'northwind', costUsd: 0.02, secondsAgo: 60, failing: true });
const number = (count: number) => count.toLocaleString('en-US');

/** A call of 100 ms whose 60 ms in another service were timed by a clock that is behind. */
function skewed(): Trace {
  const began = Date.now() - 90_000;
  const span = (id: string, parent: string | null, operation_name: string, service: string, from: number, to: number) => ({
    span_id: id.repeat(8),
    parent_span_id: parent && parent.repeat(8),
    operation_name,
    service,
    tenant: 'northwind',
    start_time: new Date(began + from).toISOString(),
    end_time: new Date(began + to).toISOString(),
    attributes: {},
  });
  const spans = [span('a1', null, 'POST /pay', 'shop', 0, 100), span('a2', 'a1', 'charge', 'bank', -12, 48)];
  return { trace_id: '5c1e'.repeat(8), spans };
}
const behind = skewed();

let server: Server;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await serverWith(large, run, behind);
});
test.afterAll(() => server.stop());

const page_of = (trace: Trace, query = '') => `${server.url}/traces/${trace.trace_id}${query}`;
const rows = (page: Page) => page.getByRole('treegrid').locator('[role=row][aria-level]');
const field = (page: Page) => page.getByRole('textbox', { name: 'Find in trace' });
const hits = (page: Page) => page.locator('.find .hits');
const shown = (page: Page) => page.locator('.wf-foot');

async function find(page: Page, text: string) {
  await field(page).fill(text);
  await field(page).press('Enter');
}

test('a word is found by name wherever it is, and stepped through', async ({ page }) => {
  await open(page, page_of(large));
  await page.keyboard.press('/');
  await expect(field(page)).toBeFocused();
  await find(page, 'embed');
  await expect(hits(page)).toHaveText(`1 of ${number(NAMED_EMBED)}`);
  await expect(page).toHaveURL(/find=embed/);
  await expect(page.locator('.wf-row.hit[tabindex="0"]')).toContainText('embed_chunks');
  await expect(page.locator('.wf-row.hit mark').first()).toHaveText('embed');
  await field(page).press('Enter');
  await expect(hits(page)).toHaveText(`2 of ${number(NAMED_EMBED)}`);
  const hit = page.locator('.wf-row.hit[tabindex="0"]');
  await expect(hit).toContainText('embeddings');
  await expect(hit, 'what was folded around it is open').toBeInViewport();
  await field(page).press('Shift+Enter');
  await expect(hits(page)).toHaveText(`1 of ${number(NAMED_EMBED)}`);
  await field(page).press('Shift+Enter');
  await expect(hits(page)).toHaveText(`${number(NAMED_EMBED)} of ${number(NAMED_EMBED)}`);
  await expect(page.locator('.wf-row.hit[tabindex="0"]')).toBeInViewport();
  await page.getByRole('button', { name: 'Next match' }).click();
  await expect(hits(page)).toHaveText(`1 of ${number(NAMED_EMBED)}`);
  await field(page).press('Escape');
  await expect(page.locator('.wf-row.hit:focus')).toContainText('embed_chunks');
});

test('an address with a find opens at the first that was found', async ({ page }) => {
  await open(page, page_of(large, '?find=%22turn%2099%22'));
  await expect(hits(page)).toHaveText(`1 of ${BATCHES}`);
  await expect(page.locator('.wf-row.hit[tabindex="0"]')).toBeInViewport();
  await expect(page.locator('.gutter .g-hit')).toHaveAttribute('d', /M0/);
});

test('conditions and attributes are found, and mistakes say what was expected', async ({ page }) => {
  await open(page, page_of(large));
  await find(page, 'status = error');
  await expect(hits(page)).toHaveText(`1 of ${2 * BATCHES}`);
  await open(page, page_of(run));
  await find(page, 'gen_ai.request.model = gpt-4o cost > 0.01');
  await expect(hits(page)).toHaveText('1 of 1');
  await expect(page.locator('.wf-row.hit')).toContainText('llm.generate');
  await find(page, 'overloaded');
  await expect(hits(page)).toHaveText('1 of 1');
  await find(page, 'gen_ai.usage.input_tokens > 5000');
  await expect(hits(page)).toHaveText('none');
  await find(page, 'duration > fast');
  await expect(page.locator('#find-note')).toContainText('expected a length of time such as 250ms or 1.5s after `duration >`, got `fast`');
  await find(page, '');
  await expect(page.locator('#find-note')).toBeEmpty();
  await expect(page).not.toHaveURL(/find=/);
});

test('only what weighs is shown, and what is hidden is said', async ({ page }) => {
  await open(page, page_of(large));
  await page.keyboard.press('f');
  const least = page.getByRole('textbox', { name: '% of the time' });
  await expect(least).toBeFocused();
  await least.fill('9');
  await least.press('Enter');
  await expect(page).toHaveURL(/min_time=9/);
  await expect(rows(page)).toHaveCount(1 + BATCHES);
  await expect(shown(page)).toContainText(/[\d,]+ rows under 9% of the time are hidden/);
  await open(page, page.url());
  await expect(rows(page)).toHaveCount(1 + BATCHES);
  await shown(page).getByRole('link', { name: 'Show all' }).click();
  await expect(shown(page)).not.toContainText('hidden');
});

test('the axis is zoomed by keys, by its ends and by a drag, and says what was spent', async ({ page }) => {
  await open(page, page_of(run));
  const start = page.getByRole('slider', { name: 'Zoom start' });
  await expect(start).toHaveAttribute('aria-valuetext', '0 ms');
  await start.focus();
  await page.keyboard.press('PageUp');
  await expect(start).toHaveAttribute('aria-valuetext', '90 ms');
  await expect(page.locator('.blabel')).toHaveText('810 ms of 900 ms · $0.0200');
  await expect(page).toHaveURL(/from=90ms/);
  await page.keyboard.press('Home');
  await expect(page).not.toHaveURL(/from=/);
  await rows(page).first().focus();
  await page.keyboard.press('+');
  // Until it is known to the last digit it says that it is not.
  await expect(page.locator('.blabel')).toHaveText(/450 ms of 900 ms · \$/);
  const label = await page.locator('.blabel').textContent();
  await open(page, page.url());
  await expect(page.locator('.blabel')).toHaveText(label ?? '');
  await rows(page).first().focus();
  await page.keyboard.press('0');
  await expect(page.locator('.blabel')).toHaveCount(0);
  const box = (await page.locator('.brush-layer').boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await expect(page.locator('.blabel')).toContainText(/22\d ms of 900 ms/);
  await expect(page.getByRole('columnheader', { name: /^Time from 4/ })).toBeVisible();
  await expect(rows(page), 'rows stay').toHaveCount(4);
});

test('the gutter shows the whole trace and goes anywhere in it', async ({ page }) => {
  await open(page, page_of(large));
  const gutter = page.locator('.gutter');
  await expect(gutter.locator('.g-err')).toHaveAttribute('d', /M0/);
  const box = (await gutter.boundingBox())!;
  await page.mouse.click(box.x + 8, box.y + box.height - 2);
  await expect(shown(page)).toContainText(/to 1,0[67]\d of 1,071/);
});

test('a clock that is behind is corrected and said, and the times as sent are one link away', async ({ page }) => {
  await open(page, page_of(behind));
  const main = page.getByRole('main');
  await expect(main).toContainText('1 span begins before what caused it: its clock is up to 32 ms behind, so it is shown shifted.');
  await expect(rows(page).nth(1)).toContainText('clock 32 ms behind, shifted');
  await expect(rows(page).nth(1)).toHaveAttribute('aria-label', /starts at 20 ms/);
  await main.getByRole('link', { name: 'Show times as sent' }).click();
  await expect(page).toHaveURL(/skew=off/);
  await expect(main).toContainText('Times are shown as they were sent.');
  await expect(rows(page).nth(1)).not.toContainText('behind');
  await expect(rows(page).nth(1)).toHaveAttribute('aria-label', /starts at 0 ns/);
});

test('a branch folds and opens with all below it, and a level folds everything', async ({ page }) => {
  await open(page, page_of(run));
  await rows(page).first().focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press('ArrowRight');
  await expect(rows(page), 'what is below stayed folded').toHaveCount(2);
  await page.keyboard.press('Shift+ArrowRight');
  await expect(rows(page)).toHaveCount(4);
  await page.locator('.fold-menu summary').click();
  await page.getByRole('link', { name: 'Fold below level 2' }).click();
  await expect(rows(page)).toHaveCount(2);
  await expect(page).toHaveURL(/fold=level2/);
});

test('keys walk the critical path', async ({ page }) => {
  await open(page, page_of(run));
  await rows(page).first().focus();
  for (const name of ['process_queue_message', 'execute_code_generator', 'llm.generate', 'orchestrate_task']) {
    await page.keyboard.press('p');
    await expect(page.locator('.wf-row:focus')).toContainText(name);
  }
  await page.getByRole('link', { name: 'Critical path' }).click();
  await expect(page).toHaveURL(/path=off/);
  await expect(page.locator('.wf-row .cp').first()).toBeHidden();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on a searched, filtered and zoomed trace in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, page_of(large, '?find=embed&min_time=1&from=1s&to=90s'));
    await page.locator('#least summary').click();
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`))).toEqual([]);
  });
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('what is found are links, the filter is a form, and the zoom is in the address', async ({ page }) => {
    await page.goto(page_of(run));
    await field(page).fill('status=error');
    await field(page).press('Enter');
    await expect(page).toHaveURL(/find=status%3Derror/);
    await expect(hits(page)).toHaveText('1 of 1');
    await page.getByRole('navigation', { name: 'Found spans' }).getByRole('link', { name: 'llm.generate' }).click();
    await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('llm.generate');
    await page.goto(page_of(large));
    await page.locator('#least summary').click();
    await page.getByRole('textbox', { name: '% of the time' }).fill('9');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(rows(page)).toHaveCount(1 + BATCHES);
    await page.goto(page_of(run, '?from=450ms'));
    await expect(page.locator('.blabel')).toContainText('450 ms of 900 ms');
  });
});
