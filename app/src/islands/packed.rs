//! What an island is made from, as bytes: reading JSON of many types takes a browser more code than all else that is read.
//!
//! An island writes what it is made from also in the browser, where nobody reads it: nothing is written there.

use std::fmt;

use serde::de::{DeserializeOwned, Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that travels as postcard in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed<T>(pub T);

impl<T: Serialize> Serialize for Packed<T> {
    #[cfg(not(target_arch = "wasm32"))]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine;
        use serde::ser::Error;
        let bytes = postcard::to_allocvec(&self.0).map_err(S::Error::custom)?;
        serializer.serialize_str(&base64::engine::general_purpose::STANDARD.encode(bytes))
    }

    #[cfg(target_arch = "wasm32")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Packed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = deserializer.deserialize_str(Text)?;
        postcard::from_bytes(&bytes).map(Self).map_err(D::Error::custom)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes in base64")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<u8>, E> {
        decoded(text).ok_or_else(|| E::custom("these are no bytes in base64"))
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn decoded(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// The browser has this: a text with a character for each byte.
#[cfg(target_arch = "wasm32")]
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text = leptos::prelude::window().atob(text).ok()?;
    text.chars().map(|character| u8::try_from(character).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_a_text_and_reads_back_as_itself() {
        let value = Packed((Some("Grüße".to_owned()), vec![1_i64, -1], i128::MIN));
        let text = serde_json::to_string(&value).unwrap();
        assert!(text.starts_with('"') && text.is_ascii(), "{text}");
        assert_eq!(serde_json::from_str::<Packed<(Option<String>, Vec<i64>, i128)>>(&text).unwrap(), value);
        assert!(serde_json::from_str::<Packed<i64>>("\"?\"").is_err());
        assert!(serde_json::from_str::<Packed<String>>("\"/w==\"").is_err(), "more is announced than there is");
    }
}
