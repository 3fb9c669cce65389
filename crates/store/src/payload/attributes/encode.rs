//! Attributes written straight into a payload: the bytes of [`super::keep`]'s messages, without asking for memory for them.

use model::attribute::{Attributes, Value};
use prost::encoding::{WireType, bool, bytes, double, encode_key, encode_varint, encoded_len_varint, key_len, sint64};

// Field numbers of `super::super::message`.
const NAME: u32 = 1;
const VALUE: u32 = 2;
const STRING: u32 = 1;
const BOOL: u32 = 2;
const INT: u32 = 3;
const DOUBLE: u32 = 4;
const BYTES: u32 = 5;
const ARRAY: u32 = 6;
const MAP: u32 = 7;
const ITEM: u32 = 1;

/// Writes each attribute as a field with this number.
pub(in super::super) fn encode(number: u32, attributes: &Attributes, to: &mut Vec<u8>) {
    for (name, value) in &attributes.0 {
        let value_len = len_of(value);
        head(number, named_len(name, value_len), to);
        if !name.is_empty() {
            text(NAME, name, to);
        }
        head(VALUE, value_len, to);
        encode_value(value, to);
    }
}

fn encode_value(value: &Value, to: &mut Vec<u8>) {
    match value {
        Value::Empty => {}
        Value::String(string) => text(STRING, string, to),
        Value::Bool(truth) => bool::encode(BOOL, truth, to),
        Value::Int(number) => sint64::encode(INT, number, to),
        Value::Double(number) => double::encode(DOUBLE, number, to),
        Value::Bytes(raw) => bytes::encode(BYTES, raw, to),
        Value::Array(items) => {
            head(ARRAY, items_len(items), to);
            for item in items {
                head(ITEM, len_of(item), to);
                encode_value(item, to);
            }
        }
        Value::Map(entries) => {
            head(MAP, entries_len(entries), to);
            encode(ITEM, entries, to);
        }
    }
}

fn len_of(value: &Value) -> usize {
    match value {
        Value::Empty => 0,
        Value::String(string) => field_len(STRING, string.len()),
        Value::Bool(truth) => bool::encoded_len(BOOL, truth),
        Value::Int(number) => sint64::encoded_len(INT, number),
        Value::Double(number) => double::encoded_len(DOUBLE, number),
        Value::Bytes(raw) => bytes::encoded_len(BYTES, raw),
        Value::Array(items) => field_len(ARRAY, items_len(items)),
        Value::Map(entries) => field_len(MAP, entries_len(entries)),
    }
}

fn items_len(items: &[Value]) -> usize {
    items.iter().map(|item| field_len(ITEM, len_of(item))).sum()
}

fn entries_len(entries: &Attributes) -> usize {
    entries.0.iter().map(|(name, value)| field_len(ITEM, named_len(name, len_of(value)))).sum()
}

fn named_len(name: &str, value_len: usize) -> usize {
    let name_len = if name.is_empty() { 0 } else { field_len(NAME, name.len()) };
    name_len + field_len(VALUE, value_len)
}

/// Bytes of a field whose content has so many.
const fn field_len(number: u32, content: usize) -> usize {
    key_len(number) + encoded_len_varint(content as u64) + content
}

fn head(number: u32, content: usize, to: &mut Vec<u8>) {
    encode_key(number, WireType::LengthDelimited, to);
    encode_varint(content as u64, to);
}

fn text(number: u32, text: &str, to: &mut Vec<u8>) {
    head(number, text.len(), to);
    to.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use prost::Message;

    use super::super::super::message::Payload;
    use super::super::keep;
    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Empty),
            ".{0,40}".prop_map(Value::from),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_map(Value::Double),
            proptest::collection::vec(any::<u8>(), 0..200).prop_map(Value::Bytes),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                attributes(inner).prop_map(Value::Map),
            ]
        })
    }

    fn attributes(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Attributes> {
        let pair = (".{0,30}", values).prop_map(|(name, value)| (name.into(), value));
        proptest::collection::vec(pair, 0..6).prop_map(Attributes)
    }

    proptest! {
        #[test]
        fn what_is_written_straight_are_the_bytes_of_the_messages(attributes in attributes(values())) {
            let mut straight = Vec::new();
            encode(1, &attributes, &mut straight);
            let message = Payload { attributes: keep(attributes), ..Payload::default() };
            prop_assert_eq!(straight, message.encode_to_vec());
        }
    }
}
