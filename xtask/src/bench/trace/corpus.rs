//! One large trace: a corpus that is indexed again in batches, with hundreds of similar calls and an agent's steps in each.

use super::super::protobuf::Message;

/// Spans below the root per batch.
const BATCH_SPANS: u64 = 1_000;

/// How long a batch takes, and after how long the next one begins: they overlap.
const BATCH_MS: u64 = 28_000;
const BATCH_STEP_MS: u64 = 3_000;

/// The services; a request has a block for each.
const SERVICES: [&str; 6] = ["orchestrator", "queue_processor", "tool_executor", "openai", "postgres", "code-analyst"];

/// One span before it is encoded.
struct Span {
    number: u64,
    parent: Option<u64>,
    name: String,
    service: usize,
    start_ms: u64,
    length_ms: u64,
    micro_usd: Option<u64>,
    failed: bool,
}

/// A request with the spans `first..first + count` of the trace of `spans` spans, which ended just before `now_ns`.
pub fn request(trace_id: [u8; 16], spans: u64, first: u64, count: u64, now_ns: u64) -> Vec<u8> {
    let from_ns = now_ns - (length_ms(spans) + 60_000) * 1_000_000;
    let all: Vec<Span> = (first..first + count).map(|number| span(number, spans)).collect();
    let mut body = Message::default();
    for (place, service) in SERVICES.iter().enumerate() {
        let (mut resource, mut scope_spans, mut resource_spans) =
            (Message::default(), Message::default(), Message::default());
        resource.message(1, &text("service.name", service));
        for own in all.iter().filter(|span| span.service == place) {
            scope_spans.message(2, &own.otlp(trace_id, from_ns));
        }
        resource_spans.message(1, &resource);
        resource_spans.message(2, &scope_spans);
        body.message(1, &resource_spans);
    }
    body.0
}

fn length_ms(spans: u64) -> u64 {
    spans / BATCH_SPANS * BATCH_STEP_MS + BATCH_MS
}

/// Span `number` of so many.
fn span(number: u64, spans: u64) -> Span {
    let Some(below) = number.checked_sub(1) else {
        return of(0, None, "reindex_corpus", 0, (0, length_ms(spans)));
    };
    let (batch, place) = (below / BATCH_SPANS, below % BATCH_SPANS);
    let (began, top) = (batch * BATCH_STEP_MS, batch * BATCH_SPANS + 1);
    let at = |offset: u64, length: u64| (began + offset, length);
    let mut span = match place {
        0 => of(number, Some(0), format!("batch {}", batch + 1), 1, at(0, BATCH_MS)),
        1 => of(number, Some(top), "load_documents", 2, at(10, 900)),
        2..=97 => of(number, Some(top + 1), "GET documents", 2, at(20 + place * 8, 5 + place * 7 % 40)),
        98 => of(number, Some(top), "embed_chunks", 2, at(1_000, 6_000)),
        99..=312 => {
            of(number, Some(top + 98), "embeddings text-embedding-3-small", 3, at(1_010 + place * 17, 100 + place % 90))
        }
        313 => of(number, Some(top), "COPY chunks", 4, at(7_100, 1_000)),
        314..=741 => of(number, Some(top + 313), "INSERT chunks", 4, at(7_110 + (place - 314) * 2, 2)),
        742 => of(number, Some(top), "agent.run summarise", 5, at(8_200, 19_000)),
        _ => {
            let (turn, step) = ((place - 743) / 5, (place - 743) % 5);
            let step_top = top + 743 + turn * 5;
            let began = 8_300 + turn * 360;
            match step {
                0 => of(number, Some(top + 742), format!("agent.step.{turn}"), 5, at(began, 350)),
                1 => of(number, Some(step_top), "llm.generate gpt-4o", 3, at(began + 5, 200)),
                2 => of(number, Some(step_top), "tool.search", 2, at(began + 210, 120)),
                3 => of(number, Some(step_top + 2), "SELECT chunks", 4, at(began + 220, 90)),
                _ => of(number, Some(step_top), "output-validation", 5, at(began + 335, 10)),
            }
        }
    };
    span.failed = number % 4_001 == 150;
    span.micro_usd = (span.service == 3).then_some(100 + number % 900);
    span
}

fn of(
    number: u64,
    parent: Option<u64>,
    name: impl Into<String>,
    service: usize,
    (start_ms, length_ms): (u64, u64),
) -> Span {
    Span { number, parent, name: name.into(), service, start_ms, length_ms, micro_usd: None, failed: false }
}

impl Span {
    fn otlp(&self, trace_id: [u8; 16], from_ns: u64) -> Message {
        let mut span = Message::default();
        let id = |number: u64| (number + 1).to_be_bytes();
        span.bytes(1, &trace_id);
        span.bytes(2, &id(self.number));
        if let Some(parent) = self.parent {
            span.bytes(4, &id(parent));
        }
        span.bytes(5, self.name.as_bytes());
        span.number(6, 1 + u64::from(self.service > 2) * 2);
        let start_ns = from_ns + self.start_ms * 1_000_000;
        span.fixed64(7, start_ns.to_le_bytes());
        span.fixed64(8, (start_ns + self.length_ms * 1_000_000).to_le_bytes());
        span.message(9, &text("tenant", "northwind"));
        span.message(9, &text("thread.name", "tokio-runtime-worker"));
        if let Some(micro_usd) = self.micro_usd {
            let (mut pair, mut any) = (Message::default(), Message::default());
            any.fixed64(4, (micro_usd as f64 / 1e6).to_le_bytes());
            pair.bytes(1, b"cost_usd");
            pair.message(2, &any);
            span.message(9, &pair);
        }
        if self.failed {
            let mut status = Message::default();
            status.number(3, 2);
            span.message(15, &status);
        }
        span
    }
}

fn text(key: &str, value: &str) -> Message {
    let (mut pair, mut any) = (Message::default(), Message::default());
    any.bytes(1, value.as_bytes());
    pair.bytes(1, key.as_bytes());
    pair.message(2, &any);
    pair
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn every_parent_comes_before_its_children_and_holds_them_or_their_batch() {
        for number in 1..5_000 {
            let own = span(number, 5_000);
            let parent = own.parent.unwrap();
            assert!(parent < number, "{number}");
            assert_eq!(own.number, number);
        }
    }
}
