//! Reading members the way proto3 JSON and its looser cousins write them: `null` is absent, numbers may be strings.

use chrono::DateTime;
use serde_json::Value;

/// The members of a parsed object.
pub type Members = serde_json::Map<String, Value>;

/// The value under the first of `names` that is there and not `null`.
pub fn get<'a>(members: &'a Members, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| members.get(*name)).filter(|value| !value.is_null())
}

/// The objects of the list under `name`; entries that are not objects are passed over.
pub fn objects<'a>(members: &'a Members, name: &str) -> impl Iterator<Item = &'a Members> {
    let entries = get(members, &[name]).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    entries.iter().filter_map(Value::as_object)
}

/// Text; numbers and truth values are written out.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// An unsigned integer, as a number or a decimal string.
pub fn unsigned(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => {
            number.as_u64().or_else(|| whole(number.as_f64()?).and_then(|int| int.try_into().ok()))
        }
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A signed integer, as a number or a decimal string.
pub fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => {
            number.as_i64().or_else(|| whole(number.as_f64()?).and_then(|int| int.try_into().ok()))
        }
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A double, as a number, a decimal string or one of the words for what JSON numbers cannot say.
pub fn double(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match text.trim() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            // Rust also reads "inf" and "nan"; JSON encoders write neither.
            other => other.parse().ok().filter(|double: &f64| double.is_finite()),
        },
        _ => None,
    }
}

/// Nanoseconds since the Unix epoch, as an integer or as an RFC 3339 time. A time that is too far off to be counted in them
/// ends up at the end of time, which `normalise` tells the sender; one before the epoch is none.
pub fn time(value: &Value) -> Option<u64> {
    let Value::String(text) = value else { return unsigned(value) };
    let time = DateTime::parse_from_rfc3339(text.trim()).ok()?;
    match time.timestamp_nanos_opt() {
        Some(nanos) => nanos.try_into().ok(),
        None => (time.timestamp() > 0).then_some(u64::MAX),
    }
}

/// A double without a fraction, such as `1e9`, as an integer.
fn whole(double: f64) -> Option<i128> {
    // Doubles up to 2^64 fit an i128 with room to spare.
    (double.fract() == 0.0 && double.abs() <= u64::MAX as f64).then_some(double as i128)
}
