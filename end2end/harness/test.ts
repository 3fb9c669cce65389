// The `test` every spec uses: a server with traffic shared by all, a page that fails its test on any console error.
import { expect, test as base, type Page } from '@playwright/test';
import { Server } from './server.ts';
import { sampleTrace, send, someTraffic, until } from './traffic.ts';

interface TestFixtures {
  /** A server nobody has sent anything to, for this test alone. */
  untouched: Server;
}

interface WorkerFixtures {
  /** A server with the sample trace and some hours of traffic. */
  product: Server;
}

/** What the browser says about a page that is closed in the middle of a request; not a fault of the page. */
const HARMLESS = [/net::ERR_ABORTED/];

export const test = base.extend<TestFixtures, WorkerFixtures>({
  product: [
    async ({}, use) => {
      const server = await Server.start();
      const traffic = someTraffic();
      await send(server.url, sampleTrace, ...traffic);
      await until('the traffic to be summed up', async () => {
        const response = await fetch(`${server.url}/api/v1/traces?from=-1d&limit=1`);
        const { total } = await response.json();
        return total.traces >= traffic.length || undefined;
      });
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  untouched: async ({ page }, use) => {
    const server = await Server.start();
    await use(server);
    // First, so that the page does not complain about a server that is gone.
    await page.close();
    await server.stop();
  },
  page: async ({ page }, use) => {
    const complaints = listen(page);
    await use(page);
    expect(complaints, 'the browser console is free of errors').toEqual([]);
  },
});

/** Collects what the browser complains about. */
export function listen(page: Page): string[] {
  const complaints: string[] = [];
  const note = (text: string) => {
    if (!HARMLESS.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(`${message.text()} at ${message.location().url}`);
  });
  page.on('pageerror', (error) => note(String(error)));
  return complaints;
}

/** Opens a page and waits until the browser code has taken over: clicks before that would be lost. */
export async function open(page: Page, url: string): Promise<void> {
  const response = await page.goto(url);
  expect(response?.status(), url).toBe(200);
  await expect(page.locator('body[data-hydrated]')).toBeAttached();
}

/** Every page of the dashboard that shows something without being told what. */
export const PAGES = ['/', '/traces', '/traces/compare', '/costs', '/costs/balance', '/map', '/alerts', '/alerts/rules', '/ingest', '/settings', '/settings/budgets', '/settings/notifications', '/settings/unpriced', '/settings/repricing', '/settings/verdicts'];

export { expect } from '@playwright/test';
export { Server } from './server.ts';
