// One trace of an agent that asks a model and fails at a tool. Prints its id.
//
// Usage: node send.mjs EXPORTER ADDRESS, where the exporter is a key of EXPORTERS and the address is
// http://127.0.0.1:4318 or the like.
import { context, diag, DiagConsoleLogger, DiagLogLevel, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const EXPORTERS = {
  json: (address) => new JsonExporter({ url: `${address}/v1/traces` }),
  protobuf: (address) => new ProtobufExporter({ url: `${address}/v1/traces` }),
  grpc: (url) => new GrpcExporter({ url }),
  zipkin: (address) => new ZipkinExporter({ url: `${address}/api/v2/spans` }),
};

// Without a logger the SDK keeps to itself that it could not export.
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);

const [exporter, address] = process.argv.slice(2);
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'js-client', 'deployment.environment.name': 'test' }),
  spanProcessors: [new BatchSpanProcessor(EXPORTERS[exporter](address))],
});
const tracer = provider.getTracer('tracetab-test', '1.0.0');
const within = (span) => trace.setSpan(context.active(), span);

// A second that is over, and a few nanoseconds: microseconds are not enough to carry it.
const second = Math.floor(Date.now() / 1_000) - 3;
const at = (milliseconds, nanoseconds = 0) => {
  const total = 456 + milliseconds * 1_000_000 + nanoseconds;
  return [second + Math.floor(total / 1_000_000_000), total % 1_000_000_000];
};

const root = tracer.startSpan('POST /v1/agent', {
  kind: SpanKind.SERVER,
  attributes: { tenant: 'sdk-js', 'user.id': 'user_js', 'http.request.method': 'POST' },
  startTime: at(0),
});
const model = tracer.startSpan('chat gpt-4o', { kind: SpanKind.CLIENT, startTime: at(10) }, within(root));
model.setAttributes({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.request.stream': true,
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 100,
});
model.addEvent('first_token', { index: 1 }, at(200));
model.end(at(10, 1_234_567_891));
const tool = tracer.startSpan('tool.search', { kind: SpanKind.INTERNAL, startTime: at(1_300) }, within(root));
tool.setAttribute('cost_usd', 0.00005);
tool.recordException(new Error('the index “días” is gone'), at(1_310));
tool.setStatus({ code: SpanStatusCode.ERROR, message: 'the index “días” is gone' });
tool.end(at(1_320));
const publish = tracer.startSpan(
  'task_queue publish',
  { kind: SpanKind.PRODUCER, links: [{ context: model.spanContext() }], startTime: at(1_400) },
  within(root),
);
publish.setAttribute('cost_usd', 0);
publish.setStatus({ code: SpanStatusCode.OK });
publish.end(at(1_410));
root.end(at(1_500));

await provider.forceFlush();
await provider.shutdown();
console.log(root.spanContext().traceId);
