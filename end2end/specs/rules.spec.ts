// Clause: rules of alerts are made, tried on the past, changed and deleted in the dashboard; who hears of alerts can be tested.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, open, Server, test } from '../harness/test.ts';
import { agentRun, send } from '../harness/traffic.ts';

const rule = (page: Page, name: string): Locator =>
  page.locator('.budget-rules__rule').filter({ has: page.getByRole('heading', { name, exact: true }) });

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  const form = page.getByRole('region', { name: /New rule|Change/ });
  for (const [label, text] of Object.entries(fields)) await form.getByLabel(label, { exact: true }).fill(text);
}

test('a rule is tried, made, fires for one tenant, is changed from its alert and deleted', async ({ page, untouched }) => {
  await send(untouched.url, agentRun({ name: 'small', tenant: 'northwind', costUsd: 0.01, secondsAgo: 5 }), agentRun({ name: 'large', tenant: 'acme-robotics', costUsd: 3, secondsAgo: 5 }));
  await open(page, `${untouched.url}/alerts`);
  const main = page.getByRole('main');
  await page.getByRole('link', { name: 'Rules', exact: true }).click();
  await expect(rule(page, 'Trace Depth Exceeded')).toContainText('trace depth > 50');
  await expect(rule(page, 'Trace Depth Exceeded')).toContainText('read-only');

  await fill(page, { Query: 'sum(cost) by tenant', Name: 'Dear tenants' });
  await main.getByRole('button', { name: 'Try on the last 7 days' }).click();
  await expect(main.getByRole('alert')).toContainText('at column 20: expected a comparison');
  await expect(main.getByLabel('Name', { exact: true })).toHaveValue('Dear tenants');
  await fill(page, { Query: 'sum(cost_usd) by tenant > 2' });
  await main.getByRole('button', { name: 'Try on the last 7 days' }).click();
  const tried = main.getByRole('region', { name: 'Tried on the past' });
  await expect(tried).toContainText('It would have fired once in the last 7 d');
  await expect(tried).toContainText('tenant acme-robotics');

  await fill(page, { 'Your name': 'Robin', Labels: 'team = desk', Runbook: 'https://wiki.example/dear' });
  await main.getByRole('button', { name: 'Make rule' }).click();
  await expect(main.getByRole('status')).toContainText('Robin made the rule “Dear tenants”.');
  await expect(rule(page, 'Dear tenants')).toContainText('made here, by Robin');
  // On a busy machine rules are looked at every ten seconds.
  await expect(rule(page, 'Dear tenants')).toContainText('1 firing', { timeout: 20_000 });
  await rule(page, 'Dear tenants').getByRole('link', { name: '1 firing' }).click();

  await main.getByRole('link', { name: /Dear tenants, tenant acme-robotics/ }).click();
  await expect(main.getByRole('heading', { name: 'Dear tenants, tenant acme-robotics' })).toBeVisible();
  await expect(main.getByRole('link', { name: 'Runbook' })).toHaveAttribute('href', 'https://wiki.example/dear');
  await expect(main.getByRole('region', { name: 'History' })).toContainText('Fired: $3, limit $2');
  await expect(main.locator('.chart--alert')).toBeVisible();
  await main.getByRole('link', { name: 'Edit rule' }).click();
  await expect(main.getByLabel('Query', { exact: true })).toHaveValue('sum(cost_usd) by tenant > 2');
  await fill(page, { Query: 'sum(cost_usd) by tenant > 20' });
  await main.getByRole('button', { name: 'Save' }).click();
  await expect(rule(page, 'Dear tenants')).toContainText('sum(cost_usd) by tenant > 20');
  await expect(main.getByRole('region', { name: 'History' })).toContainText('Robin changed Dear tenants');

  await rule(page, 'Dear tenants').getByRole('link', { name: 'Edit Dear tenants' }).click();
  await main.getByRole('button', { name: 'Delete' }).click();
  await expect(main.getByRole('status')).toContainText('Robin deleted the rule “Dear tenants”.');
  await expect(rule(page, 'Dear tenants')).toHaveCount(0);
});

test('who hears of alerts is listed, and a test says whether it does', async ({ page }) => {
  const heard: string[] = [];
  const listener = createServer((request, response) => {
    request.on('data', (data) => heard.push(String(data)));
    request.on('end', () => response.writeHead(request.url === '/there' ? 200 : 410).end());
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const rules = await mkdtemp(join(tmpdir(), 'tracetab-rules-'));
  const receiver = (name: string, path: string) => `  - {name: ${name}, type: slack, url: '${address}/${path}', private: true}\n`;
  await writeFile(join(rules, 'notifications.yaml'), `receivers:\n${receiver('desk', 'there')}${receiver('gone', 'gone')}`);
  const server = await Server.start({ TRACETAB_RULES: rules });
  try {
    await open(page, `${server.url}/settings`);
    const main = page.getByRole('main');
    await main.getByRole('link', { name: 'All receivers' }).click();
    await expect(rule(page, 'desk')).toContainText('slack at 127.0.0.1');
    await main.getByRole('button', { name: 'Send a test to desk' }).click();
    await expect(main.getByRole('status')).toContainText('desk has taken the test.');
    expect(heard.join('')).toContain('This is only a test');
    await main.getByRole('button', { name: 'Send a test to gone' }).click();
    await expect(main.getByRole('alert')).toContainText('gone has not taken the test: it was answered with 410');
  } finally {
    await page.close();
    await server.stop();
    listener.close();
    await rm(rules, { recursive: true, force: true });
  }
});
