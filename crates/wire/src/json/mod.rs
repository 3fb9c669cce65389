//! Lenient JSON, shared by every protocol that is written in it.
//!
//! Outer layers are read one at a time as raw text ([`Object`], [`list`]), so that a span is parsed on its own and memory
//! follows one span, not the body. Inside a span serde_json's own limit of 128 levels holds.

mod lenient;
pub mod plain;
mod text;

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::{DecodeError, Rejected};

pub use lenient::{Members, double, get, int, objects, text, time, unsigned};
pub use text::prepare;

/// Entries of one list that are read: one more than the spans a body may have, which is the longest list there is.
const LIST_ENTRIES_MAX: usize = 500_001;

/// Members of one object that are read: twice what the most talkative span we know of has.
const OBJECT_MEMBERS_MAX: usize = 200_000;

/// The members of a JSON object in the order they were sent, their values still text.
pub struct Object<'a>(pub Vec<(String, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads one layer of an object.
    pub fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The value under the first of `names` that is there; of duplicates the last, and `null` is absent.
    pub fn get(&self, names: &[&str]) -> Option<&'a RawValue> {
        let last = |name: &&str| self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| *value);
        names.iter().find_map(last).filter(|value| value.get() != "null")
    }
}

/// Reads one layer of a list.
pub fn list(text: &str) -> Result<Vec<&RawValue>, serde_json::Error> {
    serde_json::from_str::<List>(text).map(|list| list.0)
}

/// Characters kept of either end of what the parser says: it quotes a whole text where it expected something else.
const WORDS_CHARS_MAX: usize = 150;

/// The error of a body that is not `expected`.
pub fn malformed(expected: &'static str, error: serde_json::Error) -> DecodeError {
    let words = error.to_string();
    let chars = words.chars().count();
    let reason = if chars <= 2 * WORDS_CHARS_MAX {
        words
    } else {
        let (head, tail) = (words.chars().take(WORDS_CHARS_MAX), words.chars().skip(chars - WORDS_CHARS_MAX));
        head.chain(['…']).chain(tail).collect()
    };
    DecodeError::Malformed { expected, reason }
}

/// A span's members, or why there are none.
pub fn span_object(sent: &RawValue) -> Result<Members, Rejected> {
    let refuse = |reason| Err(Rejected::of("", reason));
    match serde_json::from_str(sent.get()) {
        Ok(serde_json::Value::Object(members)) => Ok(members),
        Ok(_) => refuse("expected a span object".to_owned()),
        Err(error) => refuse(format!("the span is broken: {error}")),
    }
}

struct List<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Layer;
        impl<'de> Visitor<'de> for Layer {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    if members.len() == OBJECT_MEMBERS_MAX {
                        return Err(A::Error::custom(format_args!(
                            "an object of more than {OBJECT_MEMBERS_MAX} members"
                        )));
                    }
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Layer)
    }
}

impl<'de> Deserialize<'de> for List<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Layer;
        impl<'de> Visitor<'de> for Layer {
            type Value = List<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = seq.next_element()? {
                    if entries.len() == LIST_ENTRIES_MAX {
                        return Err(A::Error::custom(format_args!("a list of more than {LIST_ENTRIES_MAX} entries")));
                    }
                    entries.push(entry);
                }
                Ok(List(entries))
            }
        }
        deserializer.deserialize_seq(Layer)
    }
}
