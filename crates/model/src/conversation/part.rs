//! The content of a message, in the shapes the providers have for it.

use serde_json::{Map, Value as Json};

use super::json::{first, opened};
use super::media::{self, data_uri};
use super::{Excerpt, Media, Part, tool};

/// Parts kept of one message.
const PARTS_MAX: usize = 200;

/// The parts of a content: text, a part, a list of them, or text that holds one of these.
pub fn all(content: &Json) -> Vec<Part> {
    match content {
        Json::Null => Vec::new(),
        Json::String(text) if text.is_empty() => Vec::new(),
        Json::String(text) => match &*opened(content) {
            Json::Array(items) if !items.is_empty() && items.iter().all(is_part) => listed(items),
            _ => vec![text_or_data(text, content)],
        },
        Json::Array(items) => listed(items),
        other => vec![one(other)],
    }
}

fn listed(items: &[Json]) -> Vec<Part> {
    let mut parts: Vec<Part> = items.iter().take(PARTS_MAX).map(one).collect();
    if items.len() > PARTS_MAX {
        parts.push(Part::Skipped(items.len() - PARTS_MAX));
    }
    parts
}

fn text_or_data(text: &str, content: &Json) -> Part {
    match data_uri(text) {
        Some((media_type, bytes)) => {
            let (kind, media_type) = ("file".to_owned(), Some(super::bound::label(media_type)));
            Part::Media(Media { kind, media_type, bytes: Some(bytes), reference: None })
        }
        None => Part::Text(Excerpt::of(content)),
    }
}

/// One part of a list.
pub fn one(item: &Json) -> Part {
    match item {
        Json::String(text) => text_or_data(text, item),
        Json::Object(members) => of_members(members, item),
        other => Part::Other(Excerpt::of(other)),
    }
}

fn of_members(members: &Map<String, Json>, item: &Json) -> Part {
    // OpenInference puts a name around each.
    if let Some(inner) = members.get("message_content").and_then(Json::as_object) {
        return of_members_without_wrapping(inner, item);
    }
    of_members_without_wrapping(members, item)
}

fn of_members_without_wrapping(members: &Map<String, Json>, item: &Json) -> Part {
    let other = || Part::Other(Excerpt::of(item));
    match kind(members) {
        Kind::Text => first(members, TEXT).map_or_else(other, |text| match text {
            Json::String(words) => text_or_data(words, text),
            structured => Part::Text(Excerpt::of(structured)),
        }),
        Kind::Reasoning => first(members, REASONING).map_or_else(other, |thought| Part::Reasoning(thoughts(thought))),
        Kind::ToolCall => tool::call(members).unwrap_or_else(other),
        Kind::ToolResult => tool::result(members),
        Kind::Media(word) => Part::Media(media::of(word, members)),
        Kind::Unknown => other(),
    }
}

const TEXT: &[&str] = &["text", "content", "refusal", "input_text", "output_text"];
const REASONING: &[&str] = &["content", "text", "thinking", "reasoning", "reasoningText", "summary", "data"];

/// What somebody thought: words, or a list of summaries.
pub fn thoughts(thought: &Json) -> Excerpt {
    words_of(thought).map_or_else(|| Excerpt::of(thought), |words| Excerpt::words(&words))
}

enum Kind<'a> {
    Text,
    Reasoning,
    ToolCall,
    ToolResult,
    Media(&'a str),
    Unknown,
}

/// The kind of a part: by its type, and without one by the member that is there.
fn kind(members: &Map<String, Json>) -> Kind<'_> {
    match members.get("type").and_then(Json::as_str) {
        Some("text" | "input_text" | "output_text" | "summary_text" | "refusal") => Kind::Text,
        Some("reasoning" | "thinking" | "redacted_thinking" | "reasoning_text") => Kind::Reasoning,
        Some(
            "tool_call" | "tool-call" | "tool_use" | "function_call" | "server_tool_use" | "custom_tool_call"
            | "function",
        ) => Kind::ToolCall,
        Some(
            "tool_call_response" | "tool-result" | "tool_result" | "function_call_output" | "server_tool_call_response",
        ) => Kind::ToolResult,
        Some(
            word @ ("image" | "image_url" | "input_image" | "audio" | "input_audio" | "video" | "file" | "input_file"
            | "document" | "media" | "blob" | "uri"),
        ) => Kind::Media(word.strip_prefix("input_").or(word.strip_suffix("_url")).unwrap_or(word)),
        Some(_) => Kind::Unknown,
        None => untyped(members),
    }
}

/// Google's and Bedrock's parts have no type.
fn untyped(members: &Map<String, Json>) -> Kind<'_> {
    let has = |keys: &[&str]| keys.iter().any(|key| members.contains_key(*key));
    match () {
        () if has(&["functionCall", "function_call", "toolUse"]) => Kind::ToolCall,
        () if has(&["functionResponse", "function_response", "toolResult"]) => Kind::ToolResult,
        () if has(&["inlineData", "inline_data", "fileData", "file_data"]) => Kind::Media("file"),
        () if has(&["image"]) => Kind::Media("image"),
        () if members.get("thought") == Some(&Json::Bool(true)) => Kind::Reasoning,
        () if has(&["text"]) => Kind::Text,
        () => Kind::Unknown,
    }
}

/// Whether an item of a list can only be a part of a message.
fn is_part(item: &Json) -> bool {
    item.as_object().is_some_and(|members| members.contains_key("type") && !matches!(kind(members), Kind::Unknown))
}

/// The words of a list of nothing but text parts, a line each; nothing for anything else.
pub fn words_of(list: &Json) -> Option<String> {
    let items = list.as_array().filter(|items| !items.is_empty())?;
    let texts = items.iter().map(|item| {
        let members = item.as_object().filter(|members| matches!(kind(members), Kind::Text))?;
        first(members, TEXT)?.as_str()
    });
    Some(texts.collect::<Option<Vec<_>>>()?.join("\n"))
}
