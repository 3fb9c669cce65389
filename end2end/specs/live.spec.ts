// Clause: new costs arrive without a reload.
import { expect, open, test } from '../harness/test.ts';
import { agentRun, send } from '../harness/traffic.ts';

test('spending appears on an open costs page without a reload', async ({ page, untouched }) => {
  await send(untouched.url, agentRun({ name: 'before', tenant: 'northwind', costUsd: 0.01, secondsAgo: 30 }));
  await open(page, `${untouched.url}/costs?from=-1h&group_by=tenant`);
  const main = page.getByRole('main');
  await expect(main.getByText('northwind').first()).toBeVisible();
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }));

  await send(untouched.url, agentRun({ name: 'after', tenant: 'brightcart', costUsd: 0.02, secondsAgo: 2 }));
  await expect(main.getByText('brightcart').first()).toBeVisible();
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true);
});
