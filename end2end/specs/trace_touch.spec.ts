// Clause: every interaction of a trace works by touch: rows, folds, the brush, the gutter, every view and what is on it.
import type { CDPSession, Locator, Page } from '@playwright/test';
import { corpus } from '../harness/large.ts';
import { type Server, expect, open, test } from '../harness/test.ts';
import { agentRun, send, type Trace } from '../harness/traffic.ts';
import { serverWith } from '../harness/settled.ts';

const large = corpus(10);
const run = agentRun({ name: 'touched', tenant: 'northwind', costUsd: 0.02, secondsAgo: 60, failing: true });
const other = agentRun({ name: 'touched before', tenant: 'northwind', costUsd: 0.01, secondsAgo: 90 });

let server: Server;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await serverWith(large, run, other);
});
test.afterAll(() => server.stop());

const page_of = (trace: Trace, query = '') => `${server.url}/traces/${trace.trace_id}${query}`;
const rows = (page: Page) => page.getByRole('treegrid').locator('[role=row][aria-level]');
const drawer = (page: Page) => page.getByRole('complementary', { name: 'Span detail' });

/** A finger goes down on an element, a part of its width from the left, moves to another and lets go. */
async function dragged(page: Page, on: Locator, from: number, to: number): Promise<void> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const box = (await on.boundingBox())!;
  const at = (part: number) => [{ x: box.x + box.width * part, y: box.y + box.height / 2 }];
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints });
  await send('touchStart', at(from));
  for (let step = 1; step <= 5; step++) await send('touchMove', at(from + ((to - from) * step) / 5));
  await send('touchEnd', []);
}

for (const [device, viewport] of [['phone', { width: 390, height: 844 }], ['tablet', { width: 1024, height: 1366 }]] as const) {
  test.describe(`on a ${device}`, () => {
    test.use({ viewport, hasTouch: true });

    test('rows fold and open, and a span opens and closes', async ({ page }) => {
      await open(page, page_of(run));
      await expect(rows(page)).toHaveCount(4);
      await rows(page).nth(1).locator('.caret').tap();
      await expect(rows(page)).toHaveCount(2);
      await rows(page).nth(1).locator('.caret').tap();
      await expect(rows(page)).toHaveCount(4);
      await rows(page).nth(3).getByText('llm.generate').tap();
      await expect(drawer(page)).toContainText('gpt-4o');
      await drawer(page).getByRole('link', { name: 'Close (Esc)' }).tap();
      await expect(drawer(page)).toHaveCount(0);
    });

    test('the axis is zoomed by drawing over the strip, moved by its end, and whole again after a double tap', async ({ page }) => {
      await open(page, page_of(run));
      const layer = page.locator('.brush-layer');
      await dragged(page, layer, 0.5, 0.75);
      await expect(page.locator('.blabel')).toContainText(/22\d ms of 900 ms/);
      await expect(page).toHaveURL(/from=/);
      await dragged(page, layer, 0.75, 0.9);
      await expect(page.locator('.blabel')).toContainText(/3[56]\d ms of 900 ms/);
      const box = (await layer.boundingBox())!;
      for (let tap = 0; tap < 2; tap++) await page.touchscreen.tap(box.x + box.width * 0.3, box.y + box.height / 2);
      await expect(page.locator('.blabel')).toHaveCount(0);
    });

    test('similar spans unfold, something is found, and only what weighs is shown', async ({ page }) => {
      await open(page, page_of(large));
      await rows(page).filter({ hasText: /similar/ }).first().tap();
      await expect(page).toHaveURL(/open=x/);
      await page.getByTitle('Show only what weighs (f)').tap();
      await page.getByLabel('% of the money').fill('5');
      await page.getByRole('button', { name: 'Show', exact: true }).tap();
      await expect(page).toHaveURL(/min_cost=5/);
      await page.getByTitle('Show only what weighs (f)').tap();
      await page.locator('#least').getByRole('link', { name: 'Show all' }).tap();
      await expect(page).not.toHaveURL(/min_cost/);
    });

    test('every view is a tap away, and so is what is on it', async ({ page }) => {
      await open(page, page_of(run));
      const tab = (name: string) => page.getByRole('tab', { name });
      await tab('Flame').tap();
      const time = page.getByRole('group', { name: 'Spans by the time they took' });
      await time.getByRole('link', { name: /^execute_code_generator/ }).tap();
      await expect(page).toHaveURL(/root=/);
      await page.getByRole('link', { name: 'Close (Esc)' }).tap();
      await tab('Graph').tap();
      await page.getByRole('table', { name: 'Nodes' }).getByRole('link', { name: 'Spans of gpt-4o' }).tap();
      await expect(page.getByRole('heading', { name: 'Spans of gpt-4o' })).toBeVisible();
      await tab('Table').tap();
      await page.getByRole('link', { name: 'Operation', exact: true }).tap();
      await expect(page.getByRole('columnheader', { name: 'Operation' })).toBeVisible();
      await tab('JSON').tap();
      await page.getByRole('tabpanel').getByRole('link', { name: 'OTLP' }).tap();
      await expect(page.getByRole('tabpanel')).toContainText('"resourceSpans"');
      await tab('Conversation').tap();
      await expect(tab('Conversation')).toHaveAttribute('aria-selected', 'true');
    });

    test('two traces are compared', async ({ page }) => {
      await open(page, page_of(run));
      await page.getByRole('link', { name: 'Compare' }).tap();
      await page.getByRole('link', { name: 'Cheapest', exact: true }).tap();
      await expect(page).toHaveURL(new RegExp(`a=${run.trace_id}&b=${other.trace_id}`));
      await expect(page.getByRole('region', { name: 'B compared with A' })).toBeVisible();
    });
  });
}

test.describe('on a tablet', () => {
  test.use({ viewport: { width: 1024, height: 1366 }, hasTouch: true });

  test('the gutter goes anywhere, a level folds everything, and bars are coloured by what they cost', async ({ page }) => {
    await open(page, page_of(large));
    const box = (await page.locator('.gutter').boundingBox())!;
    await page.touchscreen.tap(box.x + 8, box.y + box.height - 2);
    await expect(page.locator('.wf-foot')).toContainText(/to 1,0[67]\d of 1,071/);
    await page.locator('.fold-menu summary').tap();
    await page.getByRole('link', { name: 'Fold below level 2' }).tap();
    await expect(page).toHaveURL(/fold=level2/);
    await page.getByRole('navigation', { name: 'Colour bars by' }).getByRole('link', { name: 'Cost' }).tap();
    await expect(page).toHaveURL(/color=cost/);
    await page.locator('.path-toggle').tap();
    await expect(page).toHaveURL(/path=off/);
  });
});
