//! Pydantic AI and Logfire: all messages of a run, or the events of a call, in one attribute.

use serde_json::{Map, Value as Json};

use super::Dialect;
use crate::conversation::json::{self, opened, word};
use crate::conversation::message::{self, speaker};
use crate::conversation::{Message, Role, Side, shape};
use crate::span::Span;

pub const DIALECT: Dialect =
    Dialect { keys: &[MESSAGES, EVENTS[0], EVENTS[1], REQUEST, RESPONSE], prefixes: &[], read };

const MESSAGES: &str = "pydantic_ai.all_messages";
const EVENTS: [&str; 2] = ["events", "all_messages_events"];
const REQUEST: &str = "request_data";
const RESPONSE: &str = "response_data";

fn read(span: &Span, side: Side) -> Vec<Message> {
    let attributes = &span.detail.attributes;
    let told = |key| attributes.get(key).map(json::of);
    if let Some(messages) = told(MESSAGES) {
        // A run as a whole is one list, so all of it is what was said before it ended.
        return if side == Side::Input { shape::messages(&messages, side).unwrap_or_default() } else { Vec::new() };
    }
    if let Some(Json::Array(events)) = EVENTS.into_iter().find_map(told) {
        return events.iter().filter_map(|event| one(event.as_object()?, side)).collect();
    }
    let whole = told(if side == Side::Input { REQUEST } else { RESPONSE });
    whole.and_then(|whole| shape::messages(&whole, side)).unwrap_or_default()
}

/// An event, when it is of this side.
fn one(event: &Map<String, Json>, side: Side) -> Option<Message> {
    let name = word(event, &["event.name", "event_name"])?;
    let is_choice = name == "gen_ai.choice";
    let role = name.strip_prefix("gen_ai.").and_then(|name| name.strip_suffix(".message")).map(Role::of);
    if is_choice != (side == Side::Output) || !is_choice && role.is_none() {
        return None;
    }
    let held = event.get("message").map(|held| opened(held));
    let members = held.as_deref().and_then(Json::as_object).filter(|_| is_choice).unwrap_or(event);
    Some(message::of(members, side, role.unwrap_or_else(|| speaker(side))))
}
