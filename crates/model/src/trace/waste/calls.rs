//! When two calls are the same one: what a call was given, as a number.
//!
//! Only what was said counts, not the name of the call: a span that does not tell its input is the same as no other. To read one more
//! dialect: its keys in [`CONTENT`], or their beginning in [`CONTENT_BEGINS`].

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::attribute::{Attributes, Value};
use crate::id::SpanId;
use crate::span::Event;

/// Where instrumentations put what a call is given (OpenTelemetry GenAI, its predecessors, OpenInference, OpenLLMetry, Langfuse, MLflow,
/// Vercel AI SDK, and our own documents).
const CONTENT: [&str; 22] = [
    "gen_ai.input.messages",
    "gen_ai.prompt",
    "gen_ai.tool.call.arguments",
    "input.value",
    "input",
    "prompt",
    "llm.prompts",
    "tool.args",
    "tool.arguments",
    "tool.parameters",
    "tool_arguments",
    "tool_call.function.arguments",
    "traceloop.entity.input",
    "langfuse.observation.input",
    "mlflow.spanInputs",
    "ai.prompt",
    "ai.prompt.messages",
    "ai.toolCall.args",
    "ai.toolCall.input",
    "ai.value",
    "ai.values",
    "gen_ai.embeddings.input",
];

/// The same for dialects that write a list as one attribute per item.
const CONTENT_BEGINS: [&str; 4] = ["gen_ai.prompt.", "llm.input_messages.", "llm.prompts.", "embedding.embeddings."];

/// What else decides about the answer: the same prompt at another temperature, or with other tools, is another call.
const SETTINGS_BEGIN: [&str; 9] = [
    "gen_ai.request.",
    "gen_ai.system_instructions",
    "gen_ai.tool.name",
    "gen_ai.tool.definitions",
    "llm.invocation_parameters",
    "llm.request.",
    "llm.tools.",
    "tool.name",
    "ai.toolCall.name",
];

/// Among the attributes of an embedding: what came out, not what went in.
const ANSWER_ENDS: &str = ".embedding.vector";

/// Events that are messages to a model (OpenTelemetry GenAI up to 1.36).
const MESSAGE_EVENTS: [&str; 5] = [
    "gen_ai.system.message",
    "gen_ai.user.message",
    "gen_ai.assistant.message",
    "gen_ai.tool.message",
    "gen_ai.content.prompt",
];

/// What stands in for text that was not to be recorded: it is the same for everything.
const MASKS: [&str; 5] = ["__redacted__", "[redacted]", "<redacted>", "redacted", "***"];

/// What a call was given. It is nothing to keep: another release may make other numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Input(u64);

/// The inputs of the calls of one trace.
#[derive(Debug, Default)]
pub struct Calls {
    /// What each was given, as far as it tells.
    pub inputs: HashMap<SpanId, Input>,
    /// Calls that were not compared with others, because there are too many.
    pub not_compared: u64,
}

impl Input {
    /// What a call of this model, or of none, was given, by the attributes and events of its span; `None` when it does not tell.
    pub fn of(model: Option<&str>, attributes: &Attributes, events: &[Event]) -> Option<Self> {
        let mut said: BTreeMap<&str, &Value> = BTreeMap::new();
        let mut told = keep(attributes, &mut said);
        let mut hasher = DefaultHasher::new();
        model.hash(&mut hasher);
        for event in events.iter().filter(|event| MESSAGE_EVENTS.contains(&event.name.as_str())) {
            told |= !event.attributes.is_empty();
            (&event.name, hashed_members(&event.attributes)).hash(&mut hasher);
        }
        said.iter().for_each(|(key, value)| (key, hashed(value)).hash(&mut hasher));
        told.then(|| Self(hasher.finish()))
    }

    /// An input by its number, for tests of what is done with it.
    pub const fn numbered(number: u64) -> Self {
        Self(number)
    }
}

/// Keeps what belongs to the input, of equal keys the last; whether there is any content among it.
fn keep<'a>(attributes: &'a Attributes, said: &mut BTreeMap<&'a str, &'a Value>) -> bool {
    let mut told = false;
    for (key, value) in &attributes.0 {
        let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| key.starts_with(beginning));
        let is_content = CONTENT.contains(&key.as_str()) || (begins(&CONTENT_BEGINS) && !key.ends_with(ANSWER_ENDS));
        if is_content || begins(&SETTINGS_BEGIN) {
            said.insert(key.as_str(), value);
            told |= is_content && says_something(value);
        }
    }
    told
}

/// Whether a value is more than a stand-in for one.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Empty => false,
        Value::String(text) => {
            let text = text.trim();
            !text.is_empty() && !MASKS.iter().any(|mask| text.eq_ignore_ascii_case(mask))
        }
        Value::Bytes(bytes) => !bytes.is_empty(),
        Value::Array(values) => values.iter().any(says_something),
        Value::Map(entries) => entries.0.iter().any(|(_, value)| says_something(value)),
        Value::Bool(_) | Value::Int(_) | Value::Double(_) => true,
    }
}

/// A value as a number. Values nest as deep as the decoder lets them, which is less than a stack holds.
fn hashed(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    std::mem::discriminant(value).hash(&mut hasher);
    match value {
        Value::Empty => {}
        Value::String(text) => text.hash(&mut hasher),
        Value::Bool(truth) => truth.hash(&mut hasher),
        Value::Int(number) => number.hash(&mut hasher),
        Value::Double(number) => number.to_bits().hash(&mut hasher),
        Value::Bytes(bytes) => bytes.hash(&mut hasher),
        Value::Array(values) => values.iter().for_each(|value| hashed(value).hash(&mut hasher)),
        Value::Map(entries) => hashed_members(entries).hash(&mut hasher),
    }
    hasher.finish()
}

/// Programs write the members of a map in any order.
fn hashed_members(entries: &Attributes) -> u64 {
    let members: BTreeMap<&str, u64> = entries.0.iter().map(|(key, value)| (key.as_str(), hashed(value))).collect();
    let mut hasher = DefaultHasher::new();
    members.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(pairs: &[(&str, Value)]) -> Option<Input> {
        let pairs = pairs.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
        Input::of(Some("gpt-4o"), &Attributes(pairs), &[])
    }

    fn text(key: &'static str, text: &str) -> (&'static str, Value) {
        (key, Value::from(text))
    }

    #[test]
    fn the_same_prompt_is_the_same_input_whatever_else_the_span_says() {
        let ask = input(&[text("gen_ai.prompt.0.content", "hello"), text("gen_ai.response.id", "1")]);
        let again = input(&[text("gen_ai.response.id", "2"), text("gen_ai.prompt.0.content", "hello")]);
        assert!(ask.is_some());
        assert_eq!(ask, again);
        assert_ne!(ask, input(&[text("gen_ai.prompt.0.content", "hello, you")]));
        let warmer = ("gen_ai.request.temperature", Value::Double(0.9));
        assert_ne!(ask, input(&[text("gen_ai.prompt.0.content", "hello"), warmer]));
    }

    #[test]
    fn nothing_said_and_something_masked_is_no_input() {
        assert_eq!(input(&[]), None);
        assert_eq!(input(&[text("gen_ai.tool.name", "search"), text("gen_ai.request.model", "gpt-4o")]), None);
        assert_eq!(input(&[text("input.value", "__REDACTED__")]), None);
        assert_eq!(input(&[text("tool.args", "  ")]), None);
    }

    #[test]
    fn members_of_a_map_have_no_order_and_items_of_a_list_have_one() {
        let map = |keys: [&str; 2]| Value::Map(Attributes(keys.map(|key| (key.into(), Value::from(key))).to_vec()));
        let of = |value: Value| input(&[("input.value", value)]);
        assert_eq!(of(map(["a", "b"])), of(map(["b", "a"])));
        let list = |items: [&str; 2]| Value::Array(items.map(Value::from).to_vec());
        assert_ne!(of(list(["a", "b"])), of(list(["b", "a"])));
    }
}
