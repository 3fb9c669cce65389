//! Traces as OTLP protobuf, written by hand: what is measured must not be what writes the load.

/// Spans per trace: an agent's run with a few steps.
pub const SPANS_PER_TRACE: u64 = 10;

/// What an SDK's batch processor sends at once when nobody changed its settings.
pub const SPANS_PER_REQUEST: u64 = 512;

const SERVICES: [&str; 5] = ["orchestrator", "queue_processor", "tool_executor", "model_gateway", "vector_store"];
const TENANTS: [&str; 6] = ["tenant_123", "northwind", "acme-robotics", "halden-labs", "orbit-care", "brightcart"];
const MODELS: [&str; 3] = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4"];

/// A message under construction. Lengths come first in protobuf, so children are written apart and copied in.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    fn fixed64(&mut self, field: u64, value: [u8; 8]) {
        self.varint(field << 3 | 1);
        self.0.extend(value);
    }

    fn bytes(&mut self, field: u64, value: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
    }

    fn message(&mut self, field: u64, child: &Message) {
        self.bytes(field, &child.0);
    }

    fn attribute(&mut self, field: u64, key: &str, write: impl FnOnce(&mut Message)) {
        let (mut pair, mut value) = (Message::default(), Message::default());
        write(&mut value);
        pair.bytes(1, key.as_bytes());
        pair.message(2, &value);
        self.message(field, &pair);
    }

    fn text(&mut self, field: u64, key: &str, value: &str) {
        self.attribute(field, key, |message| message.bytes(1, value.as_bytes()));
    }

    fn integer(&mut self, field: u64, key: &str, value: u64) {
        self.attribute(field, key, |message| message.number(3, value));
    }

    fn double(&mut self, field: u64, key: &str, value: f64) {
        self.attribute(field, key, |message| message.fixed64(4, value.to_le_bytes()));
    }
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
        resource.text(1, "service.name", service);
        resource.text(1, "service.version", "2.14.3");
        resource.text(1, "deployment.environment.name", "production");
        resource.text(1, "host.name", "worker-07");
        let own = (first..first + count).filter(|span| span % SERVICES.len() as u64 == number as u64);
        for span in own {
            scope_spans.message(2, &self::span(round, span, now_ns));
        }
        resource_spans.message(1, &resource);
        resource_spans.message(2, &scope_spans);
        body.message(1, &resource_spans);
    }
    body.0
}

fn span(round: u64, number: u64, now_ns: u64) -> Message {
    let (trace, step) = (number / SPANS_PER_TRACE, number % SPANS_PER_TRACE);
    let chance = scattered(number ^ round << 32);
    let start = now_ns - 60_000_000_000 + step * 40_000_000;
    let mut span = Message::default();
    span.bytes(1, &trace_id(round, trace));
    span.bytes(2, &span_id(number));
    if step > 0 {
        span.bytes(4, &span_id(number - 1));
    }
    span.bytes(5, if step == 0 { b"orchestrate_task" } else { b"agent.step" });
    span.number(6, 1 + chance % 3);
    span.fixed64(7, start.to_le_bytes());
    span.fixed64(8, (start + 1_000_000 + chance % 200_000_000).to_le_bytes());
    span.text(9, "tenant", TENANTS[(trace % TENANTS.len() as u64) as usize]);
    span.text(9, "user.id", &format!("user_{:03}", trace % 400));
    span.text(9, "session.id", &format!("sess_{:06x}", trace % 10_000));
    span.text(9, "request_id", &format!("req_{chance:016x}"));
    span.text(9, "capability", if step % 2 == 0 { "task_planning" } else { "code_generator" });
    span.text(9, "gen_ai.provider.name", "openai");
    span.text(9, "gen_ai.request.model", MODELS[(chance % MODELS.len() as u64) as usize]);
    span.integer(9, "gen_ai.usage.input_tokens", 400 + chance % 4_000);
    span.integer(9, "gen_ai.usage.output_tokens", 20 + chance % 900);
    span.double(9, "cost_usd", (1 + chance % 9_000) as f64 / 1e6);
    span.text(9, "http.route", "/v2/agents/{agent_id}/steps/{step}");
    span.text(9, "thread.name", "tokio-runtime-worker");
    span
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
