//! One attribute for each thing a message has: `gen_ai.prompt.0.content`, `gen_ai.completion.0.tool_calls.0.name`.
//!
//! OpenLLMetry began this and many followed; before it `gen_ai.prompt` and `gen_ai.completion` were texts.

use serde_json::Value as Json;

use super::Dialect;
use crate::conversation::message::{self, plain, speaker};
use crate::conversation::{Message, Side, part, shape, unflatten};
use crate::span::Span;

pub const DIALECT: Dialect = Dialect {
    keys: &["gen_ai.prompt", "gen_ai.completion"],
    prefixes: &["gen_ai.prompt.", "gen_ai.completion.", "llm.prompts.", "llm.completions."],
    read,
};

fn read(span: &Span, side: Side) -> Vec<Message> {
    let (families, whole) = match side {
        Side::Input => (["gen_ai.prompt", "llm.prompts"], "gen_ai.prompt"),
        Side::Output => (["gen_ai.completion", "llm.completions"], "gen_ai.completion"),
    };
    let attributes = &span.detail.attributes;
    for family in families {
        let items = unflatten::list(attributes, family);
        let found: Vec<Message> =
            items.iter().filter_map(Json::as_object).map(|item| message::of(item, side, speaker(side))).collect();
        if !found.is_empty() {
            return found;
        }
    }
    let Some(text) = attributes.get(whole).map(|value| value.to_json()) else { return Vec::new() };
    shape::messages(&text, side).unwrap_or_else(|| vec![plain(side, speaker(side), part::all(&text))])
}
