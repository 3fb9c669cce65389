//! Attribute values to and from the payload message.
//!
//! Recursion follows the nesting of one attribute value, which `wire` has bounded; prost refuses deeper than 100.

use model::attribute::{Attributes, Text, Value};

use super::message::{Array, Kind, Map, Named, Value as Kept};

mod encode;

pub(super) use encode::encode;

pub(super) fn keep(attributes: Attributes) -> Vec<Named> {
    let keep = |(name, value): (Text, Value)| Named { name: name.into_string(), value: Some(keep_value(value)) };
    attributes.0.into_iter().map(keep).collect()
}

fn keep_value(value: Value) -> Kept {
    let kind = match value {
        Value::Empty => None,
        Value::String(text) => Some(Kind::String(text.into_string())),
        Value::Bool(truth) => Some(Kind::Bool(truth)),
        Value::Int(number) => Some(Kind::Int(number)),
        Value::Double(number) => Some(Kind::Double(number)),
        Value::Bytes(bytes) => Some(Kind::Bytes(bytes)),
        Value::Array(values) => Some(Kind::Array(Array { values: values.into_iter().map(keep_value).collect() })),
        Value::Map(entries) => Some(Kind::Map(Map { entries: keep(entries) })),
    };
    Kept { kind }
}

pub(super) fn restore(named: Vec<Named>) -> Attributes {
    let restored =
        named.into_iter().map(|Named { name, value }| (name.into(), value.map_or(Value::Empty, restore_value)));
    Attributes(restored.collect())
}

fn restore_value(value: Kept) -> Value {
    match value.kind {
        None => Value::Empty,
        Some(Kind::String(text)) => Value::from(text),
        Some(Kind::Bool(truth)) => Value::Bool(truth),
        Some(Kind::Int(number)) => Value::Int(number),
        Some(Kind::Double(number)) => Value::Double(number),
        Some(Kind::Bytes(bytes)) => Value::Bytes(bytes),
        Some(Kind::Array(array)) => Value::Array(array.values.into_iter().map(restore_value).collect()),
        Some(Kind::Map(map)) => Value::Map(restore(map.entries)),
    }
}
