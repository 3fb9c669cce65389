//! What traces are made of: model calls, queries, hops over the queue, requests. Each gives the time at which it ended.

use model::Usd;
use model::span::SpanKind;

use super::cast::Service;
use super::sketch::{Line, Sketch};

/// Microseconds in a millisecond.
pub const MS: u64 = 1_000;

/// A model as its provider sells it. Prices are pico-dollars per token: the dollars per million tokens, times a million.
pub struct Model {
    name: &'static str,
    /// What the provider answers with.
    answered: &'static str,
    provider: &'static str,
    peer: &'static str,
    input_pico: u64,
    cached_pico: u64,
    output_pico: u64,
    tokens_per_second: u64,
}

/// Models in use, by where they are used.
pub const GPT_4O: Model =
    model("gpt-4o", "gpt-4o-2024-08-06", "openai", "openai", [2_500_000, 1_250_000, 10_000_000], 95);
pub const GPT_4O_MINI: Model =
    model("gpt-4o-mini", "gpt-4o-mini-2024-07-18", "openai", "openai", [150_000, 75_000, 600_000], 140);
pub const EMBEDDING: Model =
    model("text-embedding-3-small", "text-embedding-3-small", "openai", "openai", [20_000, 20_000, 0], 90_000);
pub const SONNET: Model = model(
    "claude-sonnet-4-5",
    "claude-sonnet-4-5-20250929",
    "anthropic",
    "anthropic",
    [3_000_000, 300_000, 15_000_000],
    78,
);
pub const HAIKU: Model =
    model("claude-3-haiku", "claude-3-haiku-20240307", "anthropic", "anthropic", [250_000, 30_000, 1_250_000], 120);
pub const GEMINI: Model =
    model("gemini-2.5-flash", "gemini-2.5-flash", "gcp.gemini", "google-ai", [300_000, 30_000, 2_500_000], 180);

const fn model(
    name: &'static str,
    answered: &'static str,
    provider: &'static str,
    peer: &'static str,
    prices: [u64; 3],
    tokens_per_second: u64,
) -> Model {
    let [input_pico, cached_pico, output_pico] = prices;
    Model { name, answered, provider, peer, input_pico, cached_pico, output_pico, tokens_per_second }
}

/// Tokens of one call; `input` includes `cached`.
#[derive(Debug, Clone, Copy)]
pub struct Tokens {
    pub input: u64,
    pub cached: u64,
    pub output: u64,
}

impl Model {
    /// What the provider will bill, exactly.
    fn bill(&self, tokens: Tokens) -> Usd {
        let fresh = tokens.input - tokens.cached;
        let pico = fresh * self.input_pico + tokens.cached * self.cached_pico + tokens.output * self.output_pico;
        Usd::from_pico(i64::try_from(pico).unwrap_or(i64::MAX))
    }
}

/// Calls in a thousand whose SDK also reports what they cost; the others leave that to the price book.
const REPORTING_PER_MILLE: u32 = 250;

/// A call to a language model named `operation`, streaming its answer.
pub fn generate(
    trace: &mut Sketch,
    parent: Line,
    by: Service,
    operation: &str,
    model: &Model,
    tokens: Tokens,
    at: u64,
) -> u64 {
    let first_token = trace.between(240 * MS..620 * MS);
    let end = at + first_token + tokens.output * 1_000_000 / model.tokens_per_second;
    let line = call(trace, parent, by, &format!("{operation} {}", model.name), model, tokens, at, end);
    trace
        .edit(line)
        .set("gen_ai.operation.name", "chat")
        .set("gen_ai.usage.output_tokens", tokens.output as i64)
        .set("gen_ai.request.temperature", 0.2)
        .set("gen_ai.response.time_to_first_chunk", first_token as f64 / 1e6)
        .event(at + first_token, "gen_ai.first_chunk", &[]);
    end
}

/// An embedding of that many tokens.
pub fn embed(trace: &mut Sketch, parent: Line, by: Service, input: u64, at: u64) -> u64 {
    let end = at + trace.between(38 * MS..80 * MS) + input * 1_000_000 / EMBEDDING.tokens_per_second;
    let tokens = Tokens { input, cached: 0, output: 0 };
    let line = call(trace, parent, by, &format!("embeddings {}", EMBEDDING.name), &EMBEDDING, tokens, at, end);
    trace.edit(line).set("gen_ai.operation.name", "embeddings");
    end
}

#[expect(clippy::too_many_arguments, reason = "the two callers above are its interface")]
fn call(
    trace: &mut Sketch,
    parent: Line,
    by: Service,
    name: &str,
    model: &Model,
    tokens: Tokens,
    at: u64,
    end: u64,
) -> Line {
    let reports = trace.happens(REPORTING_PER_MILLE);
    let line = trace.open(parent, by, SpanKind::Client, name, at);
    let edit = trace
        .edit(line)
        .until(end)
        .ok()
        .set("gen_ai.provider.name", model.provider)
        .set("gen_ai.request.model", model.name)
        .set("gen_ai.response.model", model.answered)
        .set("gen_ai.usage.input_tokens", tokens.input as i64)
        .set("service.peer.name", model.peer);
    let edit =
        if tokens.cached > 0 { edit.set("gen_ai.usage.cache_read.input_tokens", tokens.cached as i64) } else { edit };
    // The shortest decimal of the exact amount is what an SDK that counts in doubles would send.
    if let Some(usd) = model.bill(tokens).to_string().parse().ok().filter(|_| reports) {
        edit.costing(usd);
    }
    line
}

/// A statement to the database; its cost is left to the base price table.
pub fn query(trace: &mut Sketch, parent: Line, by: Service, statement: &str, data_tag: &str, at: u64) -> u64 {
    let end = at + trace.between(2 * MS..24 * MS);
    let rows = trace.between(1..60) as i64;
    let verb = statement.split(' ').next().unwrap_or_default();
    let line = trace.open(parent, by, SpanKind::Client, statement.split(" WHERE ").next().unwrap_or_default(), at);
    trace
        .edit(line)
        .until(end)
        .set("db.system.name", "postgresql")
        .set("db.operation.name", verb)
        .set("db.query.text", statement)
        .set("db.response.returned_rows", rows)
        .set("service.peer.name", "postgres")
        .set("operation_type", "database_query")
        .set("data_tag", data_tag);
    end
}

/// A step inside a service that costs `usd`.
pub fn step(trace: &mut Sketch, parent: Line, by: Service, name: &str, usd: f64, at: u64, length: u64) -> u64 {
    let line = trace.open(parent, by, SpanKind::Internal, name, at);
    trace.edit(line).until(at + length).costing(usd);
    at + length
}

/// A request that `by` serves, called directly by its parent.
pub fn request(trace: &mut Sketch, parent: Line, by: Service, name: &str, usd: f64, at: u64, length: u64) -> Line {
    let line = trace.open(parent, by, SpanKind::Server, name, at);
    let (method, path) = name.split_once(' ').unwrap_or(("POST", name));
    trace
        .edit(line)
        .until(at + length)
        .costing(usd)
        .set("http.request.method", method)
        .set("http.route", path)
        .set("http.response.status_code", 200_i64);
    line
}

/// The request a trace begins with, sent by `client`; still open.
pub fn entry(trace: &mut Sketch, name: &str, client: &str) -> Line {
    let line = trace.open(None, Service::Gateway, SpanKind::Server, name, 0);
    let (method, path) = name.split_once(' ').unwrap_or(("POST", name));
    let request_id = format!("req_{:05}", trace.between(10_000..99_999));
    trace
        .edit(line)
        .costing(0.00001)
        .set("http.request.method", method)
        .set("http.route", path)
        .set("http.response.status_code", 200_i64)
        .set("service.peer.name", client)
        .set("user_agent.original", if client == "web" { "Mozilla/5.0" } else { "fleet-agent/3.2" })
        .set("request_id", request_id);
    line
}

/// Who is asking: the gateway asks the auth service, which asks the database.
pub fn authenticate(trace: &mut Sketch, parent: Line, at: u64) -> u64 {
    let line = request(trace, parent, Service::Auth, "auth-validation", 0.00001, at, 0);
    let asked = at + trace.between(2 * MS..4 * MS);
    let statement = "SELECT users WHERE id = $1 AND tenant = $2";
    let answered = query(trace, line, Service::Auth, statement, "PII", asked);
    trace.edit(line).until(answered + 2 * MS);
    answered + 2 * MS
}

/// A task put on the queue and taken off it again: the span that works on it, still open, and when it began.
pub fn enqueue(trace: &mut Sketch, parent: Line, tool: &str, at: u64) -> (Line, u64) {
    let task = format!("task_req_{:03}", trace.between(100..999));
    let published = at + trace.between(4 * MS..11 * MS);
    let publish = trace.open(parent, Service::Orchestrator, SpanKind::Producer, "task_queue publish", at);
    trace
        .edit(publish)
        .until(published)
        .costing(0.00005)
        .set("messaging.system", "rabbitmq")
        .set("messaging.operation.name", "publish")
        .set("messaging.destination.name", "task_queue")
        .set("task_id", task.clone());
    let waited = trace.between(12 * MS..140 * MS);
    let taken = published + waited;
    let process = trace.open(publish, Service::QueueProcessor, SpanKind::Consumer, "process_queue_message", taken);
    trace
        .edit(process)
        .costing(0.00005)
        .set("messaging.system", "rabbitmq")
        .set("messaging.operation.name", "process")
        .set("messaging.destination.name", "task_queue")
        .set("task_id", task)
        .set("target_tool", tool)
        .linked_to_parent()
        .event(taken, "dequeued", &[("messaging.wait_ms", (waited as f64 / 1e3).into())]);
    (process, taken + trace.between(4 * MS..12 * MS))
}
