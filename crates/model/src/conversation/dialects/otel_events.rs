//! OpenTelemetry's older events, one a message: `gen_ai.user.message`, `gen_ai.choice`, and the two before those.

use serde_json::{Map, Value as Json};

use super::Dialect;
use crate::conversation::json::{first, opened};
use crate::conversation::message::{self, speaker};
use crate::conversation::{Message, Role, Side, shape};
use crate::span::{Event, Span};

pub const DIALECT: Dialect = Dialect { keys: &[], prefixes: &[], read };

fn read(span: &Span, side: Side) -> Vec<Message> {
    span.detail.events.iter().flat_map(|event| of(event, side)).collect()
}

fn of(event: &Event, side: Side) -> Vec<Message> {
    let content = |key| event.attributes.get(key).map(|value| value.to_json());
    let listed = |told: Option<Json>| told.and_then(|told| shape::messages(&told, side)).unwrap_or_default();
    match (event.name.as_str(), side) {
        ("gen_ai.content.prompt", Side::Input) => listed(content("gen_ai.prompt")),
        ("gen_ai.content.completion", Side::Output) => listed(content("gen_ai.completion")),
        ("gen_ai.choice", Side::Output) => vec![choice(members(event), side)],
        (name, Side::Input) => {
            let word = name.strip_prefix("gen_ai.").and_then(|name| name.strip_suffix(".message"));
            word.map(|word| message::of(&members(event), side, Role::of(word))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What the event says: its attributes, or the JSON that some put in one of them.
fn members(event: &Event) -> Map<String, Json> {
    let members = event.attributes.0.iter().map(|(key, value)| (key.to_string(), value.to_json())).collect();
    let body = first(&members, &["gen_ai.event.content", "body"]).map(|body| opened(body).into_owned());
    match body {
        Some(Json::Object(body)) => body,
        _ => members,
    }
}

/// The answer stands in a message of its own, which may be text.
fn choice(mut members: Map<String, Json>, side: Side) -> Message {
    if let Some(held) = members.get("message").map(|held| opened(held).into_owned()) {
        let key = if held.is_string() { "content" } else { "message" };
        members.insert(key.to_owned(), held);
    }
    message::of(&members, side, speaker(side))
}
