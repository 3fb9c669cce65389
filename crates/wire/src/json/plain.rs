//! Plain JSON as attribute values.

use model::attribute::{Attributes, Value};
use serde_json::Value as Json;

use super::Members;
use crate::collect::VALUE_DEPTH_MAX;
use crate::raw::warn;

/// The warning about a value that was nested too deep.
pub const TOO_DEEP: &str = "a value was nested so deep that its innermost part is kept as JSON text";

/// The members of an object.
pub fn attributes(members: Members, warnings: &mut Vec<String>) -> Attributes {
    map(members, 0, warnings)
}

/// Any value.
pub fn value(json: Json, warnings: &mut Vec<String>) -> Value {
    nested(json, 0, warnings)
}

fn map(members: Members, depth: usize, warnings: &mut Vec<String>) -> Attributes {
    Attributes(members.into_iter().map(|(key, json)| (key.into(), nested(json, depth, warnings))).collect())
}

/// A value that lies within `depth` others.
fn nested(json: Json, depth: usize, warnings: &mut Vec<String>) -> Value {
    match json {
        Json::Null => Value::Empty,
        Json::Bool(truth) => Value::Bool(truth),
        Json::String(text) => Value::from(text),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Value::Int(int),
            (None, Some(double)) => Value::Double(double),
            (None, None) => Value::from(number.to_string()),
        },
        deep if depth > VALUE_DEPTH_MAX => {
            warn(warnings, TOO_DEEP);
            Value::from(deep.to_string())
        }
        Json::Array(items) => Value::Array(items.into_iter().map(|item| nested(item, depth + 1, warnings)).collect()),
        Json::Object(members) => Value::Map(map(members, depth + 1, warnings)),
    }
}
