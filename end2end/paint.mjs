// paint.mjs URL PATH...   Median first contentful paint of each page in milliseconds, each time in a browser with an empty cache.
import { chromium } from '@playwright/test';
import config from './chromium.mjs';

const TIMES = 7;
const [url, ...paths] = process.argv.slice(2);

const browser = await chromium.launch(config);
for (const path of paths) {
  const paints = [];
  for (let time = 0; time < TIMES; time++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(url + path);
    // The browser says so when it has painted, which may be after everything has loaded.
    paints.push(
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            const seen = (list) => list.getEntriesByName('first-contentful-paint').forEach((entry) => resolve(entry.startTime));
            new PerformanceObserver(seen).observe({ type: 'paint', buffered: true });
          }),
      ),
    );
    await context.close();
  }
  console.log(path, paints.sort((a, b) => a - b)[Math.floor(TIMES / 2)]);
}
await browser.close();
