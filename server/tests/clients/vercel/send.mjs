// One trace of an agent that asks a model, calls a tool and asks again, through the AI SDK with its mock model. Prints its id.
//
// Usage: node send.mjs 6|7 ADDRESS, the version of the SDK and http://127.0.0.1:4318 or the like.
import { context, diag, DiagConsoleLogger, DiagLogLevel, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { z } from 'zod';

const [version, address] = process.argv.slice(2);

// Without a logger the SDK keeps to itself that it could not export.
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
context.setGlobalContextManager(new AsyncLocalStorageContextManager());
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'vercel-client', 'deployment.environment.name': 'test' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${address}/v1/traces` }))],
});
trace.setGlobalTracerProvider(provider);

const usage = (read, written) => ({
  inputTokens: { total: read, noCache: read, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: written, text: written, reasoning: 0 },
});
const answer = (content, reason, used) => ({
  content: [content],
  finishReason: { unified: reason, raw: reason },
  usage: used,
  response: { id: `response-${reason}`, modelId: 'gpt-4o-2024-08-06', timestamp: new Date() },
  warnings: [],
});
/** What the model says: first that it wants to search, then the answer. */
const answers = [
  answer({ type: 'tool-call', toolCallId: 'call-1', toolName: 'search', input: '{"text":"days"}' }, 'tool-calls', usage(600, 20)),
  answer({ type: 'text', text: 'Because.' }, 'stop', usage(1000, 100)),
];
const owner = { tenant: 'sdk-vercel', userId: 'user_vercel', sessionId: 'session_vercel' };

/** The same question, as the version of the SDK wants it asked. */
async function ask(ai, model, telemetry) {
  await ai.generateText({
    model: new model({ provider: 'openai.chat', modelId: 'gpt-4o', doGenerate: async () => answers.shift() }),
    prompt: 'Why?',
    stopWhen: ai.stepCountIs?.(3) ?? ai.isStepCount(3),
    tools: { search: ai.tool({ inputSchema: z.object({ text: z.string() }), execute: async () => ({ found: 3 }) }) },
    ...telemetry,
  });
}

const VERSIONS = {
  // The owner is metadata of the call.
  6: async () => {
    const { MockLanguageModelV3 } = await import('ai-6/test');
    await ask(await import('ai-6'), MockLanguageModelV3, {
      experimental_telemetry: { isEnabled: true, functionId: 'support-chat', metadata: owner },
    });
  },
  // Spans are made by a package of their own, and the owner is part of the context the tools see.
  7: async () => {
    const ai = await import('ai');
    const { MockLanguageModelV4 } = await import('ai/test');
    const { OpenTelemetry } = await import('@ai-sdk/otel');
    ai.registerTelemetry(new OpenTelemetry({ runtimeContext: true }));
    await ask(ai, MockLanguageModelV4, {
      runtimeContext: owner,
      telemetry: {
        functionId: 'support-chat',
        includeRuntimeContext: { tenant: true, userId: true, sessionId: true },
      },
    });
  },
};

let traceId;
await trace.getTracer('tracetab-test', '1.0.0').startActiveSpan('POST /v1/chat', async (root) => {
  traceId = root.spanContext().traceId;
  await VERSIONS[version]();
  root.end();
});
await provider.forceFlush();
await provider.shutdown();
console.log(traceId);
