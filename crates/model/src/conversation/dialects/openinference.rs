//! OpenInference: `llm.input_messages.0.message.content`, or prompts and completions where a model has no messages.

use serde_json::{Map, Value as Json};

use super::Dialect;
use crate::conversation::json::{first, word};
use crate::conversation::message::{self, plain, speaker};
use crate::conversation::{Excerpt, Message, Part, Side, part, unflatten};
use crate::span::Span;

pub const DIALECT: Dialect = Dialect {
    keys: &["llm.input_messages", "llm.output_messages"],
    prefixes: &["llm.input_messages.", "llm.output_messages.", "llm.prompts.", "llm.choices."],
    read,
};

fn read(span: &Span, side: Side) -> Vec<Message> {
    let (messages, texts, held) = match side {
        Side::Input => ("llm.input_messages", "llm.prompts", "prompt"),
        Side::Output => ("llm.output_messages", "llm.choices", "completion"),
    };
    let attributes = &span.detail.attributes;
    let mut items = unflatten::list(attributes, messages);
    if items.is_empty() {
        items = attributes.get(messages).and_then(|value| value.to_json().as_array().cloned()).unwrap_or_default();
    }
    if !items.is_empty() {
        return items.iter().filter_map(Json::as_object).map(|item| one(item, side)).collect();
    }
    let texts = unflatten::list(attributes, texts);
    let texts = texts.iter().filter_map(|item| item.get(held)?.get("text"));
    texts.map(|text| plain(side, speaker(side), part::all(text))).collect()
}

/// A message; the one call that was possible before there were several has members of its own.
fn one(item: &Map<String, Json>, side: Side) -> Message {
    let mut found = message::of(item, side, speaker(side));
    let inner = item.get("message").and_then(Json::as_object).unwrap_or(item);
    if let Some(name) = word(inner, &["function_call_name"]) {
        let arguments = first(inner, &["function_call_arguments_json"]).map(Excerpt::of).unwrap_or_default();
        found.parts.push(Part::ToolCall { id: None, name, arguments });
    }
    found
}
