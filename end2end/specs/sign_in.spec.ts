// Clause: with keys, nobody sees anything before they have signed in; the form works without JavaScript.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { expect, test as base } from '../harness/test.ts';
import { Server } from '../harness/server.ts';
import { sampleTrace } from '../harness/traffic.ts';

const READS = 'tt_reads';
const SENDS = 'tt_sends';
const OF_ACME = 'tt_of_acme';

const line = (name: string, key: string, rest: string) =>
  `  - {name: ${name}, sha256: "${createHash('sha256').update(key).digest('hex')}", ${rest}}\n`;

const KEYS = `keys:\n${line('robin', READS, 'may: [read, change]')}${line('shop', SENDS, 'may: [ingest]')}${line(
  'acme',
  OF_ACME,
  'tenant: acme, may: [ingest, read]',
)}`;

/** One server for all of these, which asks for a key and has the sample trace twice. */
const test = base.extend<object, { locked: Server }>({
  locked: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'tracetab-e2e-keys-'));
      await writeFile(join(folder, 'keys.yaml'), KEYS);
      const server = await Server.start({ TRACETAB_RULES: folder });
      for (const key of [SENDS, OF_ACME]) {
        const sent = await fetch(`${server.url}/api/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-api-key': key },
          body: JSON.stringify(sampleTrace),
        });
        expect(sent.ok).toBe(true);
      }
      await use(server);
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});

/** A page whose console may complain: browsers report every answer that is a 401. */
async function aPage(browser: Browser, javaScriptEnabled: boolean): Promise<Page> {
  return (await browser.newContext({ javaScriptEnabled })).newPage();
}

for (const javaScriptEnabled of [true, false]) {
  test(`a person signs in and out ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async ({ browser, locked: server }) => {
    const page = await aPage(browser, javaScriptEnabled);
    await page.goto(`${server.url}/traces?from=-1d`);
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await expect(page.getByText('Overview')).toHaveCount(0);

    const key = page.getByLabel('Key');
    await key.fill('tt_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toContainText('not a key of this server');
    await key.fill(OF_ACME);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toContainText('of the tenant acme alone');

    await key.fill(READS);
    await key.press('Enter');
    await expect(page).toHaveURL(`${server.url}/traces?from=-1d`);
    await page.goto(`${server.url}/settings`);
    await expect(page.getByText('You are signed in with the key robin')).toBeVisible();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await page.goto(`${server.url}/costs`);
    await expect(page).toHaveURL(`${server.url}/sign-in?to=%2Fcosts`);
    await page.context().close();
  });
}

test('an id that two have sent is a choice, and each choice is its own trace', async ({ browser, locked: server }) => {
  const page = await aPage(browser, true);
  await page.goto(`${server.url}/sign-in?to=/traces/${sampleTrace.trace_id}`);
  await page.getByLabel('Key').fill(READS);
  await page.getByLabel('Key').press('Enter');
  await expect(page.getByText('Several tenants have sent a trace with this id')).toBeVisible();
  await page.getByRole('link', { name: 'The trace of acme' }).click();
  await expect(page).toHaveURL(`${server.url}/traces/${sampleTrace.trace_id}?tenant=acme`);
  await page.locator('body[data-hydrated]').waitFor();
  await page.getByRole('treegrid').getByRole('link', { name: /execute_code_generator/ }).first().click();
  const drawer = page.getByRole('complementary', { name: 'Span detail' });
  await expect(drawer).toContainText('tenant: by the key it was sent with');
  await expect(page).toHaveURL(/tenant=acme&span=/);
  await page.context().close();
});
