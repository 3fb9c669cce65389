// Clause: a price refresh with a broken file keeps the old book and says why; re-pricing shows a table, applies, and the books balance.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, listen, open, Server, test } from '../harness/test.ts';
import { agentRun, send, until, type Trace } from '../harness/traffic.ts';

/** A server whose rules are in a folder of their own. */
async function withRules(prices: string, during: (server: Server, file: string) => Promise<void>): Promise<void> {
  const rules = await mkdtemp(join(tmpdir(), 'tracetab-rules-'));
  const file = join(rules, 'prices.yaml');
  await writeFile(file, prices);
  const server = await Server.start({ TRACETAB_RULES: rules });
  try {
    await during(server, file);
  } finally {
    await server.stop();
    await rm(rules, { recursive: true, force: true });
  }
}

/** Runs that leave their cost to the price book. */
function unreported(model: string, count: number): Trace[] {
  return Array.from({ length: count }, (_, number) => {
    const tenant = number % 2 ? 'northwind' : 'acme-robotics';
    const trace = agentRun({ name: `${model} ${number}`, tenant, costUsd: 0, secondsAgo: 300 + number });
    for (const span of trace.spans) delete span.attributes.cost_usd;
    trace.spans[3].attributes['gen_ai.request.model'] = model;
    return trace;
  });
}

async function balance(server: Server): Promise<{ balanced: boolean; total_cost_usd: number; by: Record<string, number> }> {
  return (await fetch(`${server.url}/api/v1/balance`)).json();
}

const PRICES = 'prices:\n  - {model: acme-large, input_per_million: 1, output_per_million: 2}\n';

test('a broken price file is told, and calls are priced again once it is mended', async ({ page }) => {
  await withRules(PRICES, async (server, file) => {
    await send(server.url, ...unreported('acme-large', 12));
    const before = await balance(server);

    await writeFile(file, 'prices: free');
    await until('the file to be found broken', async () => {
      const { file } = await (await fetch(`${server.url}/api/v1/prices`)).json();
      return file.problem ?? undefined;
    });
    await open(page, `${server.url}/settings`);
    const main = page.getByRole('main');
    await expect(main).toContainText('The price file cannot be used');
    await expect(main).toContainText('1 USD per million input tokens');

    await writeFile(file, PRICES.replace('input_per_million: 1', 'input_per_million: 3'));
    await until('the file to be taken over', async () => {
      const { file } = await (await fetch(`${server.url}/api/v1/prices`)).json();
      return !file.problem || undefined;
    });
    await main.getByRole('link', { name: 'Price again' }).click();
    await main.getByRole('button', { name: 'Look what would change' }).click();
    const table = main.getByRole('table');
    await expect(table).toContainText('acme-robotics');
    await expect(table).toContainText('northwind');
    const form = main.locator('form').filter({ has: page.getByRole('button', { name: 'Apply' }) });
    expect((await balance(server)).by).toEqual(before.by);
    await form.getByLabel('Your name').fill('Robin');
    await form.getByLabel('Note').fill('The contract of May');
    await form.getByRole('button', { name: 'Apply' }).click();
    await expect(main).toContainText('12 calls were given another price by Robin');
    await expect(main.getByRole('region', { name: 'History' })).toContainText('The contract of May');

    const after = await balance(server);
    expect(after.balanced).toBe(true);
    // 12 calls of 1,200 input tokens, each two dollars per million dearer.
    expect(after.total_cost_usd).toBeCloseTo(before.total_cost_usd + 0.0288, 12);
    await page.reload();
    await expect(main.getByRole('region', { name: 'History' })).toContainText('Robin');
  });
});

test('a model without a price gets one from the page, without JavaScript too', async ({ browser }) => {
  await withRules('# ours\nprices: []\n', async (server, file) => {
    await send(server.url, ...unreported('secret-model', 4));
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const complaints = listen(page);
    await page.goto(`${server.url}/settings/unpriced`);
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Set price' }) });
    await form.getByLabel('Input, USD per million').fill('2.50');
    await form.getByLabel('Output, USD per million').fill('10');
    await form.getByRole('button', { name: 'Set price' }).click();
    await expect(page.getByRole('main')).toContainText('It has a price by now');
    expect(await readFile(file, 'utf8')).toContain('# ours\nprices:\n  - provider: openai\n    model: secret-model\n');

    await page.getByRole('link', { name: 'Price them again' }).click();
    await page.getByRole('button', { name: 'Look what would change' }).click();
    await until('the calls to be looked at', async () => {
      const { runs } = await (await fetch(`${server.url}/api/v1/prices/repricing`)).json();
      return runs[0]?.state === 'ready' || undefined;
    });
    await page.goto(`${server.url}/settings/repricing`);
    await page.getByLabel('Your name').fill('Robin');
    await page.getByRole('button', { name: 'Apply' }).click();
    await until('it to be applied', async () => {
      const { runs } = await (await fetch(`${server.url}/api/v1/prices/repricing`)).json();
      return runs[0]?.state === 'applied' || undefined;
    });
    await page.goto(`${server.url}/settings/unpriced`);
    await expect(page.getByRole('main')).toContainText('Every model has a price');
    // 4 calls of 1,200 and 340 tokens.
    expect((await balance(server)).total_cost_usd).toBeCloseTo(0.0256, 12);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

test('the lines to copy are whole on a phone', async ({ browser }) => {
  await withRules('prices: []\n', async (server) => {
    await send(server.url, ...unreported('a-model-with-quite-a-long-name-2026-11-28-preview', 2));
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    for (const path of ['/settings/unpriced', '/settings/repricing']) {
      await open(page, server.url + path);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(sideways).toBeLessThanOrEqual(0);
    }
    await open(page, `${server.url}/settings/unpriced`);
    const lines = page.locator('.unpriced__copy pre');
    expect(await lines.evaluate((pre) => pre.scrollWidth - pre.clientWidth)).toBeLessThanOrEqual(0);
    await context.close();
  });
});
