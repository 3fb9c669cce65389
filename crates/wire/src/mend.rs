//! Protobuf messages with texts that are not UTF-8, as senders in languages without such a rule send them.
//!
//! A strict reader refuses the whole message over one byte. Here the message is read strictly first, which is all that
//! happens to nearly every one; when that fails its texts are mended, as those of every other protocol are, and it is read
//! once more.

use std::borrow::Cow;

use prost::encoding::{WireType, encode_key, encode_varint};
use prost::{DecodeError, Message};

use crate::fields::{Broken, Fields, LENGTH_DELIMITED};
use crate::raw::warn;

/// Messages around a text that is mended: as many as prost reads.
const LEVELS_MAX: usize = 100;

/// Where the texts of a message are: the numbers of its fields that are texts, or messages with texts in them.
pub struct Shape(pub &'static [(u64, Part)]);

/// What a field is.
pub enum Part {
    /// A text.
    Text,
    /// A message.
    Message(&'static Shape),
}

/// Reads a message; broken characters in its texts become U+FFFD, with a warning.
pub fn decode<M: Message + Default>(bytes: &[u8], shape: &Shape, warnings: &mut Vec<String>) -> Result<M, DecodeError> {
    M::decode(bytes).or_else(|error| {
        let mut out = Vec::with_capacity(bytes.len());
        if mend(bytes, shape, LEVELS_MAX, &mut out) != Ok(true) {
            return Err(error);
        }
        let message = M::decode(out.as_slice())?;
        warn(warnings, "texts were not valid UTF-8; broken characters were replaced with U+FFFD");
        Ok(message)
    })
}

/// Writes the message with its texts mended, and tells whether there were any to mend.
fn mend(message: &[u8], shape: &Shape, levels: usize, out: &mut Vec<u8>) -> Result<bool, Broken> {
    let levels = levels.checked_sub(1).ok_or(Broken)?;
    let (mut fields, mut found) = (Fields::of(message), false);
    loop {
        let before = fields.rest();
        let Some(field) = fields.next().transpose()? else { return Ok(found) };
        let part = shape.0.iter().find(|(number, _)| *number == field.number).map(|(_, part)| part);
        let mended = match part.filter(|_| field.kind == LENGTH_DELIMITED) {
            Some(Part::Text) => match String::from_utf8_lossy(field.payload) {
                Cow::Owned(text) => Some(text.into_bytes()),
                Cow::Borrowed(_) => None,
            },
            Some(Part::Message(inner)) => {
                let mut message = Vec::with_capacity(field.payload.len());
                mend(field.payload, inner, levels, &mut message)?.then_some(message)
            }
            None => None,
        };
        found |= mended.is_some();
        match (mended, u32::try_from(field.number)) {
            (Some(mended), Ok(number)) => {
                encode_key(number, WireType::LengthDelimited, out);
                encode_varint(mended.len() as u64, out);
                out.extend_from_slice(&mended);
            }
            _ => out.extend_from_slice(&before[..before.len() - fields.rest().len()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, PartialEq, Message)]
    struct Pair {
        #[prost(string, tag = "1")]
        key: String,
        #[prost(message, optional, boxed, tag = "2")]
        inner: Option<Box<Pair>>,
        #[prost(fixed32, tag = "3")]
        number: u32,
    }

    static PAIR: Shape = Shape(&[(1, Part::Text), (2, Part::Message(&PAIR))]);

    fn a_pair(levels: usize) -> Vec<u8> {
        let innermost = Pair { key: "clé".into(), inner: None, number: 7 };
        let pair =
            (1..levels).fold(innermost, |inner, _| Pair { key: "k".into(), inner: Some(Box::new(inner)), number: 9 });
        let mut bytes = pair.encode_to_vec();
        let at = bytes.windows(2).position(|window| window == "é".as_bytes()).unwrap();
        // The first byte of a character of two, and no second one.
        bytes[at + 1] = b'x';
        bytes
    }

    #[test]
    fn broken_texts_are_mended_at_any_depth_and_nothing_else_is_touched() {
        for levels in [1, 2, 90] {
            let mut warnings = Vec::new();
            let mut pair: Pair = decode(&a_pair(levels), &PAIR, &mut warnings).unwrap();
            while let Some(inner) = pair.inner {
                assert_eq!((pair.key.as_str(), pair.number), ("k", 9));
                pair = *inner;
            }
            assert_eq!((pair.key.as_str(), pair.number, warnings.len()), ("cl\u{fffd}x", 7, 1));
        }
    }

    #[test]
    fn what_is_broken_otherwise_stays_broken() {
        for bytes in [&[0x0a, 2, b'x'][..], &[0x0a, 1, 0xff, 0x12, 9], &a_pair(150)] {
            let mut warnings = Vec::new();
            assert!(decode::<Pair>(bytes, &PAIR, &mut warnings).is_err() && warnings.is_empty());
        }
    }
}
