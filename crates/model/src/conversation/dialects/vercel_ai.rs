//! The AI SDK of Vercel: `ai.prompt.messages`, `ai.response.text`, and `ai.result` of its first releases.

use super::Dialect;
use crate::conversation::message::{plain, speaker};
use crate::conversation::{Excerpt, Message, Part, Role, Side, json, part, shape, tool};
use crate::span::Span;

pub const DIALECT: Dialect = Dialect {
    keys: &[
        MESSAGES,
        "ai.prompt",
        "ai.response.text",
        "ai.result.text",
        "ai.response.object",
        "ai.result.object",
        "ai.response.toolCalls",
        "ai.result.toolCalls",
        "ai.response.reasoning",
    ],
    prefixes: &[],
    read,
};

const MESSAGES: &str = "ai.prompt.messages";

fn read(span: &Span, side: Side) -> Vec<Message> {
    match side {
        Side::Input => input(span),
        Side::Output => output(span).into_iter().collect(),
    }
}

fn input(span: &Span) -> Vec<Message> {
    let told = [MESSAGES, "ai.prompt"].into_iter().find_map(|key| span.detail.attributes.get(key)).map(json::of);
    let Some(told) = told else { return Vec::new() };
    shape::messages(&told, Side::Input).unwrap_or_else(|| vec![plain(Side::Input, Role::User, part::all(&told))])
}

/// One message of what stands in several attributes.
fn output(span: &Span) -> Option<Message> {
    let attributes = &span.detail.attributes;
    let told = |keys: [&str; 2]| keys.into_iter().find_map(|key| attributes.get(key)).map(|value| value.to_json());
    let mut parts = Vec::new();
    if let Some(thought) = attributes.text("ai.response.reasoning") {
        parts.push(Part::Reasoning(Excerpt::words(thought)));
    }
    for keys in [["ai.response.text", "ai.result.text"], ["ai.response.object", "ai.result.object"]] {
        parts.extend(told(keys).map(|text| part::all(&text)).unwrap_or_default());
    }
    parts.extend(
        told(["ai.response.toolCalls", "ai.result.toolCalls"]).map(|calls| tool::calls(&calls)).unwrap_or_default(),
    );
    let finish_reason = attributes.text("ai.response.finishReason").map(crate::conversation::bound::label);
    (!parts.is_empty()).then(|| Message { finish_reason, ..plain(Side::Output, speaker(Side::Output), parts) })
}
