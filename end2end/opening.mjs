// opening.mjs URL PATH TIMES   What opening one trace takes, as medians, each time in a browser with an empty cache.
import { chromium } from '@playwright/test';
import config from './chromium.mjs';

const FRAMES = 120;
const [url, path, times] = process.argv.slice(2);
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** In the page, before anything of it runs: notes when rows are painted, when the page answers, and the memory of wasm. */
function watch() {
  window.seen = {};
  const look = () => {
    const row = document.querySelector('.wf-body .wf-row');
    if (row && row.offsetHeight > 0) window.seen.rows ??= performance.now();
    if (document.querySelector('body[data-hydrated]')) window.seen.interactive ??= performance.now();
    if (!(window.seen.rows && window.seen.interactive)) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  const Memory = [];
  window.wasmBytes = () => Memory.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const own = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await own.apply(WebAssembly, given);
      const memory = (made.instance ?? made).exports.memory;
      if (memory) Memory.push(memory);
      return made;
    };
  }
}

/** In the page, before anything of it runs: `eachFrame(count, step)` tells how long each of so many frames took. */
function frames() {
  window.eachFrame = (count, step) => new Promise((resolve) => {
    const took = [];
    let before;
    const next = (now) => {
      if (before !== undefined) took.push(now - before);
      before = now;
      if (took.length >= count) return resolve(took);
      step(took.length);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
}

/** In the page: all rows are scrolled through, three notches of a wheel a frame at first, then by leaps. */
function scrolled(count) {
  const scroller = document.querySelector('.wf-scroll');
  const room = scroller.scrollHeight - scroller.clientHeight;
  return window.eachFrame(count, (frame) => {
    if (frame < count / 2) scroller.scrollTop += 300;
    else scroller.scrollTop = (room * (frame - count / 2)) / (count / 2);
  });
}

/** In the page: a hand draws the brush over the strip from a fifth of the time to nearly all of it, and back. */
async function zoomed(count) {
  const layer = document.querySelector('.brush-layer');
  const { left, top, width } = layer.getBoundingClientRect();
  const point = (type, part) => {
    const at = { clientX: left + width * part, clientY: top + 5, pointerId: 1, isPrimary: true, bubbles: true };
    layer.dispatchEvent(new PointerEvent(type, at));
  };
  point('pointerdown', 0.1);
  const took = await window.eachFrame(count, (frame) => point('pointermove', 0.9 - Math.abs(frame / count - 0.5) * 1.4));
  point('pointerup', 0.2);
  return took;
}

async function opened(browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let wire_bytes = 0;
  let html_bytes = 0;
  let document;
  session.on('Network.requestWillBeSent', ({ requestId, type }) => { if (type === 'Document') document = requestId; });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    wire_bytes += encodedDataLength;
    if (requestId === document) html_bytes = encodedDataLength;
  });
  await session.send('Network.enable');
  await page.addInitScript(watch);
  await page.goto(url + path);
  await page.waitForFunction(() => window.seen.rows && window.seen.interactive);
  // The event stream never ends, so there is no idle network to wait for: rows ahead are here within half a second.
  await page.waitForTimeout(500);
  const { rows, interactive } = await page.evaluate(() => window.seen);
  const server_ms = await page.evaluate(() => {
    const [own] = performance.getEntriesByType('navigation');
    return own.responseEnd - own.requestStart;
  });
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const heap_bytes = usedSize + (await page.evaluate(() => window.wasmBytes()));
  await context.close();
  return { server_ms, html_bytes, wire_bytes, rows_ms: rows, interactive_ms: interactive, heap_bytes };
}

/** All rows, none folded. */
async function moved(browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(frames);
  await page.goto(`${url}${path}?fold=none`);
  await page.waitForSelector('body[data-hydrated]');
  const figures = {};
  for (const [name, move] of [['scroll', scrolled], ['zoom', zoomed]]) {
    const took = (await page.evaluate(move, FRAMES)).sort((a, b) => a - b);
    figures[`${name}_fps`] = (1000 * took.length) / took.reduce((sum, ms) => sum + ms, 0);
    figures[`${name}_p95_ms`] = took[Math.floor(took.length * 0.95)];
  }
  if (!(await page.locator('.blabel').isVisible())) throw new Error('the brush did not zoom');
  await context.close();
  return figures;
}

const browser = await chromium.launch(config);
const all = {};
for (const look of [opened, moved]) {
  for (let time = 0; time < Number(times); time++) {
    for (const [name, value] of Object.entries(await look(browser))) (all[name] ??= []).push(value);
  }
}
for (const [name, values] of Object.entries(all)) console.log(name, median(values));
await browser.close();
