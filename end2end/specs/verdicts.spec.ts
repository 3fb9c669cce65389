// Clause: an operator overrides verdicts per service or instrumentation scope, and settles again what is stored.
import { expect, open, Server, test } from '../harness/test.ts';
import { agentRun, send, until, type Trace } from '../harness/traffic.ts';

/** A gateway that bills again what the model call below it costs. */
function billedTwice(name: string): Trace {
  const trace = agentRun({ name, tenant: 'northwind', costUsd: 0.001, secondsAgo: 60 });
  trace.spans[2].attributes.cost_usd = 0.001;
  return trace;
}

async function total(server: Server): Promise<number> {
  const books = await (await fetch(`${server.url}/api/v1/balance`)).json();
  expect(books.balanced).toBe(true);
  return books.total_cost_usd;
}

test('a service is set aside, what is stored is settled again, and the drawer says who said so', async ({ page, untouched }) => {
  const [first, second] = [billedTwice('one'), billedTwice('two')];
  await send(untouched.url, first, second);
  expect(await total(untouched)).toBeCloseTo(0.004, 12);

  await open(page, `${untouched.url}/settings`);
  const main = page.getByRole('main');
  await main.getByRole('link', { name: 'Overrides of verdicts' }).click();
  await expect(main).toContainText('No overrides');
  const form = main.getByRole('region', { name: 'Say what counts' });
  await form.getByLabel('Service').fill('tool_executor');
  await form.getByLabel('Your name').fill('Robin');
  await form.getByLabel('Note').fill('bills again what its calls say');
  await form.getByRole('button', { name: 'Add' }).click();
  const inForce = main.getByRole('region', { name: 'In force' });
  await expect(inForce).toContainText('service tool_executor');
  await expect(inForce).toContainText('never counts');
  await expect(inForce).toContainText('Robin');

  await inForce.getByRole('button', { name: 'Settle again' }).click();
  const again = main.getByRole('region', { name: 'Settled again' });
  await expect(again).toContainText('2 traces looked at, 2 settled again');
  await expect(again).toContainText('every trace is settled');
  await until('the books to be corrected', async () => ((await total(untouched)) === 0.002 ? true : undefined));

  await open(page, `${untouched.url}/traces/${first.trace_id}?span=${first.spans[2].span_id}`);
  const drawer = page.getByRole('complementary', { name: 'Span detail' });
  await expect(drawer).toContainText('set aside');
  await expect(drawer).toContainText('Set by an override for service tool_executor (Robin, ');
  await drawer.getByRole('link', { name: /Set by an override/ }).click();
  await expect(page).toHaveURL(/\/settings\/verdicts/);
  await inForce.getByRole('button', { name: 'Take away' }).click();
  await expect(main.getByRole('region', { name: 'Taken away' })).toContainText('taken away by Robin');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('an override is added and taken away by plain forms', async ({ page, untouched }) => {
    await page.goto(`${untouched.url}/settings/verdicts`);
    const main = page.getByRole('main');
    const form = main.getByRole('region', { name: 'Say what counts' });
    await form.getByLabel('Operation').fill('llm.generate');
    await form.getByLabel('Your name').fill('Robin');
    await form.getByRole('button', { name: 'Add' }).click();
    await expect(main.getByRole('alert')).toContainText('Name a service or an instrumentation scope');
    await form.getByLabel('Service').fill('model_gateway');
    await form.getByLabel('What these spans say they cost').selectOption({ label: 'always counts: it is their own' });
    await form.getByLabel('Your name').fill('Robin');
    await form.getByRole('button', { name: 'Add' }).click();
    const inForce = main.getByRole('region', { name: 'In force' });
    await expect(inForce).toContainText('service model_gateway');
    await inForce.getByRole('button', { name: 'Take away' }).click();
    await expect(inForce).toContainText('No overrides');
  });
});
