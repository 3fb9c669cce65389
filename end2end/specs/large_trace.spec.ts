// Clause: a trace of any size opens, scrolls and folds, and says what is shown of how much.
import type { Locator, Page } from '@playwright/test';
import { type Server, expect, open, test } from '../harness/test.ts';
import { chain, corpus } from '../harness/large.ts';
import { serverWith } from '../harness/settled.ts';

const BATCHES = 25;
const large = corpus(BATCHES);
const deep = chain(10_000);
/** Calls of a batch in one row: not the two that failed, nor the two on the critical path. */
const SIMILAR = 296;
/** Per batch a row for itself, one for the chunks, one for the similar calls, one for each that stays out of it, and the turns. */
const VISIBLE = 1 + BATCHES * (1 + 1 + 1 + 4 + 100);
const number = (count: number) => count.toLocaleString('en-US');

let server: Server;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await serverWith(large, deep);
});
test.afterAll(() => server.stop());

const rows = (page: Page) => page.getByRole('treegrid').locator('[role=row][aria-level]');
const row = (page: Page, name: RegExp): Locator => rows(page).filter({ hasText: name }).first();
const shown = (page: Page) => page.locator('.wf-foot');
const place = (page: Page, at: number) => page.getByRole('treegrid').locator(`[role=row][aria-rowindex="${at + 1}"]`);
const scrollTo = (page: Page, share: number) =>
  page.locator('.wf-scroll').evaluate((element, share) => (element.scrollTop = (element.scrollHeight - element.clientHeight) * share), share);

test('similar spans are one row, and it is said what is shown of how much', async ({ page }) => {
  await open(page, `${server.url}/traces/${large.trace_id}`);
  await expect(shown(page)).toContainText(new RegExp(`Rows 1 to \\d+ of ${number(VISIBLE)}`));
  await expect(shown(page)).toContainText(`${number(BATCHES * SIMILAR)} spans folded into ${BATCHES} groups`);
  await expect(page.getByRole('treegrid')).toHaveAttribute('aria-rowcount', String(VISIBLE + 1));
  const similar = row(page, new RegExp(`×${SIMILAR} similar`));
  await expect(similar).toHaveAttribute('aria-expanded', 'false');
  await expect(similar).toContainText(/p50 40 ms · max 40 ms/);
  expect(await rows(page).count(), 'only what is in sight is drawn').toBeLessThan(120);
});

test('a group opens and closes, and its address keeps that', async ({ page }) => {
  await open(page, `${server.url}/traces/${large.trace_id}`);
  await row(page, new RegExp(`×${SIMILAR} similar`)).click();
  await expect(shown(page)).toContainText(`of ${number(VISIBLE + SIMILAR)}`);
  await expect(page).toHaveURL(/open=x/);
  await open(page, page.url());
  await expect(shown(page)).toContainText(`of ${number(VISIBLE + SIMILAR)}`);
  await expect(row(page, new RegExp(`×${SIMILAR} similar`))).toHaveAttribute('aria-expanded', 'true');
  await row(page, new RegExp(`×${SIMILAR} similar`)).click();
  await expect(shown(page)).toContainText(`of ${number(VISIBLE)}`);
  await expect(page).not.toHaveURL(/open=/);
});

test('all rows unfold at once and scroll to the middle and to the end', async ({ page }) => {
  await open(page, `${server.url}/traces/${large.trace_id}`);
  await page.getByRole('link', { name: 'Unfold all' }).click();
  const all = large.spans.length + BATCHES;
  await expect(shown(page)).toContainText(`of ${number(all)}`);
  await expect(shown(page)).not.toContainText('folded into');
  await scrollTo(page, 0.5);
  await expect(place(page, Math.round(all / 2))).toBeVisible();
  await expect(page.locator('.wf-row.waiting')).toHaveCount(0);
  await scrollTo(page, 1);
  await expect(row(page, /turn 99/)).toBeInViewport();
  await expect(shown(page)).toContainText(`to ${number(all)} of ${number(all)}`);
  await scrollTo(page, 0);
  await expect(row(page, /reindex_corpus/)).toBeInViewport();
});

test('rows that rush past are drawn in brief, and whole in the same place as soon as scrolling rests', async ({ page }) => {
  await open(page, `${server.url}/traces/${large.trace_id}`);
  const leaps = await page.locator('.wf-scroll').evaluate(async (element) => {
    const leaps: { id: string; left: number }[][] = [];
    const left = (row: Element) => row.querySelector('.op')!.getBoundingClientRect().left;
    while (leaps.length < 20 && !leaps.at(-1)?.length) {
      element.scrollTop += 1_000;
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      leaps.push([...element.querySelectorAll('.wf-row.brief')].map((row) => ({ id: row.id, left: left(row) })));
    }
    return leaps;
  });
  expect(leaps[0], 'after a single leap rows are whole').toEqual([]);
  const brief = leaps.at(-1)!;
  expect(brief.length).toBeGreaterThan(10);
  await expect(page.locator('.wf-row.brief')).toHaveCount(0);
  const whole = page.locator(`[id="${brief[10].id}"]`);
  await expect(whole.locator('.wf-c')).toHaveCount(2);
  expect((await whole.locator('.op').boundingBox())!.x).toBeCloseTo(brief[10].left, 0);
});

test('keys go past the rows that are here, and a span is opened there', async ({ page }) => {
  await open(page, `${server.url}/traces/${large.trace_id}`);
  await rows(page).first().focus();
  await page.keyboard.press('End');
  await expect(place(page, VISIBLE)).toBeFocused();
  await expect(place(page, VISIBLE)).toContainText('turn 99');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('turn 99');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowLeft');
  await expect(row(page, /batch 24/)).toBeFocused();
  await page.keyboard.press('Home');
  await expect(row(page, /reindex_corpus/)).toBeFocused();
  for (let step = 0; step < 70; step++) await page.keyboard.press('j');
  await expect(place(page, 71)).toBeFocused();
});

test('the next error is found wherever it is', async ({ page }) => {
  await open(page, `${server.url}/traces/${large.trace_id}?fold=all`);
  await expect(shown(page)).toContainText('rows folded away');
  await page.keyboard.press('E');
  const failed = page.locator('.wf-row.err:focus');
  await expect(failed).toBeInViewport();
  await expect(failed).toContainText('embeddings');
});

test('a span in a group is shown where it stands when its address is opened', async ({ page }) => {
  const hidden = large.spans.findLast((span) => span.operation_name === 'embeddings')!;
  await open(page, `${server.url}/traces/${large.trace_id}?span=${hidden.span_id}`);
  await expect(page.locator('.wf-row[aria-selected="true"]')).toBeInViewport();
  await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText(hidden.span_id);
});

test('a chain of ten thousand levels opens and ends', async ({ page }) => {
  await open(page, `${server.url}/traces/${deep.trace_id}`);
  await rows(page).first().focus();
  await page.keyboard.press('End');
  const last = place(page, 10_000);
  await expect(last).toBeFocused();
  await expect(last).toHaveAttribute('aria-level', '10000');
  await expect(last).toContainText('level 9999');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the head, the first rows, the next ones and the detail of a span are pages', async ({ page }) => {
    await page.goto(`${server.url}/traces/${large.trace_id}`);
    await expect(page.getByRole('main')).toContainText('reindex_corpus');
    await expect(shown(page)).toContainText(`Rows 1 to 60 of ${number(VISIBLE)}`);
    await page.getByRole('link', { name: 'Next rows' }).click();
    await expect(shown(page)).toContainText(`Rows 61 to 120 of ${number(VISIBLE)}`);
    await page.getByRole('treegrid').getByRole('link', { name: /^turn/ }).first().click();
    await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('code-analyst');
    await page.goto(`${server.url}/traces/${large.trace_id}`);
    await row(page, new RegExp(`×${SIMILAR} similar`)).getByRole('link', { name: 'Unfold' }).click();
    await expect(shown(page)).toContainText(`of ${number(VISIBLE + SIMILAR)}`);
  });
});
