//! Normalisation: spans with any mixture of attributes, those with a meaning above all.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use model::attribute::{Attributes, Text, Value};
use model::{SpanId, TraceId};
use wire::RawSpan;
use wire::raw::{Origin, RawEvent};

libfuzzer_sys::fuzz_target!(|input: Input| fuzz::normalises(input.span()));

/// Keys that mean something in one dialect or another.
const KEYS: [&str; 64] = [
    "service.name",
    "service",
    "tenant",
    "user.id",
    "session.id",
    "deployment.environment.name",
    "capability",
    "data_tag",
    "data_size_bytes",
    "operation_type",
    "service.peer.name",
    "peer.service",
    "db.system.name",
    "db.query.text",
    "messaging.system",
    "messaging.destination.name",
    "http.request.method",
    "url.full",
    "rpc.system",
    "rpc.service",
    "error",
    "error.type",
    "execution.success",
    "otel.status_code",
    "otel.status_description",
    "cost_usd",
    "gen_ai.usage.cost",
    "gen_ai.cost.input_cost",
    "gen_ai.cost.output_cost",
    "gen_ai.usage.cost.currency",
    "accumulated_cost_usd",
    "langfuse.observation.cost_details",
    "langfuse.observation.usage_details",
    "langfuse.observation.type",
    "langfuse.observation.model.name",
    "mlflow.llm.cost",
    "mlflow.spanType",
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.system",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.total_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.reasoning.output_tokens",
    "openinference.span.kind",
    "llm.token_count.prompt",
    "llm.token_count.completion",
    "llm.model_name",
    "llm.cost.total",
    "llm.request.type",
    "traceloop.span.kind",
    "ai.operationId",
    "ai.usage.promptTokens",
    "ai.model.id",
    "ai.model.provider",
    "decision.type",
    "gen_ai.agent.name",
    "gen_ai.tool.name",
    "tokens_in",
    "model",
];

/// Texts that mean something as values.
const WORDS: [&str; 16] = [
    "gpt-4o",
    "openai",
    "anthropic",
    "chat",
    "embeddings",
    "LLM",
    "TOOL",
    "generation",
    "USD",
    "EUR",
    "PII",
    "0.0021",
    "1e400",
    "-1",
    "{\"input\": 1, \"total\": 0.5}",
    "unknown_service:x",
];

#[derive(Debug, Arbitrary)]
struct Input {
    kind: i32,
    start_ns: u64,
    end_ns: u64,
    status_code: i32,
    texts: [String; 4],
    fields: Pairs,
    attributes: Pairs,
    resource: Pairs,
    events: Vec<(u64, String, Pairs)>,
}

type Pairs = Vec<(Key, Shape)>;

#[derive(Debug, Arbitrary)]
enum Key {
    Known(u8),
    Any(String),
}

#[derive(Debug, Arbitrary)]
enum Shape {
    Empty,
    Word(u8),
    Text(String),
    Bool(bool),
    Int(i64),
    Small(u8),
    Double(f64),
    Bytes(Vec<u8>),
    Texts(Vec<String>),
    Map(Vec<(String, i64)>),
}

impl Input {
    fn span(self) -> RawSpan {
        let id = (TraceId::from_bytes([7; 16]), SpanId::from_bytes([7; 8]));
        let (Ok(trace_id), Ok(span_id)) = id else { unreachable!("sevens are not zeros") };
        let [name, status_message, trace_state, scope_name] = self.texts;
        let event = |(time_ns, name, with)| RawEvent { time_ns, name, attributes: attributes(with) };
        let resource = Arc::new(attributes(self.resource));
        RawSpan {
            name,
            kind: self.kind,
            start_ns: self.start_ns,
            end_ns: self.end_ns,
            status_code: self.status_code,
            status_message,
            fields: attributes(self.fields),
            attributes: attributes(self.attributes),
            origin: Arc::new(Origin { resource, scope_name, scope_version: String::new() }),
            events: self.events.into_iter().map(event).collect(),
            trace_state,
            ..RawSpan::new(trace_id, span_id)
        }
    }
}

fn attributes(pairs: Pairs) -> Attributes {
    let key = |key| match key {
        Key::Known(number) => KEYS[usize::from(number) % KEYS.len()].into(),
        Key::Any(text) => Text::from(text),
    };
    Attributes(pairs.into_iter().map(|(name, shape)| (key(name), shape.value())).collect())
}

impl Shape {
    fn value(self) -> Value {
        match self {
            Self::Empty => Value::Empty,
            Self::Word(number) => WORDS[usize::from(number) % WORDS.len()].into(),
            Self::Text(text) => text.into(),
            Self::Bool(truth) => truth.into(),
            Self::Int(int) => int.into(),
            Self::Small(int) => i64::from(int).into(),
            Self::Double(double) => double.into(),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Texts(texts) => Value::Array(texts.into_iter().map(Value::from).collect()),
            Self::Map(pairs) => {
                Value::Map(Attributes(pairs.into_iter().map(|(key, int)| (key.into(), int.into())).collect()))
            }
        }
    }
}
