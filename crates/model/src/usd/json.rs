//! Money in the public API: a JSON number with all its digits, never scientific, never through a double.
//!
//! Use as `#[serde(serialize_with = "model::usd::json::amount")]`; only serde_json can carry such numbers.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Usd, UsdSum};

fn number<S: Serializer>(decimal: String, serializer: S) -> Result<S::Ok, S::Error> {
    RawValue::from_string(decimal).map_err(serde::ser::Error::custom)?.serialize(serializer)
}

/// An amount: `0.00125`.
pub fn amount<S: Serializer>(amount: &Usd, serializer: S) -> Result<S::Ok, S::Error> {
    number(amount.to_string(), serializer)
}

/// An amount that may be unknown: `0.00125` or `null`.
pub fn amount_or_null<S: Serializer>(amount: &Option<Usd>, serializer: S) -> Result<S::Ok, S::Error> {
    match amount {
        Some(amount) => number(amount.to_string(), serializer),
        None => serializer.serialize_none(),
    }
}

/// A total: `12345.678901234567`.
pub fn total<S: Serializer>(total: &UsdSum, serializer: S) -> Result<S::Ok, S::Error> {
    number(total.to_string(), serializer)
}

/// An amount as a value to embed in hand-built JSON.
pub fn raw(decimal: impl ToString) -> Box<RawValue> {
    // A decimal printed by this module is valid JSON; `null` stands in should that ever stop being true.
    RawValue::from_string(decimal.to_string()).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
