//! Attributes as OTLP has them, `KeyValue` and `AnyValue` (opentelemetry-proto 1.11, `common.proto`).
//!
//! Their fields are read and written by hand, for one reason: a span is mostly short texts, and prost would ask for memory for
//! each of them.

use bytes::{Buf, BufMut};
use model::attribute::Text;
use prost::encoding::{self, DecodeContext, WireType, skip_field};
use prost::{DecodeError, Message};

use super::messages::{ArrayValue, KeyValueList};

mod text;

/// A key with its value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeyValue {
    pub key: Text,
    pub value: Option<AnyValue>,
    /// Of profiles only, which have a table of strings.
    pub key_strindex: i32,
}

/// A value; none is an empty one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnyValue {
    pub kind: Option<Kind>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Text(Text),
    Bool(bool),
    Int(i64),
    Double(f64),
    Array(ArrayValue),
    Map(KeyValueList),
    Bytes(Vec<u8>),
    /// Of profiles only.
    TextIndex(i32),
}

impl Message for KeyValue {
    fn encode_raw(&self, to: &mut impl BufMut) {
        text::encode(1, &self.key, to);
        if let Some(value) = &self.value {
            encoding::message::encode(2, value, to);
        }
        if self.key_strindex != 0 {
            encoding::int32::encode(3, &self.key_strindex, to);
        }
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        from: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        match tag {
            1 => text::merge(wire_type, &mut self.key, from),
            2 => encoding::message::merge(wire_type, self.value.get_or_insert_default(), from, context),
            3 => encoding::int32::merge(wire_type, &mut self.key_strindex, from, context),
            _ => skip_field(wire_type, tag, from, context),
        }
    }

    fn encoded_len(&self) -> usize {
        let index = if self.key_strindex == 0 { 0 } else { encoding::int32::encoded_len(3, &self.key_strindex) };
        text::encoded_len(1, &self.key)
            + self.value.as_ref().map_or(0, |value| encoding::message::encoded_len(2, value))
            + index
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Message for AnyValue {
    fn encode_raw(&self, to: &mut impl BufMut) {
        match &self.kind {
            None => {}
            Some(Kind::Text(value)) => text::encode_set(1, value, to),
            Some(Kind::Bool(value)) => encoding::bool::encode(2, value, to),
            Some(Kind::Int(value)) => encoding::int64::encode(3, value, to),
            Some(Kind::Double(value)) => encoding::double::encode(4, value, to),
            Some(Kind::Array(value)) => encoding::message::encode(5, value, to),
            Some(Kind::Map(value)) => encoding::message::encode(6, value, to),
            Some(Kind::Bytes(value)) => encoding::bytes::encode(7, value, to),
            Some(Kind::TextIndex(value)) => encoding::int32::encode(8, value, to),
        }
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        from: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        // Of several kinds the last one counts; a message that is sent in pieces of one kind is put together.
        macro_rules! read {
            ($kind:ident, $merge:expr) => {{
                let mut value = match self.kind.take() {
                    Some(Kind::$kind(value)) => value,
                    _ => Default::default(),
                };
                $merge(&mut value)?;
                self.kind = Some(Kind::$kind(value));
                Ok(())
            }};
        }
        match tag {
            1 => read!(Text, |value| text::merge(wire_type, value, from)),
            2 => read!(Bool, |value| encoding::bool::merge(wire_type, value, from, context)),
            3 => read!(Int, |value| encoding::int64::merge(wire_type, value, from, context)),
            4 => read!(Double, |value| encoding::double::merge(wire_type, value, from, context)),
            5 => read!(Array, |value| encoding::message::merge(wire_type, value, from, context)),
            6 => read!(Map, |value| encoding::message::merge(wire_type, value, from, context)),
            7 => read!(Bytes, |value| encoding::bytes::merge(wire_type, value, from, context)),
            8 => read!(TextIndex, |value| encoding::int32::merge(wire_type, value, from, context)),
            _ => skip_field(wire_type, tag, from, context),
        }
    }

    fn encoded_len(&self) -> usize {
        match &self.kind {
            None => 0,
            Some(Kind::Text(value)) => text::encoded_len_set(1, value),
            Some(Kind::Bool(value)) => encoding::bool::encoded_len(2, value),
            Some(Kind::Int(value)) => encoding::int64::encoded_len(3, value),
            Some(Kind::Double(value)) => encoding::double::encoded_len(4, value),
            Some(Kind::Array(value)) => encoding::message::encoded_len(5, value),
            Some(Kind::Map(value)) => encoding::message::encoded_len(6, value),
            Some(Kind::Bytes(value)) => encoding::bytes::encoded_len(7, value),
            Some(Kind::TextIndex(value)) => encoding::int32::encoded_len(8, value),
        }
    }

    fn clear(&mut self) {
        self.kind = None;
    }
}
