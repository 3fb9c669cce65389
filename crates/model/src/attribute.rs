//! Attribute values: the OpenTelemetry `AnyValue`, kept as it was sent.

use serde::{Deserialize, Serialize};

/// A text of an attribute: its key or its value. Up to 24 bytes, which most of them have, are kept in place: a span is read into
/// some thirty texts, and asking for memory for each took a quarter of the server's time.
pub type Text = compact_str::CompactString;

/// One attribute value (OpenTelemetry common specification, "AnyValue").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// No value was sent.
    Empty,
    /// Text.
    String(Text),
    /// A truth value.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// A double; may be NaN or infinite.
    Double(f64),
    /// Raw bytes.
    Bytes(Vec<u8>),
    /// A list of values.
    Array(Vec<Value>),
    /// A list of named values.
    Map(Attributes),
}

impl Value {
    /// The value as JSON: what JSON has no number for by its name, bytes by their number. Values nest as deep as the decoder
    /// lets them, which is less than a stack holds.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Empty => serde_json::Value::Null,
            Self::String(text) => text.as_str().into(),
            Self::Bool(truth) => (*truth).into(),
            Self::Int(number) => (*number).into(),
            Self::Double(number) if number.is_finite() => (*number).into(),
            Self::Double(number) => not_finite(*number).into(),
            Self::Bytes(bytes) => format!("{} bytes", bytes.len()).into(),
            Self::Array(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(map) => map.0.iter().map(|(key, value)| (key.to_string(), value.to_json())).collect(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Double(number)
    }
}

impl Value {
    /// The value in one line of text, `None` when there is none. Values nest as deep as decoders let them, which is less than a
    /// stack holds.
    pub fn shown(&self) -> Option<String> {
        Some(match self {
            Self::Empty => return None,
            Self::String(text) => text.to_string(),
            Self::Bool(truth) => truth.to_string(),
            Self::Int(number) => number.to_string(),
            Self::Double(number) if number.is_finite() => number.to_string(),
            Self::Double(number) => not_finite(*number).to_owned(),
            Self::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Self::Array(items) => format!("[{}]", listed(items.iter().map(|item| item.shown().unwrap_or_default()))),
            Self::Map(Attributes(pairs)) => {
                let pair = |(key, value): &(Text, Self)| format!("{key}={}", value.shown().unwrap_or_default());
                format!("{{{}}}", listed(pairs.iter().map(pair)))
            }
        })
    }
}

fn listed(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// A double that JSON has no number for, in the words of proto3 JSON: what OTLP sends, and what is read back.
pub const fn not_finite(double: f64) -> &'static str {
    if double.is_nan() {
        "NaN"
    } else if double.is_sign_negative() {
        "-Infinity"
    } else {
        "Infinity"
    }
}

/// Attributes in the order they were sent; of equal keys the last one counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attributes(pub Vec<(Text, Value)>);

impl Attributes {
    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text under `key`, if it is text and not empty.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Whether there is nothing.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
