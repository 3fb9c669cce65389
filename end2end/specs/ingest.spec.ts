// Clause: ingest health: who sends, what was refused and why, live, readable and reachable by anybody.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, open, test, type Server } from '../harness/test.ts';

/** Posts one span of OTLP JSON as a program with an SDK; with a bad id it is refused. */
async function post(server: Server, ids: { traceId: string; spanId: string }, program = 'shop-exporter/2.1'): Promise<void> {
  const now = Date.now();
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const resource = {
    attributes: [
      text('service.name', 'shop'),
      text('telemetry.sdk.name', 'opentelemetry'),
      text('telemetry.sdk.language', 'nodejs'),
      text('telemetry.sdk.version', '2.1.0'),
    ],
  };
  const span = {
    ...ids,
    name: 'checkout',
    startTimeUnixNano: `${now - 100}000000`,
    endTimeUnixNano: `${now}000000`,
  };
  const response = await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': program },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(response.status, await response.text()).toBe(200);
}

/** News that come while a page rests after a look are shown five seconds later. */
const NEWS = { timeout: 15_000 };

const GOOD = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const BAD = { traceId: 'not-a-trace', spanId: '00f067aa0ba902b7' };

test('a server nobody has sent to says so and where to send', async ({ page, untouched }) => {
  await open(page, `${untouched.url}/ingest`);
  const main = page.getByRole('main');
  await expect(main).toContainText('Nothing has come in since this server started');
  await expect(main).toContainText('Nothing was refused');
  await expect(main).toContainText(`${untouched.url}/api/v1/traces`);
  await main.getByRole('link', { name: 'how to send the first span' }).click();
  await expect(main).toContainText('OTEL_EXPORTER_OTLP_ENDPOINT');
});

test('senders and what was refused appear on an open page without a reload', async ({ page, untouched }) => {
  await open(page, `${untouched.url}/ingest`);
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
  await post(untouched, GOOD);
  const senders = page.getByRole('region', { name: 'Senders' });
  await expect(senders.getByRole('row', { name: /shop-exporter\/2\.1 from/ })).toContainText('OTLP JSON', NEWS);
  await expect(senders).toContainText('opentelemetry nodejs 2.1.0');

  await post(untouched, BAD);
  const refused = page.getByRole('region', { name: 'Refused' }).getByRole('row').filter({ hasText: BAD.spanId });
  await expect(refused).toContainText('traceId: expected 32 hex digits', NEWS);
  await expect(refused).toContainText('shop-exporter/2.1');
  await expect(page.getByRole('status').filter({ hasText: 'refused' })).toContainText(
    '1 span was refused in the last 10 minutes: with a bad id.',
  );
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true);
});

test('a reason and a sender narrow the list by links that can be shared', async ({ page, untouched }) => {
  await post(untouched, BAD);
  await post(untouched, { ...BAD, spanId: '00f067aa0ba902b8' }, 'another/1');
  await open(page, `${untouched.url}/ingest`);
  const rows = page.getByRole('region', { name: 'Refused' }).getByRole('row');
  await expect(rows).toHaveCount(3);
  await page.getByRole('row', { name: /another/ }).getByRole('link', { name: '1' }).click();
  await expect(page).toHaveURL(/sender=another/);
  await expect(rows).toHaveCount(2);
  await page.reload();
  await expect(rows).toHaveCount(2);
  await page.getByRole('link', { name: 'Show all' }).click();
  await expect(rows).toHaveCount(3);
  await page.getByRole('link', { name: 'Bad id' }).click();
  await expect(page).toHaveURL(/class=bad_id/);
  await expect(rows).toHaveCount(3);
});

test('the page is two keys away, and its tables are reached with tab', async ({ page, product }) => {
  await open(page, product.url);
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Ingest');
  await expect(page.getByRole('navigation', { name: 'Main' }).locator('[aria-current=page]')).toContainText('Ingest');
  const names: string[] = [];
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    names.push(await focused(page));
  }
  for (const name of ['Show as table', 'senders']) expect(names).toContain(name);
});

/** What has the focus: its text, or the id of what names it. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-labelledby') ?? element?.textContent?.trim() ?? '';
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test.describe(`at ${width} pixels in the ${colorScheme} theme`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('axe finds nothing on a page with refusals, and it fits', async ({ page, untouched }) => {
        await post(untouched, GOOD);
        await post(untouched, BAD);
        await open(page, `${untouched.url}/ingest`);
        await page.getByText('Show as table').click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' '))}`)).toEqual([]);
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(sideways).toBeLessThanOrEqual(0);
        const inside = await page.getByRole('group', { name: 'Refused' }).evaluate((box) => box.scrollWidth - box.clientWidth);
        expect(inside, 'the list itself is not wider than its panel').toBeLessThanOrEqual(0);
      });
    });
  }
}
