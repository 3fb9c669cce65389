// Traces as the specs need them: always the same names and costs, always recent.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Span {
  span_id: string;
  parent_span_id: string | null;
  operation_name: string;
  service: string;
  capability?: string;
  tenant: string;
  start_time: string;
  end_time: string;
  kind?: string;
  status?: { code: string; message?: string };
  attributes: Record<string, string | number | boolean>;
}

export interface Trace {
  trace_id: string;
  spans: Span[];
}

/** The trace of the documents: 3 spans, $0.00125, 250 ms. */
export const sampleTrace: Trace = JSON.parse(
  readFileSync(new URL('../../server/tests/fixtures/sample_trace.json', import.meta.url), 'utf8'),
);

/** Hexadecimal digits that are the same for the same name in every run. */
function hex(name: string, digits: number): string {
  return createHash('sha256').update(name).digest('hex').slice(0, digits);
}

/** One run of an agent: orchestrator, queue, tool, model. What it costs is the cost of its model call. */
export function agentRun(run: {
  name: string;
  tenant: string;
  costUsd: number;
  secondsAgo: number;
  failing?: boolean;
}): Trace {
  const trace_id = hex(`trace ${run.name}`, 32);
  const began = Date.now() - run.secondsAgo * 1000;
  const at = (offsetMs: number) => new Date(began + offsetMs).toISOString();
  const id = (step: string) => hex(`${run.name} ${step}`, 16);
  const span = (step: string, parent: string | null, service: string, from: number, to: number): Span => ({
    span_id: id(step),
    parent_span_id: parent && id(parent),
    operation_name: step,
    service,
    tenant: run.tenant,
    start_time: at(from),
    end_time: at(to),
    attributes: {},
  });
  const root = span('orchestrate_task', null, 'orchestrator', 0, 900);
  const queue = span('process_queue_message', 'orchestrate_task', 'queue_processor', 40, 880);
  const tool = span('execute_code_generator', 'process_queue_message', 'tool_executor', 100, 860);
  const model = span('llm.generate', 'execute_code_generator', 'model_gateway', 150, 840);
  Object.assign(model.attributes, {
    cost_usd: run.costUsd,
    'gen_ai.system': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 1200,
    'gen_ai.usage.output_tokens': 340,
  });
  if (run.failing) {
    model.status = { code: 'ERROR', message: 'model overloaded' };
  }
  return { trace_id, spans: [root, queue, tool, model] };
}

/** Three tenants over the last hours: enough for every page to have something to show. */
export function someTraffic(): Trace[] {
  const tenants = ['acme-robotics', 'northwind', 'brightcart'];
  return tenants.flatMap((tenant, index) =>
    Array.from({ length: 8 }, (_, run) =>
      agentRun({
        name: `${tenant} ${run}`,
        tenant,
        costUsd: (index + 1) * 0.004 + run * 0.001,
        secondsAgo: 300 + run * 400,
        failing: run === 3,
      }),
    ),
  );
}

/** Sends traces through the public API and waits until they can be read back. */
export async function send(url: string, ...traces: Trace[]): Promise<void> {
  const response = await fetch(`${url}/api/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(traces),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`posting traces: ${response.status} ${text}`);
  const { rejected } = JSON.parse(text);
  if (rejected.length > 0) throw new Error(`posting traces: rejected ${text}`);
}

/** Asks until the answer is right; what is computed in the background needs a moment. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`waited in vain for ${what}`);
}
