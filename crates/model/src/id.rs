//! Trace and span ids: newtypes that print and parse their own hex (W3C Trace Context, section 3.2.2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The id of a trace: 16 bytes, not all zero, written as 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId([u8; 16]);

/// The id of a span within its trace: 8 bytes, not all zero, written as 16 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId([u8; 8]);

/// Why some text or bytes are not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not exactly the expected number of hex digits or bytes.
    #[error("expected {expected} hex digits, got {got} characters")]
    Length {
        /// Digits wanted.
        expected: usize,
        /// Characters found.
        got: usize,
    },
    /// A character that is not a hex digit.
    #[error("expected hex digits only")]
    NotHex,
    /// All zero, which W3C Trace Context declares invalid.
    #[error("an id of only zeros is invalid")]
    Zero,
}

fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], IdError> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return Err(IdError::Length { expected: N * 2, got: text.chars().count() });
    }
    let mut bytes = [0u8; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let high = (pair[0] as char).to_digit(16).ok_or(IdError::NotHex)?;
        let low = (pair[1] as char).to_digit(16).ok_or(IdError::NotHex)?;
        // Two hex digits are at most 255.
        *byte = (high * 16 + low) as u8;
    }
    Ok(bytes)
}

fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

macro_rules! id {
    ($name:ident, $len:literal) => {
        impl $name {
            /// The id with exactly these bytes; all zero is refused.
            pub fn from_bytes(bytes: [u8; $len]) -> Result<Self, IdError> {
                if bytes == [0; $len] { Err(IdError::Zero) } else { Ok(Self(bytes)) }
            }

            /// The id in a byte slice, as the protobuf protocols send it.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
                let exact =
                    bytes.try_into().map_err(|_| IdError::Length { expected: $len * 2, got: bytes.len() * 2 })?;
                Self::from_bytes(exact)
            }

            /// The bytes, most significant first.
            pub const fn to_bytes(self) -> [u8; $len] {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            /// Hex of either case, as OTLP/JSON allows.
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::from_bytes(parse_hex(text)?)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(&self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(TraceId, 16);
id!(SpanId, 8);

impl TraceId {
    /// The first eight digits: what lists show.
    pub fn short(self) -> String {
        let mut text = self.to_string();
        text.truncate(8);
        text
    }
}

impl SpanId {
    /// The id as PostgreSQL keeps it: the same 64 bits as a signed integer.
    pub const fn to_i64(self) -> i64 {
        i64::from_be_bytes(self.0)
    }

    /// The id kept in a PostgreSQL bigint.
    pub fn from_i64(bits: i64) -> Result<Self, IdError> {
        Self::from_bytes(bits.to_be_bytes())
    }

    /// The id of the serving half of a call whose two halves were sent under this one id (Zipkin's shared spans).
    ///
    /// A function of the id alone, so that whoever decodes a half, and in whatever order the halves come, arrives at the same
    /// id. No two ids have the same twin: exclusive or and multiplication by an odd number can both be undone. The one id
    /// that would become zero takes the place that zero, which is no id, leaves free.
    #[must_use]
    pub const fn shared_twin(self) -> Self {
        // Digits of the golden ratio and of pi: any constants would do whose bits look random; the second one is odd.
        const FLIPPED: u64 = 0x9e37_79b9_7f4a_7c15;
        const FACTOR: u64 = 0x2438_6a88_85a3_08d3;
        let mixed = (u64::from_be_bytes(self.0) ^ FLIPPED).wrapping_mul(FACTOR);
        Self(if mixed == 0 { FLIPPED.wrapping_mul(FACTOR) } else { mixed }.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_printed_id_parses_back(bytes in any::<[u8; 16]>(), bits in any::<i64>()) {
            if let Ok(id) = TraceId::from_bytes(bytes) {
                prop_assert_eq!(id.to_string().parse(), Ok(id));
                prop_assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
            }
            if let Ok(id) = SpanId::from_i64(bits) {
                prop_assert_eq!(id.to_string().parse(), Ok(id));
                prop_assert_eq!(id.to_i64(), bits);
            }
        }

        #[test]
        fn different_ids_have_different_twins(one in any::<i64>(), other in any::<i64>()) {
            if let (Ok(one), Ok(other)) = (SpanId::from_i64(one), SpanId::from_i64(other)) {
                prop_assert_eq!(one.shared_twin() == other.shared_twin(), one == other);
                prop_assert_ne!(one.shared_twin(), one);
                prop_assert_ne!(one.shared_twin().to_i64(), 0);
            }
        }
    }

    #[test]
    fn the_id_whose_twin_would_be_zero_has_one_of_its_own() {
        let id: SpanId = "9e3779b97f4a7c15".parse().unwrap();
        assert_ne!(id.shared_twin().to_i64(), 0);
        // Stored spans carry twins: the function may never change.
        let twin = "00000000000000a1".parse::<SpanId>().unwrap().shared_twin();
        assert_eq!(twin.to_string(), "1259a6b528e6685c");
    }

    #[test]
    fn ids_of_wrong_length_or_only_zeros_are_refused() {
        assert_eq!("abc".parse::<SpanId>(), Err(IdError::Length { expected: 16, got: 3 }));
        assert_eq!("0000000000000000".parse::<SpanId>(), Err(IdError::Zero));
        assert_eq!("zz00000000000000".parse::<SpanId>(), Err(IdError::NotHex));
        assert_eq!("é00000000000000".parse::<SpanId>(), Err(IdError::NotHex));
    }
}
