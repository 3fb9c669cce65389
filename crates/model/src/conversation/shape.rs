//! Messages in JSON of which nobody said what it is: requests, answers and lists of messages of the usual providers.

use serde_json::{Map, Value as Json};

use super::json::{first, opened, word};
use super::message::{self, is_message, plain, speaker};
use super::{Message, Part, Role, Side, part};

/// Lists of lists that are looked into: LangChain has two of them.
const DEPTH_MAX: usize = 3;

/// The messages in a value; `None` when it has no shape that is known.
pub fn messages(value: &Json, side: Side) -> Option<Vec<Message>> {
    within(&opened(value), side, DEPTH_MAX).filter(|messages| !messages.is_empty())
}

fn within(value: &Json, side: Side, depth: usize) -> Option<Vec<Message>> {
    match value {
        Json::Object(members) if is_message(members) => Some(vec![message::of(members, side, speaker(side))]),
        Json::Object(members) => match side {
            Side::Input => request(members, side, depth).or_else(|| answer(members, side, depth)),
            Side::Output => answer(members, side, depth).or_else(|| request(members, side, depth)),
        },
        Json::Array(items) if depth > 0 => {
            let found = items.iter().map(|item| item_of(&opened(item), side, depth - 1));
            found.collect::<Option<Vec<_>>>().map(|found| found.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// An item of a list of messages: one, or what OpenAI's responses list beside them.
fn item_of(item: &Json, side: Side, depth: usize) -> Option<Vec<Message>> {
    let Some(members) = item.as_object() else { return within(item, side, depth) };
    if is_message(members) || members.get("kwargs").is_some_and(Json::is_object) {
        return Some(vec![message::of(members, side, speaker(side))]);
    }
    let role = match members.get("type").and_then(Json::as_str) {
        Some("function_call" | "custom_tool_call" | "reasoning") => Role::Assistant,
        Some("function_call_output") => Role::Tool,
        _ => return within(item, side, depth),
    };
    Some(vec![plain(side, role, vec![part::one(item)])])
}

/// What is sent to a model: instructions and messages, or a prompt.
fn request(members: &Map<String, Json>, side: Side, depth: usize) -> Option<Vec<Message>> {
    let told = ["messages", "contents", "input", "prompt"].iter().find_map(|key| {
        let told = opened(members.get(*key)?);
        within(&told, side, depth.checked_sub(1)?).filter(|messages| !messages.is_empty()).or_else(|| {
            let words = told.as_str().filter(|words| !words.is_empty())?;
            Some(vec![plain(side, speaker(side), part::all(&Json::from(words)))])
        })
    })?;
    let instructions = first(members, &["system", "instructions", "systemInstruction", "system_instruction"]);
    Some(instructions.map(|words| system(words, side)).into_iter().chain(told).collect())
}

/// Instructions: words, parts, or a message that holds them.
pub fn system(instructions: &Json, side: Side) -> Message {
    let instructions = opened(instructions);
    match instructions.as_object() {
        Some(members) if members.contains_key("parts") || members.contains_key("content") => {
            Message { role: Role::System, ..message::of(members, side, Role::System) }
        }
        _ => plain(side, Role::System, part::all(&instructions)),
    }
}

/// What a model sends back.
fn answer(members: &Map<String, Json>, side: Side, depth: usize) -> Option<Vec<Message>> {
    for key in ["choices", "candidates", "generations"] {
        if let Some(items) = members.get(key).and_then(Json::as_array) {
            return Some(items.iter().flat_map(|item| choice(item, side)).collect());
        }
    }
    let output = members.get("output").or_else(|| members.get("message"))?;
    within(&opened(output), side, depth.checked_sub(1)?)
}

/// One of the answers a model gave; LangChain keeps them in lists of lists.
fn choice(item: &Json, side: Side) -> Vec<Message> {
    if let Some(items) = item.as_array() {
        return items.iter().filter_map(|item| one_choice(item.as_object()?, side)).collect();
    }
    item.as_object().and_then(|members| one_choice(members, side)).into_iter().collect()
}

fn one_choice(members: &Map<String, Json>, side: Side) -> Option<Message> {
    let finish = word(members, &["finish_reason", "finishReason", "stop_reason"]);
    let held = ["message", "delta", "content"].iter().find_map(|key| members.get(*key)?.as_object());
    let said = match held {
        Some(held) => message::of(held, side, Role::Assistant),
        None => {
            plain(side, Role::Assistant, vec![Part::Text(super::Excerpt::of(first(members, &["text", "content"])?))])
        }
    };
    Some(Message { finish_reason: said.finish_reason.clone().or(finish), ..said })
}
