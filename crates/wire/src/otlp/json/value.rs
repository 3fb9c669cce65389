//! Attribute values in OTLP/JSON (`AnyValue`), in every shape encoders write them.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use model::attribute::{Attributes, Value};
use serde_json::Value as Json;

use crate::collect::VALUE_DEPTH_MAX;
use crate::json::plain::TOO_DEEP;
use crate::json::{self, Members, get};
use crate::raw::warn;

/// A list of `{key, value}`; entries without a usable key are left out with a warning.
pub fn attributes(sent: Option<&Json>, warnings: &mut Vec<String>) -> Attributes {
    nested(sent, 0, warnings)
}

fn nested(sent: Option<&Json>, depth: usize, warnings: &mut Vec<String>) -> Attributes {
    let Some(sent) = sent else { return Attributes::default() };
    let Json::Array(pairs) = sent else {
        warn(warnings, "attributes were not a list of {key, value} and were left out");
        return Attributes::default();
    };
    let mut attributes = Vec::with_capacity(pairs.len());
    for pair in pairs {
        match pair.get("key") {
            Some(Json::String(key)) if !(key.is_empty() && pair.get("keyStrindex").is_some()) => {
                attributes.push((key.as_str().into(), any_value(pair.get("value"), depth, warnings)));
            }
            _ => warn(warnings, "an attribute without a key was left out"),
        }
    }
    Attributes(attributes)
}

/// A value that lies within `depth` others.
fn any_value(sent: Option<&Json>, depth: usize, warnings: &mut Vec<String>) -> Value {
    match sent {
        None | Some(Json::Null) => Value::Empty,
        Some(value @ (Json::Object(_) | Json::Array(_))) if depth > VALUE_DEPTH_MAX => {
            warn(warnings, TOO_DEEP);
            Value::from(value.to_string())
        }
        Some(Json::Object(members)) => tagged(members, depth, warnings),
        // Not an AnyValue, but what was meant is plain.
        Some(Json::String(text)) => Value::from(text.as_str()),
        Some(Json::Bool(truth)) => Value::Bool(*truth),
        Some(Json::Number(number)) => {
            number.as_i64().map_or_else(|| Value::Double(number.as_f64().unwrap_or(f64::NAN)), Value::Int)
        }
        Some(Json::Array(items)) => list(items, depth, warnings),
    }
}

fn list(items: &[Json], depth: usize, warnings: &mut Vec<String>) -> Value {
    Value::Array(items.iter().map(|item| any_value(Some(item), depth + 1, warnings)).collect())
}

fn tagged(members: &Members, depth: usize, warnings: &mut Vec<String>) -> Value {
    if let Some(text) = get(members, &["stringValue", "string_value"]) {
        return json::text(text).map_or_else(|| unreadable("stringValue", text, warnings), Value::from);
    }
    if let Some(truth) = get(members, &["boolValue", "bool_value"]) {
        let parsed = truth.as_bool().or_else(|| truth.as_str()?.parse().ok());
        return parsed.map_or_else(|| unreadable("boolValue", truth, warnings), Value::Bool);
    }
    if let Some(int) = get(members, &["intValue", "int_value"]) {
        return json::int(int).map_or_else(|| unreadable("intValue", int, warnings), Value::Int);
    }
    if let Some(double) = get(members, &["doubleValue", "double_value"]) {
        return json::double(double).map_or_else(|| unreadable("doubleValue", double, warnings), Value::Double);
    }
    if let Some(array) = get(members, &["arrayValue", "array_value"]) {
        let items = array.get("values").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        return list(items, depth, warnings);
    }
    if let Some(map) = get(members, &["kvlistValue", "kvlist_value"]) {
        return Value::Map(nested(map.get("values").filter(|values| !values.is_null()), depth + 1, warnings));
    }
    if let Some(bytes) = get(members, &["bytesValue", "bytes_value"]) {
        return bytes.as_str().and_then(base64).map_or_else(|| unreadable("bytesValue", bytes, warnings), Value::Bytes);
    }
    if get(members, &["stringValueStrindex", "string_value_strindex"]).is_some() {
        warn(warnings, "a value that is an index into a table of strings was left out: spans have none");
    }
    // `{}` and kinds of value this version does not know.
    Value::Empty
}

/// Keeps what cannot be read as what it claims to be as the text it is.
fn unreadable(kind: &str, sent: &Json, warnings: &mut Vec<String>) -> Value {
    warn(warnings, format!("a {kind} could not be read as one and was kept as text"));
    Value::from(json::text(sent).unwrap_or_else(|| sent.to_string()))
}

/// Proto3 JSON accepts both alphabets, with and without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].iter().find_map(|engine| engine.decode(text).ok())
}
