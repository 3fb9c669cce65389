// One browser, one worker: the specs share a server, and the machine has two cores.
import { defineConfig } from '@playwright/test';
import chromium from './chromium.mjs';

export default defineConfig({
  testDir: './specs',
  outputDir: './test-results',
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  // Covers a cold start of a server with a database of its own on a busy machine; a test itself takes seconds.
  timeout: 45_000,
  expect: { timeout: 8_000 },
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    timezoneId: 'UTC',
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    launchOptions: chromium,
  },
});
