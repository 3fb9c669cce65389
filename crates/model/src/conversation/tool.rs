//! Calls of tools and what they gave back.

use serde_json::{Map, Value as Json};

use super::json::{first, opened, word};
use super::part::words_of;
use super::{Excerpt, Part};

/// A model's wish to call a tool, in the shape of any provider; nothing without a name.
pub fn call(members: &Map<String, Json>) -> Option<Part> {
    let members = inner(members, &["tool_call", "functionCall", "function_call", "toolUse"]);
    let function = inner(members, &["function"]);
    Some(Part::ToolCall {
        id: word(members, &["id", "call_id", "toolCallId", "tool_call_id", "toolUseId"]),
        name: word(function, &["name", "toolName", "tool_name"])?,
        arguments: first(function, &["arguments", "args", "input", "parameters"]).map(Excerpt::of).unwrap_or_default(),
    })
}

/// All calls in a list of them, which may be text.
pub fn calls(list: &Json) -> Vec<Part> {
    match &*opened(list) {
        Json::Array(items) => items.iter().filter_map(|item| call(opened(item).as_object()?)).collect(),
        Json::Object(one) => call(one).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// What a tool gave back.
pub fn result(members: &Map<String, Json>) -> Part {
    let members = inner(members, &["functionResponse", "function_response", "toolResult"]);
    let given = first(members, &["result", "response", "output", "content"]);
    Part::ToolResult {
        id: word(members, &["tool_call_id", "tool_use_id", "call_id", "toolCallId", "toolUseId", "id"]),
        name: word(members, &["name", "toolName", "tool_name"]),
        result: given.map(excerpt).unwrap_or_default(),
    }
}

/// A result: the words of it when it is nothing but words in parts.
fn excerpt(given: &Json) -> Excerpt {
    let given = opened(given);
    words_of(&given).map_or_else(|| Excerpt::of(&given), |words| Excerpt::words(&words))
}

fn inner<'a>(members: &'a Map<String, Json>, keys: &[&str]) -> &'a Map<String, Json> {
    keys.iter().find_map(|key| members.get(*key)?.as_object()).unwrap_or(members)
}
