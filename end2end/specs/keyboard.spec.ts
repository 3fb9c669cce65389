// Clause: everything can be reached and done from the keyboard.
import { expect, open, test } from '../harness/test.ts';
import { sampleTrace } from '../harness/traffic.ts';

test('the first tab stop skips the navigation', async ({ page, product }) => {
  await open(page, product.url);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#main$/);
});

test('two keys go anywhere', async ({ page, product }) => {
  await open(page, product.url);
  for (const [key, place] of [['t', 'Traces'], ['m', 'Map'], ['c', 'Costs'], ['a', 'Alerts'], ['o', 'Overview']] as const) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(place);
  }
});

test('the keys are listed, and the list closes with escape', async ({ page, product }) => {
  await open(page, product.url);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys' });
  await expect(help).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
});

test('a trace can be walked, folded and opened with the arrows', async ({ page, product }) => {
  await open(page, `${product.url}/traces/${sampleTrace.trace_id}`);
  const rows = page.getByRole('treegrid').locator('[role=row][aria-level]');
  await rows.first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(rows).toHaveCount(2);
  await page.keyboard.press('ArrowRight');
  await expect(rows).toHaveCount(3);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Span detail' })).toContainText('process_queue_message');
  await page.keyboard.press('Escape');
  await expect(rows.nth(1)).toBeFocused();
});

test('a letter typed into a field is a letter', async ({ page, product }) => {
  await open(page, `${product.url}/traces`);
  await page.keyboard.press('/');
  await page.keyboard.type('gt?');
  await expect(page).toHaveURL(/\/traces$/);
  await expect(page.getByRole('dialog')).toBeHidden();
});
