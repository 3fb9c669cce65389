// Clause: at 390 px nothing but the waterfall scrolls sideways, and every place can still be reached.
import { expect, open, PAGES, test } from '../harness/test.ts';
import { sampleTrace } from '../harness/traffic.ts';

test.use({ viewport: { width: 390, height: 844 } });

for (const path of [...PAGES, `/traces/${sampleTrace.trace_id}`]) {
  test(`${path} fits a phone`, async ({ page, product }) => {
    await open(page, product.url + path);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(sideways).toBeLessThanOrEqual(0);
  });
}

test('the tab bar leads everywhere', async ({ page, product }) => {
  await open(page, product.url);
  const places = page.getByRole('navigation', { name: 'Places' });
  for (const place of ['Traces', 'Map', 'Costs', 'Alerts', 'Overview']) {
    await places.getByRole('link', { name: place }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(place);
  }
});
