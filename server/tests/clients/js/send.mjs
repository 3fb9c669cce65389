// One trace of an agent that asks a model and fails at a tool. Usage: node send.mjs http://127.0.0.1:4318
// Prints the trace id.
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const exporter = new OTLPTraceExporter({ url: `${process.argv[2]}/v1/traces` });
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'js-client', 'deployment.environment.name': 'test' }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
});
const tracer = provider.getTracer('tracetab-test', '1.0.0');
const within = (span) => trace.setSpan(context.active(), span);

const root = tracer.startSpan('POST /v1/agent', {
  kind: SpanKind.SERVER,
  attributes: { tenant: 'sdk-js', 'user.id': 'user_js', 'http.request.method': 'POST' },
});
const model = tracer.startSpan('chat gpt-4o', { kind: SpanKind.CLIENT }, within(root));
model.setAttributes({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 100,
});
model.addEvent('first_token', { index: 1 });
model.end();
const tool = tracer.startSpan('tool.search', { kind: SpanKind.INTERNAL }, within(root));
tool.setAttribute('cost_usd', 0.00005);
tool.recordException(new Error('the index is gone'));
tool.setStatus({ code: SpanStatusCode.ERROR, message: 'the index is gone' });
tool.end();
const publish = tracer.startSpan('task_queue publish', { kind: SpanKind.PRODUCER }, within(root));
publish.setAttribute('cost_usd', 0);
publish.setStatus({ code: SpanStatusCode.OK });
publish.end();
root.end();

await provider.forceFlush();
await provider.shutdown();
console.log(root.spanContext().traceId);
