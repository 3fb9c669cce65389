//! Plain JSON as attribute values.

use model::attribute::{Attributes, Value};
use serde_json::Value as Json;

/// The members of an object.
pub fn attributes(members: serde_json::Map<String, Json>) -> Attributes {
    Attributes(members.into_iter().map(|(key, json)| (key, value(json))).collect())
}

/// Recursion ends where serde_json's parsing did: it refuses text nested more than 128 deep.
pub fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Empty,
        Json::Bool(truth) => Value::Bool(truth),
        Json::String(text) => Value::String(text),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Value::Int(int),
            (None, Some(double)) => Value::Double(double),
            (None, None) => Value::String(number.to_string()),
        },
        Json::Array(items) => Value::Array(items.into_iter().map(value).collect()),
        Json::Object(members) => Value::Map(attributes(members)),
    }
}
