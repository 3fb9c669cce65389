//! How figures and attribute values look in JSON: exact decimals, never scientific notation for what a client sent as money.
//!
//! Money is written by [`model::usd::json`]; this is the rest.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::attribute::{Attributes, Value, not_finite};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

const NANOS_PER_MS: u64 = 1_000_000;

/// A number or a string as it is written, so that no digit of an amount is lost on the way.
pub fn text(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

/// Nanoseconds as exact milliseconds: `250`, `0.000001`.
pub fn milliseconds<S: Serializer>(nanoseconds: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    let sign = if *nanoseconds < 0 { "-" } else { "" };
    let (whole, rest) = (nanoseconds.unsigned_abs() / NANOS_PER_MS, nanoseconds.unsigned_abs() % NANOS_PER_MS);
    let fraction = format!("{rest:06}");
    let text = match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{digits}"),
    };
    raw(text, serializer)
}

/// The same for a duration that may not be known.
pub fn milliseconds_or_null<S: Serializer>(nanoseconds: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
    match nanoseconds {
        Some(nanoseconds) => milliseconds(nanoseconds, serializer),
        None => serializer.serialize_none(),
    }
}

fn raw<S: Serializer>(number: String, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(number).map_err(S::Error::custom)?.serialize(serializer)
}

/// Attributes as a JSON object; of equal keys the last one counts, as everywhere.
pub struct Object<'a>(pub &'a Attributes);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let last: HashMap<&str, usize> =
            self.0.0.iter().enumerate().map(|(index, (key, _))| (key.as_str(), index)).collect();
        let mut object = serializer.serialize_map(Some(last.len()))?;
        for (index, (key, value)) in self.0.0.iter().enumerate() {
            if last.get(key.as_str()) == Some(&index) {
                object.serialize_entry(key, &Any(value))?;
            }
        }
        object.end()
    }
}

/// One attribute value. Nesting is bounded by the decoders, so the recursion here is too.
struct Any<'a>(&'a Value);

impl Serialize for Any<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Empty => serializer.serialize_none(),
            Value::String(text) => serializer.serialize_str(text),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::Double(number) => double(*number, serializer),
            Value::Bytes(bytes) => serializer.serialize_str(&STANDARD.encode(bytes)),
            Value::Array(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                values.iter().try_for_each(|value| list.serialize_element(&Any(value)))?;
                list.end()
            }
            Value::Map(attributes) => Object(attributes).serialize(serializer),
        }
    }
}

/// Doubles that are somebody's money or measure stay plain decimals; JSON has no word for NaN and infinities, so they are text.
fn double<S: Serializer>(number: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if !number.is_finite() {
        return serializer.serialize_str(not_finite(number));
    }
    if (1e-12..1e15).contains(&number.abs()) {
        raw(number.to_string(), serializer)
    } else {
        serializer.serialize_f64(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Duration(#[serde(serialize_with = "milliseconds")] i64);

    fn duration(nanoseconds: i64) -> String {
        serde_json::to_string(&Duration(nanoseconds)).expect("plain data")
    }

    #[test]
    fn a_duration_keeps_every_nanosecond() {
        assert_eq!(duration(250_000_000), "250");
        assert_eq!(duration(1), "0.000001");
        assert_eq!(duration(1_500_000), "1.5");
        assert_eq!(duration(0), "0");
        assert_eq!(duration(-2_000_001), "-2.000001");
    }

    #[test]
    fn attributes_become_an_object_in_which_the_last_of_equal_keys_counts() {
        let attributes = Attributes(vec![
            ("cost_usd".into(), Value::Double(0.00005)),
            ("a".into(), Value::Int(1)),
            ("a".into(), Value::Array(vec![Value::Bool(true), Value::Empty])),
            ("nan".into(), Value::Double(f64::NAN)),
            ("raw".into(), Value::Bytes(vec![0, 255])),
            ("map".into(), Value::Map(Attributes(vec![("k".into(), Value::String("v".into()))]))),
        ]);
        let text = serde_json::to_string(&Object(&attributes)).expect("plain data");
        assert_eq!(text, r#"{"cost_usd":0.00005,"a":[true,null],"nan":"NaN","raw":"AP8=","map":{"k":"v"}}"#);
    }
}
