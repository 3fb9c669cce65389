//! The Thrift binary protocol, read from memory by the crate `thrift` within limits of ours.
//!
//! The crate reserves room for as much text as the sender claims before it looks whether it was sent, and recurses into
//! what it skips. Its own limits are set so that neither can hurt: no claim may exceed the bytes at hand.

use thrift::protocol::{TBinaryInputProtocol, TInputProtocol};
use thrift::{ProtocolError, ProtocolErrorKind, TConfiguration};

use crate::collect::BODY_SPANS_MAX;
use crate::weight::SPAN_VALUES_MAX;

pub use thrift::protocol::TType as Kind;

/// Levels of structs and lists. Jaeger's own structs need four.
const DEPTH_MAX: usize = 32;

/// Entries of one list: the longest one of a batch is that of its spans.
const LIST_ENTRIES_MAX: usize = BODY_SPANS_MAX;

/// A place in bytes that hold Thrift structs.
pub struct Reader<'a> {
    protocol: TBinaryInputProtocol<&'a [u8]>,
    /// Whether a text was not valid UTF-8 and had to be mended.
    pub mended: bool,
    values: usize,
}

impl<'a> Reader<'a> {
    /// The beginning of these bytes.
    pub fn of(bytes: &'a [u8]) -> thrift::Result<Self> {
        let limits = TConfiguration::builder()
            .max_frame_size(None)
            .max_message_size(Some(bytes.len()))
            .max_string_size(Some(bytes.len()))
            .max_container_size(Some(LIST_ENTRIES_MAX))
            .max_recursion_depth(Some(DEPTH_MAX))
            .build()?;
        Ok(Self { protocol: TBinaryInputProtocol::with_config(bytes, false, limits), mended: false, values: 0 })
    }

    /// What has not been read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.protocol.transport
    }

    /// Number and kind of the next field, or the end of the struct.
    pub fn field(&mut self) -> thrift::Result<Option<(i16, Kind)>> {
        let field = self.protocol.read_field_begin()?;
        Ok((field.field_type != Kind::Stop).then_some((field.id.unwrap_or(0), field.field_type)))
    }

    /// Passes over a value.
    pub fn skip(&mut self, kind: Kind) -> thrift::Result<()> {
        self.protocol.skip(kind)
    }

    /// Passes over a value and gives its bytes.
    pub fn extent(&mut self, kind: Kind) -> thrift::Result<&'a [u8]> {
        let before = self.rest();
        self.skip(kind)?;
        Ok(&before[..before.len() - self.rest().len()])
    }

    /// Reads a list whose entries should be of `kind`; entries of another kind are passed over.
    pub fn list(&mut self, kind: Kind, mut entry: impl FnMut(&mut Self) -> thrift::Result<()>) -> thrift::Result<()> {
        let list = self.protocol.read_list_begin()?;
        for _ in 0..list.size {
            if list.element_type == kind { entry(self)? } else { self.skip(list.element_type)? }
        }
        Ok(())
    }

    /// Counts a value of a span; an error means that it has too many.
    pub fn count_value(&mut self) -> thrift::Result<()> {
        self.values += 1;
        if self.values > SPAN_VALUES_MAX {
            let message = format!("a span of more than {SPAN_VALUES_MAX} attribute values");
            return Err(thrift::Error::Protocol(ProtocolError::new(ProtocolErrorKind::SizeLimit, message)));
        }
        Ok(())
    }

    /// A text; broken characters become U+FFFD.
    pub fn text(&mut self) -> thrift::Result<String> {
        Ok(String::from_utf8(self.protocol.read_bytes()?).unwrap_or_else(|broken| {
            self.mended = true;
            String::from_utf8_lossy(broken.as_bytes()).into_owned()
        }))
    }

    /// Raw bytes, which are the same kind as texts.
    pub fn bytes(&mut self) -> thrift::Result<Vec<u8>> {
        self.protocol.read_bytes()
    }

    /// A truth value.
    pub fn bool(&mut self) -> thrift::Result<bool> {
        self.protocol.read_bool()
    }

    /// A 32-bit integer.
    pub fn i32(&mut self) -> thrift::Result<i32> {
        self.protocol.read_i32()
    }

    /// A 64-bit integer.
    pub fn i64(&mut self) -> thrift::Result<i64> {
        self.protocol.read_i64()
    }

    /// A double.
    pub fn double(&mut self) -> thrift::Result<f64> {
        self.protocol.read_double()
    }
}
