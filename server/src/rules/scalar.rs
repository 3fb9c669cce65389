//! Scalars of rule files: each says in its own words what it expects, and errors carry the line it stands on.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A scalar that says in its own words what it expects. Parsing happens inside the visitor, so that errors carry the line
/// of the scalar itself rather than that of its rule.
pub trait Scalar: Sized {
    /// What to write instead.
    const EXPECTED: &'static str;

    /// Reads it, or says what was expected.
    fn from_text(text: &str) -> Result<Self, String>;

    /// The same of a whole number.
    fn from_integer(_integer: i64) -> Result<Self, String> {
        Err(format!("expected {}", Self::EXPECTED))
    }
}

/// A scalar that may be written as a text or as a whole number.
pub struct Parsed<T>(pub T);

impl<'de, T: Scalar> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfScalar<T>(PhantomData<T>);
        impl<T: Scalar> Visitor<'_> for OfScalar<T> {
            type Value = Parsed<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::EXPECTED)
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                T::from_text(text).map(Parsed).map_err(E::custom)
            }
            fn visit_i64<E: Error>(self, integer: i64) -> Result<Self::Value, E> {
                T::from_integer(integer).map(Parsed).map_err(E::custom)
            }
            fn visit_u64<E: Error>(self, integer: u64) -> Result<Self::Value, E> {
                self.visit_i64(i64::try_from(integer).unwrap_or(i64::MAX))
            }
        }
        deserializer.deserialize_any(OfScalar(PhantomData))
    }
}

/// A scalar that is read as it is written: `2.50` never becomes a floating-point number on the way.
pub struct Verbatim<T>(pub T);

impl<'de, T: Scalar> Deserialize<'de> for Verbatim<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfText<T>(PhantomData<T>);
        impl<T: Scalar> Visitor<'_> for OfText<T> {
            type Value = Verbatim<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::EXPECTED)
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                T::from_text(text).map(Verbatim).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(OfText(PhantomData))
    }
}

/// A value that may be left out, but not left empty: `key:` without a value is a mistake, not a choice.
pub fn given<'de, T: Scalar, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Verbatim::deserialize(deserializer).map(|value| Some(value.0))
}
