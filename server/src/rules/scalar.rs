//! A scalar of a rule file that says in its own words what it expects.
//!
//! It is read from the text as written: 0.1 is exactly ten cents, and never a floating point number on the way.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// What can be read from the text of a scalar.
pub trait Scalar: Sized {
    /// What a sequence or a mapping in its place is told.
    const EXPECTED: &'static str;

    /// The value, or a message that says what was expected.
    fn from_text(text: &str) -> Result<Self, String>;
}

/// A [`Scalar`] as serde reads it. Parsing happens inside the visitor, so that errors carry the line of the scalar itself
/// rather than that of its rule.
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
        }
        deserializer.deserialize_str(OfScalar(PhantomData))
    }
}

/// A name that is not empty.
pub struct Name(pub String);

impl Scalar for Name {
    const EXPECTED: &'static str = "a name";

    fn from_text(text: &str) -> Result<Self, String> {
        let name = text.trim();
        if name.is_empty() { Err("expected a name that is not empty".into()) } else { Ok(Self(name.to_owned())) }
    }
}
