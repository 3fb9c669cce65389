//! Reading a file: what it holds, then its spans, in chunks where its format allows that.

use std::io::{self, Read};

use model::{TraceId, Usd};
use wire::file::{self, Chunk, HEAD_BYTES, Kind, Part, Splitter};
use wire::{DecodeError, Decoded, RawSpan, Rejected};

use super::source::{Packing, Source};

/// Bytes of a file that has to be read whole: twice what a request may have. Files beyond that have more attribute values than
/// are read of one body (`wire::collect`), so their last spans would be refused.
const WHOLE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Bytes given to a splitter at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// A file of one long line looks like the first of many.
const ONE_LINE_ADVICE: &str = "; cut it, such as with: jq -c '.resourceSpans[]' FILE | tracetab import -";

/// What is found in a file, as it is found.
#[derive(Debug)]
pub enum Found {
    /// What it holds, told once, before everything else.
    Kind(Kind, Packing),
    /// Spans, with the totals that were declared for their traces.
    Spans(Vec<RawSpan>, Vec<(TraceId, Usd)>),
    /// What is no span, and why.
    Refused(Vec<Rejected>),
    /// What was odd.
    Odd(Vec<String>),
}

/// Why nothing more comes of a file.
#[derive(Debug, thiserror::Error)]
pub enum End {
    /// It cannot be read, for this reason.
    #[error("{0}")]
    Unreadable(String),
    /// Nobody wants to know the rest.
    #[error("nobody listens any more")]
    Unwanted,
}

/// Reads all of a source that is of this kind, or of the kind its content tells. What was found before an error stands.
pub fn read(source: Source, kind: Option<Kind>, give: &mut impl FnMut(Found) -> Result<(), End>) -> Result<(), End> {
    let Source { packing, mut content } = source;
    let mut head = Vec::new();
    let broken = take(&mut content, HEAD_BYTES, &mut head).err();
    if let (Some(error), true) = (&broken, head.is_empty()) {
        return Err(unreadable(error, packing));
    }
    let kind = kind.or_else(|| file::detect(&head)).ok_or_else(|| unknown(&head))?;
    give(Found::Kind(kind, packing))?;
    let content = Content { rest: content, packing, broken };
    match Splitter::new(kind) {
        Some(splitter) => content.by_chunk(kind, splitter, head, give),
        None => content.whole(kind, head, give),
    }
}

/// What comes after the head.
struct Content {
    rest: Box<dyn Read>,
    packing: Packing,
    /// The head ended with this.
    broken: Option<io::Error>,
}

impl Content {
    fn by_chunk(
        mut self,
        kind: Kind,
        mut splitter: Splitter,
        head: Vec<u8>,
        give: &mut impl FnMut(Found) -> Result<(), End>,
    ) -> Result<(), End> {
        let mut piece = head;
        while !piece.is_empty() {
            for part in splitter.feed(&piece) {
                self::part(kind, part, give)?;
            }
            piece.clear();
            if self.broken.is_none() {
                self.broken = take(&mut self.rest, PIECE_BYTES, &mut piece).err();
            }
        }
        // A document that was cut off with the file is told of as that, not as one that is wrong.
        let rest = if self.broken.is_some() { splitter.break_off() } else { splitter.finish() };
        for part in rest {
            self::part(kind, part, give)?;
        }
        self.broken.map_or(Ok(()), |error| Err(unreadable(&error, self.packing)))
    }

    fn whole(
        mut self,
        kind: Kind,
        mut bytes: Vec<u8>,
        give: &mut impl FnMut(Found) -> Result<(), End>,
    ) -> Result<(), End> {
        let rest = (WHOLE_BYTES_MAX + 1).saturating_sub(bytes.len());
        let broken = self.broken.or_else(|| take(&mut self.rest, rest, &mut bytes).err());
        if let Some(error) = broken {
            return Err(unreadable(&error, self.packing));
        }
        if bytes.len() > WHOLE_BYTES_MAX {
            return Err(End::Unreadable(too_large(kind)));
        }
        let decoded = file::decode(kind, &bytes).map_err(|error| End::Unreadable(words(&error)))?;
        // The spans own what they need of it.
        drop(bytes);
        told(decoded, give)
    }
}

fn part(kind: Kind, part: Part, give: &mut impl FnMut(Found) -> Result<(), End>) -> Result<(), End> {
    let refuse = |line: u64, reason: String| {
        Found::Refused(vec![Rejected { trace_id: None, span_id: None, reason: format!("line {line}: {reason}") }])
    };
    match part {
        Part::Documents(chunk) => match file::decode_chunk(kind, &chunk) {
            Ok(decoded) => told(decoded, give),
            Err(error) => {
                let Chunk { first_line, .. } = chunk;
                give(refuse(first_line, words(&error)))
            }
        },
        Part::TooLong { first_line, bytes } => {
            let mut reason = format!("{bytes} bytes in one piece are more than is read; expected a span or a few");
            if let Kind::OtlpJsonLines = kind {
                reason.push_str(ONE_LINE_ADVICE);
            }
            give(refuse(first_line, reason))
        }
    }
}

fn told(decoded: Decoded, give: &mut impl FnMut(Found) -> Result<(), End>) -> Result<(), End> {
    let Decoded { spans, rejected, declared, warnings, .. } = decoded;
    if !rejected.is_empty() {
        give(Found::Refused(rejected))?;
    }
    if !warnings.is_empty() {
        give(Found::Odd(warnings))?;
    }
    if spans.is_empty() { Ok(()) } else { give(Found::Spans(spans, declared)) }
}

/// Reads so many bytes, or as many as there are; what was read before an error is kept.
fn take(content: &mut impl Read, bytes_max: usize, bytes: &mut Vec<u8>) -> io::Result<()> {
    content.take(bytes_max as u64).read_to_end(bytes).map(drop)
}

fn unreadable(error: &io::Error, packing: Packing) -> End {
    End::Unreadable(match packing {
        Packing::Plain => format!("it cannot be read to its end: {error}"),
        Packing::Gzip => format!("it cannot be unpacked to its end, it may be cut off: gzip: {error}"),
        Packing::Zstd => format!("it cannot be unpacked to its end, it may be cut off: zstd: {error}"),
    })
}

fn unknown(head: &[u8]) -> End {
    if head.trim_ascii().is_empty() {
        return End::Unreadable("it is empty".to_owned());
    }
    let kinds: Vec<String> = Kind::ALL.iter().map(|kind| format!("{kind} ({})", kind.word())).collect();
    End::Unreadable(format!(
        "it begins like none of the formats read here; if it is one of them, say which with --format: {}",
        kinds.join(", ")
    ))
}

fn too_large(kind: Kind) -> String {
    let advice = match kind {
        Kind::OtlpJson => "as lines it may have any length: jq -c '.resourceSpans[]' FILE | tracetab import -",
        Kind::NativeJson => "a list of traces may have any length as lines: jq -c '.[]' FILE | tracetab import -",
        Kind::ZipkinJson | Kind::ZipkinV1Json => {
            "import it in parts, such as: jq '.[:100000]' FILE | tracetab import -"
        }
        Kind::JaegerJson => "import it in parts, such as: jq '.data[:1000]' FILE | tracetab import -",
        _ => "save its spans in several files",
    };
    let mebibytes = WHOLE_BYTES_MAX / 1024 / 1024;
    format!("it has more than {mebibytes} MiB, and {kind} has to be read whole; {advice}")
}

/// An error about a body in words about a file.
fn words(error: &DecodeError) -> String {
    match error {
        DecodeError::Empty { expected } => format!("it is empty; expected {expected}"),
        DecodeError::Malformed { expected, reason } => format!("it is not {expected}: {reason}"),
        DecodeError::WrongDoor { looks_like, .. } => format!("it looks like {looks_like}"),
    }
}

#[cfg(test)]
mod tests;
