// Clause: a newcomer's first minute, from an empty server to the first trace.
import { expect, open, test } from '../harness/test.ts';
import { agentRun, send } from '../harness/traffic.ts';

test('an empty server says how to send the first span, and shows it when it comes', async ({ page, untouched }) => {
  await open(page, untouched.url);
  const main = page.getByRole('main');
  await expect(main).toContainText('OTEL_EXPORTER_OTLP_ENDPOINT');
  await expect(main.getByRole('button', { name: 'Load demo data' })).toBeVisible();

  await send(untouched.url, agentRun({ name: 'first', tenant: 'acme-robotics', costUsd: 0.012, secondsAgo: 2 }));
  await expect(main.getByText('acme-robotics').first()).toBeVisible();
  await expect(main).not.toContainText('OTEL_EXPORTER_OTLP_ENDPOINT');
});

test('the demo data loads at the press of a button', async ({ page, untouched }) => {
  await open(page, untouched.url);
  await page.getByRole('button', { name: 'Load demo data' }).click();
  await expect(page.getByRole('main').getByText('orchestrate_task').first()).toBeVisible({ timeout: 45_000 });
});

test('empty pages say that they are empty', async ({ page, untouched }) => {
  for (const path of ['/traces', '/costs', '/map', '/alerts']) {
    await open(page, untouched.url + path);
    await expect(page.getByRole('main')).toContainText(/no |nothing|none/i);
  }
});
