//! Scalars of rule files: each says in its own words what it expects, and errors carry the line it stands on.
//!
//! They are read as they are written: 0.1 is exactly ten cents, and never a floating-point number on the way.

use std::fmt;
use std::marker::PhantomData;

use model::Usd;
use model::usd::is_exact;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// Decimals of an amount of US dollars: more of them would be rounded away.
const DECIMALS_MAX: usize = 12;

/// What can be read from the text of a scalar.
pub trait Scalar: Sized {
    /// What to write instead; a sequence or a mapping in its place is told so.
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

/// A value that may be left out, but not left empty: `key:` without a value is a mistake, not a choice.
pub fn given<'de, T: Scalar, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Parsed::deserialize(deserializer).map(|value| Some(value.0))
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

/// An amount of US dollars of which nothing is rounded away: one with more decimals than can be kept is a typing mistake.
pub fn exact_usd(text: &str) -> Result<Usd, String> {
    let amount = text.trim().parse::<Usd>().map_err(|error| format!("{text:?}: {error}"))?;
    if is_exact(text) { Ok(amount) } else { Err(format!("{text:?}: expected at most {DECIMALS_MAX} decimals")) }
}
