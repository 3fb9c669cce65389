// Clause: a trace leaves in the formats of other tools.
import { readFile } from 'node:fs/promises';
import { expect, open, test } from '../harness/test.ts';
import { sampleTrace } from '../harness/traffic.ts';

const traceId = sampleTrace.trace_id;

for (const [format, words, spansOf] of [
  ['otlp', /OTLP/, (file: any) => file.resourceSpans.flatMap((group: any) => group.scopeSpans[0].spans)],
  ['jaeger', /Jaeger/, (file: any) => file.data[0].spans],
] as const) {
  test(`a trace is downloaded in the format ${format}, with the keyboard`, async ({ page, product }) => {
    await open(page, `${product.url}/traces/${traceId}`);
    await page.getByText('Download', { exact: true }).focus();
    await page.keyboard.press('Enter');
    const link = page.getByRole('link', { name: words });
    await expect(link).toBeVisible();
    await link.focus();
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toBe(`trace-${traceId}.${format}.json`);
    const file = JSON.parse(await readFile(await download.path(), 'utf8'));
    expect(spansOf(file)).toHaveLength(3);
    expect(file.partial).toEqual([]);
  });
}
