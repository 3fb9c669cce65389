//! JSON in attributes: as text, as a structure, or as text within either.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::bound::label;
use crate::attribute::Value;

/// Values in one text of JSON that is read as such: each takes some dozens of bytes, so without an end a few megabytes of brackets
/// would become hundreds. More stays text.
const VALUES_MAX: usize = 50_000;

/// An attribute as JSON; text that holds an object or a list is opened.
pub fn of(value: &Value) -> Json {
    match value {
        Value::String(text) => parsed(text).unwrap_or_else(|| Json::String(text.to_string())),
        other => other.to_json(),
    }
}

/// Text that holds an object or a list, as that; anything else as it is.
pub fn opened(value: &Json) -> Cow<'_, Json> {
    match value {
        Json::String(text) => parsed(text).map_or(Cow::Borrowed(value), Cow::Owned),
        other => Cow::Borrowed(other),
    }
}

fn parsed(text: &str) -> Option<Json> {
    let begins = text.trim_start();
    if !begins.starts_with(['{', '[']) || values(begins) > VALUES_MAX {
        return None;
    }
    serde_json::from_str(begins).ok()
}

/// About how many values a text of JSON has: what stands between its separators, outside of strings.
fn values(text: &str) -> usize {
    let (mut count, mut in_string, mut escaped) = (1_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b':' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// The first of these members that is there and not null.
pub fn first<'a>(members: &'a Map<String, Json>, keys: &[&str]) -> Option<&'a Json> {
    keys.iter().filter_map(|key| members.get(*key)).find(|value| !value.is_null())
}

/// The first of these members that is a short text: a name, an id, a word.
pub fn word(members: &Map<String, Json>, keys: &[&str]) -> Option<String> {
    let texts = keys.iter().filter_map(|key| members.get(*key)?.as_str());
    texts.map(str::trim).find(|text| !text.is_empty()).map(label)
}
