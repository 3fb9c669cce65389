// Clause: the chart of costs is read by hand and by keyboard, zoomed, and leads to traces and alerts.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, open, test as base } from '../harness/test.ts';
import { Server } from '../harness/server.ts';
import { agentRun, send, until } from '../harness/traffic.ts';

const HOUR_MS = 3_600_000;

/** The hour before the running one: three traces of two tenants in its middle, and nothing else for a day. */
const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;

/** A range of hours around it, as it stands in an address. */
const at = (offsetHours: number) => new Date(hour + offsetHours * HOUR_MS).toISOString().replace('.000Z', 'Z');
const range = `from=${at(-2)}&to=${at(1)}`;

/** Traces of the middle of the hour at `offsetHours`, so that none reaches over the edge of its minute. */
const run = (name: string, tenant: string, costUsd: number, offsetHours: number) =>
  agentRun({ name, tenant, costUsd, secondsAgo: (Date.now() - hour - offsetHours * HOUR_MS) / 1000 - 1_805 });

const test = base.extend<{}, { spent: Server }>({
  spent: [
    async ({}, use) => {
      const server = await Server.start();
      await send(
        server.url,
        run('dear', 'northwind', 0.3, 0),
        run('cheap', 'northwind', 0.02, 0),
        run('other', 'acme-robotics', 0.05, 0),
        run('before', 'acme-robotics', 0.04, -2),
        run('the period before', 'acme-robotics', 0.01, -4),
      );
      await until('the traffic to be summed up', async () => {
        const { total_cost_usd } = await (await fetch(`${server.url}/api/v1/costs?from=-1d&group_by=tenant`)).json();
        return Math.abs(total_cost_usd - 0.42) < 1e-9 || undefined;
      });
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

const slider = (page: Page) => page.getByRole('slider', { name: 'Read the chart' });
const spoken = (page: Page) => slider(page).getAttribute('aria-valuetext');
const costs = (server: Server, query = '') => `${server.url}/costs?${range}&group_by=tenant${query}`;

/** Reads the minute at half past the hour `offsetHours`: three hours are drawn minute by minute. */
async function walkTo(page: Page, offsetHours: number): Promise<void> {
  const minutes = (offsetHours + 2) * 60 + 30;
  await slider(page).focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < Math.floor(minutes / 12); step++) await page.keyboard.press('PageUp');
  for (let minute = 0; minute < minutes % 12; minute++) await page.keyboard.press('ArrowRight');
  await expect.poll(() => spoken(page)).toContain(`, ${at(offsetHours + 0.5).slice(11, 16)} to `);
}

/** What the API says the traces of an address cost together, in dollars, and how many they are. */
async function listed(page: Page, server: Server): Promise<{ traces: number; cost: number }> {
  const query = new URL(page.url()).searchParams;
  const { total } = await (await page.request.get(`${server.url}/api/v1/traces?${query}`)).json();
  return { traces: total.traces, cost: total.cost_usd };
}

test('keys walk from bucket to bucket and read every part, the total and the period before', async ({ page, spent }) => {
  await open(page, costs(spent));
  await walkTo(page, 0);
  await expect.poll(() => spoken(page)).toMatch(/UTC: total \$0\.370, the 3 h before \$0.*acme-robotics \$0\.0500, northwind \$0\.320/);
  const tip = page.locator('.tip');
  await expect(tip).toContainText('Total$0.370');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => spoken(page)).toMatch(/acme-robotics \$0\.0500, of \$0\.370 in all/);
  await page.keyboard.press('Home');
  await expect.poll(() => spoken(page)).not.toContain('0.370');
  await page.keyboard.press('Escape');
  await expect(tip).toBeHidden();
  await expect.poll(() => spoken(page)).toBe('nothing chosen');
});

test('what is read is what the API says of the same bucket', async ({ page, spent }) => {
  await open(page, costs(spent));
  await walkTo(page, 0);
  const answer = await page.request.get(`${spent.url}/api/v1/costs?${range}&group_by=tenant&bucket=1m`);
  const { groups } = await answer.json();
  const text = (await spoken(page)) ?? '';
  for (const { key, series } of groups) {
    const point = series.find(([start]: [string]) => new Date(start).getTime() === hour + 1_800_000);
    const figure = Number(text.match(new RegExp(`${key} \\$([0-9.]+)`))?.[1]);
    expect(figure, key).toBeCloseTo(point[1], 9);
  }
});

test('enter opens the traces of the bucket, and of the part that is read', async ({ page, spent }) => {
  await open(page, costs(spent));
  await walkTo(page, 0);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/traces\?from=.*&to=.*&order=cost$/);
  expect(await listed(page, spent)).toEqual({ traces: 3, cost: 0.37 });
  await open(page, costs(spent));
  await walkTo(page, 0);
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => spoken(page)).toContain('northwind $0.320, of');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/tenant=northwind/);
  expect(await listed(page, spent)).toEqual({ traces: 2, cost: 0.32 });
});

test('shift and arrows choose a range, enter zooms into it, and zoom out leads back', async ({ page, spent }) => {
  await open(page, costs(spent));
  await walkTo(page, 0);
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(() => spoken(page)).toMatch(/chosen, total \$0\.370\. Enter zooms in/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/wide=/);
  const zoomed = new URL(page.url()).searchParams;
  expect(zoomed.get('from')).toBe(at(0.5));
  await expect(page.locator('.kpi.hero')).toContainText('$0.370');
  await page.getByRole('link', { name: 'Zoom out' }).click();
  await expect(page).not.toHaveURL(/wide=/);
  expect(new URL(page.url()).searchParams.get('from')).toBe(at(-2));
});

/** The middle of the bucket that begins at half past the hour, in pixels. */
async function bucketAt(page: Page, offsetHours: number): Promise<{ x: number; top: number; bottom: number }> {
  const box = await slider(page).boundingBox();
  if (!box) throw new Error('the chart is not in sight');
  const share = (2 + offsetHours + 0.5 + 0.5 / 60) / 3;
  return { x: box.x + box.width * share, top: box.y, bottom: box.y + box.height };
}

test('a click on a part of a bucket opens its traces', async ({ page, spent }) => {
  await open(page, costs(spent));
  await slider(page).scrollIntoViewIfNeeded();
  const { x, top, bottom } = await bucketAt(page, 0);
  // The dearest part lies at the bottom.
  await page.mouse.move(x, bottom - 20);
  await expect(page.locator('.tip .on')).toContainText('northwind');
  await page.mouse.click(x, bottom - 20);
  await expect(page).toHaveURL(/\/traces\?.*tenant=northwind/);
  expect(await listed(page, spent)).toEqual({ traces: 2, cost: 0.32 });
  await open(page, costs(spent));
  // Above all parts it is the bucket as a whole.
  await page.mouse.click(x, top + 2);
  await expect(page).toHaveURL(/\/traces\?[^&]*&[^&]*&order=cost$/);
  expect(await listed(page, spent)).toEqual({ traces: 3, cost: 0.37 });
});

test('dragging chooses a range and letting go zooms into it', async ({ page, spent }) => {
  await open(page, costs(spent));
  const { x, bottom } = await bucketAt(page, 0);
  await page.mouse.move(x - 20, bottom - 40);
  await page.mouse.down();
  await page.mouse.move(x + 20, bottom - 40, { steps: 4 });
  await expect(page.locator('.readout .brush')).toBeVisible();
  await expect(page.locator('.tip')).toContainText('$0.370');
  await page.mouse.up();
  await expect(page).toHaveURL(/wide=/);
  await expect(page.locator('.kpi.hero')).toContainText('$0.370');
  await page.goBack();
  await expect(page).not.toHaveURL(/wide=/);
});

test('the period before is drawn as one dashed line, and hidden by a link', async ({ page, spent }) => {
  await open(page, costs(spent, '&compare=previous'));
  await expect(page.locator('.mark-previous')).toHaveCount(1);
  await page.getByRole('link', { name: 'Hide the 3 h before' }).click();
  await expect(page).toHaveURL(/compare=none/);
  await expect(page.locator('.mark-previous')).toHaveCount(0);
  await page.getByRole('link', { name: 'Show the 3 h before' }).click();
  await expect(page.locator('.mark-previous')).toHaveCount(1);
});

test('the table has the figures of the chart, and each leads to its traces', async ({ page, spent }) => {
  await open(page, costs(spent));
  await page.getByRole('link', { name: 'Show as table' }).click();
  const table = page.getByRole('region', { name: 'Spend over time as a table' });
  const begins = at(0.5).slice(11, 16);
  const row = table.getByRole('row').filter({ hasText: `${begins} to` });
  await expect(row).toContainText('$0.3200');
  await expect(row).toContainText('$0.3700');
  await row.getByRole('link').filter({ hasText: '0.3200' }).click();
  await expect(page).toHaveURL(/\/traces\?.*tenant=northwind/);
  expect(await listed(page, spent)).toEqual({ traces: 2, cost: 0.32 });
});

test('legend, breakdown and figures lead to the traces behind them', async ({ page, spent }) => {
  await open(page, costs(spent));
  const places: [string, () => Promise<void>, { traces: number; cost: number }][] = [
    ['legend', () => page.locator('.legend').getByRole('link', { name: 'northwind' }).click(), { traces: 2, cost: 0.32 }],
    [
      'without a cost',
      () => page.locator('.kpi').filter({ hasText: 'Without a cost' }).getByRole('link').first().click(),
      { traces: 4, cost: 0.41 },
    ],
    ['hero', () => page.locator('.kpi.hero').getByRole('link').click(), { traces: 4, cost: 0.41 }],
    [
      'breakdown',
      () =>
        page.getByRole('region', { name: 'Breakdown by tenant' }).getByRole('row').filter({ hasText: 'acme' })
          .getByTitle('The traces behind it, dearest first').first().click(),
      { traces: 2, cost: 0.09 },
    ],
  ];
  for (const [name, click, behind] of places) {
    await open(page, costs(spent));
    await click();
    await expect(page, name).toHaveURL(/\/traces\?/);
    expect(await listed(page, spent), name).toEqual(behind);
  }
});

test('an alert about money is marked on the chart and a key away', async ({ page, untouched }) => {
  // What ended more than an hour before it came would be history, and wake nobody.
  await send(untouched.url, agentRun({ name: 'dear', tenant: 'northwind', costUsd: 0.3, secondsAgo: 2 }));
  const { alerts } = await until('the alert', async () => {
    const answer = await (await fetch(`${untouched.url}/api/v1/alerts`)).json();
    return answer.alerts.some(({ rule }: { rule: string }) => rule === 'Trace Cost Anomaly') ? answer : undefined;
  });
  const alert = alerts.find(({ rule }: { rule: string }) => rule === 'Trace Cost Anomaly');
  await open(page, `${untouched.url}/costs?from=-24h&group_by=tenant`);
  const chart = page.getByRole('group', { name: /^Spend by tenant/ });
  const single = chart.getByRole('link', { name: /^Alert: Trace Cost Anomaly/ });
  // Others that fired in the same ten minutes share its mark.
  const bundle = chart.locator('summary');
  if ((await single.count()) === 0 || !(await single.first().isVisible())) {
    await bundle.first().focus();
    await page.keyboard.press('Enter');
  }
  await single.first().focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/alerts/${alert.id}$`));
});

test('the page of one who spends reads and zooms the same way', async ({ page, spent }) => {
  await open(page, `${spent.url}/costs/tenant/northwind?${range}`);
  await walkTo(page, 0);
  await expect.poll(() => spoken(page)).toContain('total $0.320');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/costs\/tenant\/northwind\?wide=/);
  await page.getByRole('link', { name: 'Zoom out' }).click();
  await expect(page).not.toHaveURL(/wide=/);
  await walkTo(page, 0);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/traces\?.*tenant=northwind/);
  expect(await listed(page, spent)).toEqual({ traces: 2, cost: 0.32 });
});

test.describe('by touch', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('a tap shows the figures and a link to the traces', async ({ page, spent }) => {
    await open(page, costs(spent));
    await slider(page).scrollIntoViewIfNeeded();
    const { x, bottom } = await bucketAt(page, 0);
    await page.touchscreen.tap(x, bottom - 20);
    const tip = page.locator('.tip');
    await expect(tip).toContainText('Total$0.370');
    await tip.getByRole('link').tap();
    await expect(page).toHaveURL(/\/traces\?/);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('axe finds nothing serious, also while something is read or chosen', async ({ page, spent }) => {
      await open(page, costs(spent));
      for (const keys of [[], ['Home'], ['Shift+ArrowRight']]) {
        await slider(page).focus();
        for (const key of keys) await page.keyboard.press(key);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`))).toEqual([]);
      }
    });
  });
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the chart has its alerts, its legend and a table, and the range is zoomed by a form', async ({ page, spent }) => {
    await page.goto(costs(spent));
    await expect(page.locator('.legend').getByRole('link', { name: 'northwind' })).toBeVisible();
    await page.getByRole('link', { name: 'Show as table' }).click();
    await expect(page.getByRole('region', { name: 'Spend over time as a table' })).toContainText('northwind');
  });
});
