//! The spans of the ingest benchmark: agents' runs of ten steps, with about 600 bytes of attributes each, as OTLP and as the
//! JSON that a table of jsonb would hold.

use std::fmt::Write;

use super::protobuf::Message;

/// Spans per trace: an agent's run with a few steps.
pub const SPANS_PER_TRACE: u64 = 10;

const SERVICES: [&str; 5] = ["orchestrator", "queue_processor", "tool_executor", "model_gateway", "vector_store"];
const TENANTS: [&str; 6] = ["tenant_123", "northwind", "acme-robotics", "halden-labs", "orbit-care", "brightcart"];
const MODELS: [&str; 3] = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4"];
const WORDS: [&str; 16] = [
    "the", "agent", "asked", "for", "a", "second", "opinion", "before", "it", "moved", "arm", "to", "next", "bin",
    "and", "waited",
];

/// An attribute's value.
pub enum Value {
    Text(String),
    Int(u64),
    /// Millionths, so that every encoding writes the same digits.
    Micro(u64),
}

/// One span before it is encoded.
pub struct Span {
    pub trace_id: [u8; 16],
    pub span_id: [u8; 8],
    parent: Option<[u8; 8]>,
    name: &'static str,
    kind: u64,
    start_ns: u64,
    end_ns: u64,
    attributes: Vec<(&'static str, Value)>,
}

/// The trace id's first half names the round, so that one round's rows are a range of ids.
pub fn trace_id(round: u64, trace: u64) -> [u8; 16] {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&round.to_be_bytes());
    id[8..].copy_from_slice(&scattered(trace).to_be_bytes());
    id
}

/// A request with the spans `first..first + count` of a round, as they would leave five services.
pub fn request(round: u64, first: u64, count: u64, now_ns: u64) -> Vec<u8> {
    let mut body = Message::default();
    for (number, service) in SERVICES.iter().enumerate() {
        let (mut resource, mut scope_spans, mut resource_spans) =
            (Message::default(), Message::default(), Message::default());
        let resource_attributes = [
            ("service.name", *service),
            ("service.version", "2.14.3"),
            ("deployment.environment.name", "production"),
            ("host.name", "worker-07"),
        ];
        for (key, value) in resource_attributes {
            resource.message(1, &key_value(key, &Value::Text(value.to_owned())));
        }
        let own = (first..first + count).filter(|span| span % SERVICES.len() as u64 == number as u64);
        for number in own {
            scope_spans.message(2, &span(round, number, now_ns).otlp());
        }
        resource_spans.message(1, &resource);
        resource_spans.message(2, &scope_spans);
        body.message(1, &resource_spans);
    }
    body.0
}

/// Span `number` of a round.
pub fn span(round: u64, number: u64, now_ns: u64) -> Span {
    let (trace, step) = (number / SPANS_PER_TRACE, number % SPANS_PER_TRACE);
    let chance = scattered(number ^ round << 32);
    let start_ns = now_ns - 60_000_000_000 + step * 40_000_000;
    let text = |text: &str| Value::Text(text.to_owned());
    let pick = |from: &[&str], by: u64| text(from[(by % from.len() as u64) as usize]);
    let sentence = (0..11).map(|word| WORDS[(chance >> (4 * word) & 15) as usize]).collect::<Vec<_>>().join(" ");
    let attributes = vec![
        ("tenant", pick(&TENANTS, trace)),
        ("user.id", Value::Text(format!("user_{:03}", trace % 400))),
        ("session.id", Value::Text(format!("sess_{:06x}", trace % 10_000))),
        ("request_id", Value::Text(format!("req_{chance:016x}"))),
        ("capability", text(if step % 2 == 0 { "task_planning" } else { "code_generator" })),
        ("gen_ai.provider.name", text("openai")),
        ("gen_ai.request.model", pick(&MODELS, chance)),
        ("gen_ai.usage.input_tokens", Value::Int(400 + chance % 4_000)),
        ("gen_ai.usage.output_tokens", Value::Int(20 + chance % 900)),
        ("cost_usd", Value::Micro(1 + chance % 9_000)),
        ("http.route", text("/v2/agents/{agent_id}/steps/{step}")),
        ("url.path", Value::Text(format!("/v2/agents/ag_{:08x}/steps/{step}", chance >> 24 & 0xffff_ffff))),
        ("agent.thought", Value::Text(sentence)),
        ("thread.name", text("tokio-runtime-worker")),
        ("thread.id", Value::Int(chance % 16)),
        ("code.function.name", text("agent_runtime::steps::execute_step")),
        ("server.address", Value::Text(format!("10.4.{}.{}", chance >> 8 & 255, chance & 255))),
    ];
    Span {
        trace_id: trace_id(round, trace),
        span_id: span_id(number),
        parent: (step > 0).then(|| span_id(number - 1)),
        name: if step == 0 { "orchestrate_task" } else { "agent.step" },
        kind: 1 + chance % 3,
        start_ns,
        end_ns: start_ns + 1_000_000 + chance % 200_000_000,
        attributes,
    }
}

/// A request with the spans `first..first + count` of a round, each alone in its trace, of as many series in turns: a hundred tenants,
/// each with as many services.
pub fn of_series(round: u64, first: u64, count: u64, series: u64, now_ns: u64) -> Vec<u8> {
    let mut body = Message::default();
    for number in first..first + count {
        let (chance, place) = (scattered(number ^ round << 32), number % series);
        let (tenant, service) = (place % 100, place / 100);
        let text = Value::Text;
        let attributes = vec![
            ("tenant", text(format!("tenant-{tenant}"))),
            ("user.id", text(format!("user-{}", place % 1_000))),
            ("capability", text(format!("capability-{}", service % 10))),
            ("gen_ai.provider.name", text("openai".to_owned())),
            ("gen_ai.request.model", text(MODELS[(chance % 3) as usize].to_owned())),
            ("gen_ai.usage.input_tokens", Value::Int(400 + chance % 4_000)),
            ("gen_ai.usage.output_tokens", Value::Int(20 + chance % 900)),
            ("cost_usd", Value::Micro(10_000 + chance % 9_000)),
        ];
        let start_ns = now_ns - 2_000_000_000 - chance % 1_000_000_000;
        let span = Span {
            trace_id: trace_id(round, number),
            span_id: span_id(number),
            parent: None,
            name: if chance.is_multiple_of(2) { "llm.generate" } else { "tool.plan" },
            kind: 3,
            start_ns,
            end_ns: start_ns + 1_000_000 + chance % 200_000_000,
            attributes,
        };
        let (mut resource, mut scope_spans, mut resource_spans) =
            (Message::default(), Message::default(), Message::default());
        resource.message(1, &key_value("service.name", &text(format!("service-{service}"))));
        scope_spans.message(2, &span.otlp());
        resource_spans.message(1, &resource);
        resource_spans.message(2, &scope_spans);
        body.message(1, &resource_spans);
    }
    body.0
}

impl Span {
    fn otlp(&self) -> Message {
        let mut span = Message::default();
        span.bytes(1, &self.trace_id);
        span.bytes(2, &self.span_id);
        if let Some(parent) = self.parent {
            span.bytes(4, &parent);
        }
        span.bytes(5, self.name.as_bytes());
        span.number(6, self.kind);
        span.fixed64(7, self.start_ns.to_le_bytes());
        span.fixed64(8, self.end_ns.to_le_bytes());
        for (key, value) in &self.attributes {
            span.message(9, &key_value(key, value));
        }
        span
    }

    /// Its attributes as compact JSON; no text of the corpus needs escaping.
    pub fn json(&self) -> String {
        let mut json = String::with_capacity(700);
        for (key, value) in &self.attributes {
            json.push(if json.is_empty() { '{' } else { ',' });
            // Writing to a String does not fail.
            let _ = match value {
                Value::Text(text) => write!(json, "\"{key}\":\"{text}\""),
                Value::Int(int) => write!(json, "\"{key}\":{int}"),
                Value::Micro(micro) => write!(json, "\"{key}\":{}", *micro as f64 / 1e6),
            };
        }
        json + "}"
    }
}

fn key_value(key: &str, value: &Value) -> Message {
    let (mut pair, mut any) = (Message::default(), Message::default());
    match value {
        Value::Text(text) => any.bytes(1, text.as_bytes()),
        Value::Int(int) => any.number(3, *int),
        Value::Micro(micro) => any.fixed64(4, (*micro as f64 / 1e6).to_le_bytes()),
    }
    pair.bytes(1, key.as_bytes());
    pair.message(2, &any);
    pair
}

fn span_id(number: u64) -> [u8; 8] {
    scattered(number + 1).to_be_bytes()
}

/// Numbers that look random and never repeat: the finaliser of splitmix64, which is a bijection.
fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_about_six_hundred_bytes_of_attributes() {
        let bytes: usize = (0..100).map(|number| span(1, number, 1 << 60).json().len()).sum::<usize>() / 100;
        assert!((590..=620).contains(&bytes), "{bytes}");
    }
}
