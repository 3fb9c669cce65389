// Traces too large to show at once: an index that is built in batches, and a chain of calls.
import type { Span, Trace } from './traffic.ts';

/** Spans one request carries: a few hundred kilobytes of JSON. */
const REQUEST_SPANS = 2_000;

/** Spans of one batch of the corpus, and how they are spread. */
const CALLS = 300;
const TURNS = 100;

type Given = Pick<Span, 'operation_name' | 'service' | 'parent_span_id'> & { from: number; to: number; failed?: boolean };

class Builder {
  readonly spans: Span[] = [];
  private readonly began = Date.now() - 400_000;

  constructor(private readonly mark: string) {}

  add({ from, to, failed, ...given }: Given): string {
    const span_id = this.mark + (this.spans.length + 1).toString(16).padStart(12, '0');
    const at = (offsetMs: number) => new Date(this.began + offsetMs).toISOString();
    this.spans.push({
      ...given,
      span_id,
      tenant: 'northwind',
      start_time: at(from),
      end_time: at(to),
      ...(failed && { status: { code: 'ERROR', message: 'overloaded' } }),
      attributes: given.service === 'openai' ? { cost_usd: 0.0001 } : {},
    });
    return span_id;
  }
}

/** A root, and below it batches of 402 spans each: 300 similar calls, two of which failed, and 100 turns that differ. */
export function corpus(batches: number): Trace {
  const trace = new Builder('1a06');
  const root = trace.add({ operation_name: 'reindex_corpus', service: 'orchestrator', parent_span_id: null, from: 0, to: batches * 10_000 });
  for (let batch = 0; batch < batches; batch++) {
    const began = batch * 10_000;
    const below = (parent_span_id: string, operation_name: string, service: string, from: number, to: number, failed = false) =>
      trace.add({ operation_name, service, parent_span_id, from: began + from, to: began + to, failed });
    const top = below(root, `batch ${batch}`, 'queue_processor', 0, 10_000);
    const chunks = below(top, 'embed_chunks', 'tool_executor', 10, 6_000);
    for (let call = 0; call < CALLS; call++) {
      below(chunks, 'embeddings', 'openai', 20 + call * 19, 60 + call * 19, call === 100 || call === 200);
    }
    for (let turn = 0; turn < TURNS; turn++) {
      below(top, `turn ${turn}`, 'code-analyst', 6_000 + turn * 40, 6_030 + turn * 40);
    }
  }
  return { trace_id: '1a06'.repeat(8), spans: trace.spans };
}

/** Calls inside calls, so many levels deep. */
export function chain(levels: number): Trace {
  const trace = new Builder('dee9');
  let parent: string | null = null;
  for (let level = 0; level < levels; level++) {
    parent = trace.add({ operation_name: `level ${level}`, service: `service-${level % 5}`, parent_span_id: parent, from: level, to: 2 * levels - level });
  }
  return { trace_id: 'dee9'.repeat(8), spans: trace.spans };
}

/** A trace in requests of a size that doors take. */
export function inRequests({ trace_id, spans }: Trace): Trace[] {
  const count = Math.ceil(spans.length / REQUEST_SPANS);
  return Array.from({ length: count }, (_, at) => ({ trace_id, spans: spans.slice(at * REQUEST_SPANS, (at + 1) * REQUEST_SPANS) }));
}
