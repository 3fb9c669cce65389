// Clause: a running trace over its own limit marks the very span that crossed and raises "BUDGET ALARM".
import { expect, open, test } from '../harness/test.ts';
import { agentRun, send, until, type Trace } from '../harness/traffic.ts';

/** Four steps that cost 0.004, 0.005, 0.0033 and 0.002: the third takes it over a cent. */
function dearTrace(): Trace {
  const trace = agentRun({ name: 'over its limit', tenant: 'acme-robotics', costUsd: 0.002, secondsAgo: 5 });
  [0.004, 0.005, 0.0033, 0.002].forEach((cost, step) => {
    trace.spans[step].attributes = { cost_usd: cost };
  });
  return trace;
}

test('the span that crossed the limit is marked in its row, the header, the minimap and the drawer', async ({ page, untouched }) => {
  const trace = dearTrace();
  await send(untouched.url, trace);
  const alarm = await until('the alarm', async () => {
    const { alerts } = await (await fetch(`${untouched.url}/api/v1/alerts?state=firing`)).json();
    return alerts.find((alert: { rule: string }) => alert.rule === 'BUDGET ALARM');
  });
  await open(page, `${untouched.url}/traces/${trace.trace_id}`);
  const main = page.getByRole('main');
  const row = main.getByRole('row', { name: /execute_code_generator.*crossed the limit of \$0\.01 per trace: running total \$0\.0123/ });
  await expect(row).toContainText('over limit');
  await expect(row.getByTitle('crossed the limit of $0.01 per trace: running total $0.0123')).toBeVisible();
  await expect(main.getByRole('row').filter({ hasText: 'over limit' })).toHaveCount(1);
  await expect(main.getByTitle(/the running tab passes the limit of \$0\.01 at/)).toContainText('limit $0.01');

  const summary = main.getByRole('region', { name: 'Trace summary' });
  await expect(summary).toContainText('Over its limit of $0.01 by $0.0043, crossed at execute_code_generator +100 ms');
  await summary.getByRole('link', { name: 'execute_code_generator +100 ms' }).click();
  await expect(page).toHaveURL(new RegExp(`span=${trace.spans[2].span_id}`));
  const drawer = page.getByRole('complementary', { name: 'Span detail' });
  await expect(drawer).toContainText('With this span the trace crossed its limit of $0.01: the running total is $0.0123 with it');
  await main.getByRole('row', { name: /process_queue_message/ }).click();
  await expect(drawer).toContainText('process_queue_message');
  await expect(drawer).not.toContainText('crossed its limit');

  await summary.getByRole('link', { name: 'BUDGET ALARM' }).click();
  await expect(page).toHaveURL(new RegExp(`/alerts/${alarm.id}`));
});
