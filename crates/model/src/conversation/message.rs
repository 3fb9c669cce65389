//! One message, in the shapes the providers have for it.

use serde_json::{Map, Value as Json};

use super::json::{first, word};
use super::{Message, Part, Role, Side, part, tool};

/// Who speaks where a message does not say.
pub const fn speaker(side: Side) -> Role {
    match side {
        Side::Input => Role::User,
        Side::Output => Role::Assistant,
    }
}

/// A message of nothing but this.
pub const fn plain(side: Side, role: Role, parts: Vec<Part>) -> Message {
    Message { side, role, name: None, parts, finish_reason: None }
}

/// Whether an object is a message rather than something that holds messages.
pub fn is_message(members: &Map<String, Json>) -> bool {
    let members = unwrapped(members);
    let says = CONTENT.iter().chain(CALLS).any(|key| members.contains_key(*key));
    says && (members.get("role").is_some_and(Json::is_string) || role_of_type(members).is_some())
}

/// A message by its members; `otherwise` speaks when it does not say who does.
pub fn of(members: &Map<String, Json>, side: Side, otherwise: Role) -> Message {
    let (finish_reason, of_class) = (word(members, FINISH), role_of_class(members));
    let members = unwrapped(members);
    let role = word(members, &["role"]).map(|role| Role::of(&role)).or_else(|| role_of_type(members)).or(of_class);
    let role = role.unwrap_or(otherwise);
    let mut parts: Vec<Part> = Vec::new();
    if let Some(thought) = first(members, &["reasoning_content", "reasoning", "thinking"]) {
        parts.extend(Some(part::thoughts(thought)).filter(|thought| !thought.is_empty()).map(Part::Reasoning));
    }
    parts.extend(first(members, CONTENT).map(part::all).unwrap_or_default());
    let is_result = |part: &Part| matches!(part, Part::ToolResult { .. });
    if role == Role::Tool && !parts.is_empty() && !parts.iter().any(is_result) {
        parts = vec![tool::result(members)];
    }
    for key in CALLS {
        parts.extend(members.get(*key).map(tool::calls).unwrap_or_default());
    }
    let name = word(members, &["name"]).filter(|_| role != Role::Tool);
    Message { side, role, name, parts, finish_reason: finish_reason.or_else(|| word(members, FINISH)) }
}

/// What a message says, first the list of parts, where some send both.
const CONTENT: &[&str] = &["parts", "contents", "content", "text"];
const CALLS: &[&str] = &["tool_calls", "toolCalls", "function_call"];
const FINISH: &[&str] = &["finish_reason", "finishReason", "stop_reason", "stopReason"];

/// LangChain and OpenInference put an object around each message.
fn unwrapped(members: &Map<String, Json>) -> &Map<String, Json> {
    let wrapped = ["kwargs", "data", "message"].iter().find_map(|key| members.get(*key)?.as_object());
    wrapped.filter(|_| !members.contains_key("role")).unwrap_or(members)
}

/// LangChain's `type` is a role.
fn role_of_type(members: &Map<String, Json>) -> Option<Role> {
    members.get("type").and_then(Json::as_str).filter(|word| *word != "function").and_then(Role::known)
}

/// And in what it serialises the role is the name of a class.
fn role_of_class(members: &Map<String, Json>) -> Option<Role> {
    members.get("id")?.as_array()?.last()?.as_str().and_then(Role::known)
}
