//! What Jaeger's clients post to its collector: the struct `Batch` of `jaeger.thrift` in the Thrift binary protocol, without a
//! message around it.
//!
//! Thrift does not say how long a struct is, so the batch is walked over once to find where each span begins and ends; then
//! every span is read from its own bytes, and a broken one costs only itself.

mod reader;
mod structs;

use crate::collect::{Collector, resource_fits};
use crate::origins::Origins;
use crate::raw::warn;
use crate::resource;
use crate::shared;
use crate::weight::Sent;
use crate::{DecodeError, Decoded, Format};
use reader::{Kind, Reader};

const EXPECTED: &str = "a Jaeger Batch in the Thrift binary protocol";

/// A batch.
pub const FORMAT: Format = Format { expected: EXPECTED, read };

/// Reads a whole batch.
pub fn decode(body: &[u8]) -> Result<Decoded, DecodeError> {
    FORMAT.decode(body)
}

fn read(body: &[u8], collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    if body.is_empty() {
        return Err(DecodeError::Empty { expected: EXPECTED });
    }
    if let Some(mistake) = mistake(body) {
        return Err(mistake);
    }
    let batch = Batch::find(body).map_err(malformed)?;
    let Some(spans) = batch.spans else {
        let reason = "it has no list of spans".to_owned();
        return Err(DecodeError::Malformed { expected: EXPECTED, reason });
    };
    let warnings = &mut collector.decoded.warnings;
    let process = batch.process.filter(|process| resource_fits(process.len(), warnings));
    let resource = resource::fit(structs::process(process.unwrap_or(&[0])).map_err(malformed)?, warnings);
    if batch.process.is_none() {
        warn(warnings, "the batch has no process, so its spans have no service");
    }
    if batch.rest > 0 {
        warn(warnings, format!("{} bytes after the batch were left out", batch.rest));
    }
    let mut origins = Origins::new();
    let list = spans.iter().map(|bytes| (Sent::counted_when_read(bytes), *bytes));
    shared::read_list(collector, list, |bytes| {
        let (ids, sent) = structs::span(bytes)?;
        Ok([sent.into_raw(ids, &mut origins, (), |()| resource.clone())])
    })
}

fn malformed(error: thrift::Error) -> DecodeError {
    DecodeError::Malformed { expected: EXPECTED, reason: words(error) }
}

/// What an error says in its message; its `Display` knows only its kind.
fn words(error: thrift::Error) -> String {
    match error {
        thrift::Error::Transport(error) => error.message,
        thrift::Error::Protocol(error) => error.message,
        other => other.to_string(),
    }
}

/// What the first bytes give away. A batch begins with the header of its first field.
fn mistake(body: &[u8]) -> Option<DecodeError> {
    let (looks_like, advice) = match body {
        [0x80, 0x01, ..] => ("a Thrift message", "send the Batch itself, as Jaeger's HTTP senders do"),
        [0x82, ..] | [0x18..=0x1c, ..] => ("the Thrift compact protocol", "send it in the binary protocol"),
        [b'{' | b'[', ..] => ("JSON", "expected a Batch in the Thrift binary protocol"),
        [0x1f, 0x8b, ..] => ("gzip", "send it with Content-Encoding: gzip"),
        _ => return None,
    };
    Some(DecodeError::WrongDoor { looks_like, advice })
}

/// Where the parts of a batch are.
struct Batch<'a> {
    process: Option<&'a [u8]>,
    spans: Option<Vec<&'a [u8]>>,
    /// Bytes after its end.
    rest: usize,
}

impl<'a> Batch<'a> {
    fn find(body: &'a [u8]) -> thrift::Result<Self> {
        let mut reader = Reader::of(body)?;
        let mut batch = Self { process: None, spans: None, rest: 0 };
        while let Some((field, kind)) = reader.field()? {
            match (field, kind) {
                (1, Kind::Struct) => batch.process = Some(reader.extent(kind)?),
                (2, Kind::List) => {
                    let spans = batch.spans.get_or_insert_default();
                    reader.list(Kind::Struct, |reader| {
                        spans.push(reader.extent(Kind::Struct)?);
                        Ok(())
                    })?;
                }
                _ => reader.skip(kind)?,
            }
        }
        batch.rest = reader.rest().len();
        Ok(batch)
    }
}

#[cfg(test)]
mod tests;
