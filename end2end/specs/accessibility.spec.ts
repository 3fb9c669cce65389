// Clause: axe finds nothing serious, on any page, in either theme.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, open, PAGES, test } from '../harness/test.ts';
import { agentRun, sampleTrace, send, until } from '../harness/traffic.ts';

const WITH_TRACE = [...PAGES, `/traces/${sampleTrace.trace_id}`];

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    for (const path of WITH_TRACE) {
      test(`axe finds nothing serious on ${path}`, async ({ page, product }) => {
        await open(page, product.url + path);
        expect(await serious(page)).toEqual([]);
      });
    }

    test('axe finds nothing serious on the first run and on an alert', async ({ page, untouched }) => {
      await open(page, untouched.url);
      expect(await serious(page)).toEqual([]);
      await send(untouched.url, agentRun({ name: 'dear', tenant: 'northwind', costUsd: 0.5, secondsAgo: 2 }));
      await until('the alert to fire', async () => {
        const answer = await (await fetch(`${untouched.url}/api/v1/alerts?state=firing`)).text();
        return answer.includes('Trace Cost Anomaly') || undefined;
      });
      await open(page, `${untouched.url}/alerts`);
      await page.getByRole('link', { name: /Trace Cost Anomaly/ }).first().click();
      await expect(page.getByRole('button', { name: 'Acknowledge' }).first()).toBeVisible();
      expect(await serious(page)).toEqual([]);
    });

    test('axe finds nothing serious on books with differences', async ({ page, untouched }) => {
      const run = agentRun({ name: 'drifting', tenant: 'northwind', costUsd: 0.02, secondsAgo: 60 });
      await send(untouched.url, Object.assign(run, { total_cost_usd: 0.05 }));
      const day = run.spans[0]?.start_time.slice(0, 10);
      const body = `day,provider,model,amount\n${day},openai,gpt-4o,0.5\nsoon,openai,gpt-4o,1\n`;
      await fetch(`${untouched.url}/api/v1/bills`, { method: 'POST', headers: { 'content-type': 'text/csv' }, body });
      await open(page, `${untouched.url}/costs/balance?import=1`);
      for (const summary of await page.locator('main summary').all()) await summary.click();
      await expect(page.getByRole('button', { name: 'Take it out' })).toBeVisible();
      expect(await serious(page)).toEqual([]);
    });
  });
}

/** What axe calls serious or critical, as lines a person can act on. */
async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}
