//! Files of spans, whichever program wrote them: what a file holds is told by its content, not by its name.
//!
//! [`detect`] looks at the beginning, [`decode`] reads a whole file or a [`Chunk`] of one. Formats that are one document must
//! be read whole; those of many documents are cut into chunks by a [`Splitter`], so that a file of any size takes the memory
//! of one chunk.
//!
//! To add a format: a [`Kind`], how [`detect`] knows it, and its decoder in [`decode`].

mod detect;
mod outline;
mod splitter;

use std::fmt;

pub use detect::{HEAD_BYTES, detect};
pub use splitter::{Chunk, Part, Splitter};

use crate::{DecodeError, Decoded, console, jaeger, native, otlp, zipkin};

/// What a file may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One OTLP request in protobuf.
    OtlpProtobuf,
    /// One OTLP request in JSON.
    OtlpJson,
    /// An OTLP request in JSON on each line, as OTLP file exporters write.
    OtlpJsonLines,
    /// A list of Zipkin v2 spans in JSON.
    ZipkinJson,
    /// A list of Zipkin v1 spans in JSON.
    ZipkinV1Json,
    /// A list of Zipkin v2 spans in protobuf.
    ZipkinProtobuf,
    /// Traces saved from Jaeger's UI or query API.
    JaegerJson,
    /// A batch as Jaeger's clients send it.
    JaegerThrift,
    /// Native JSON.
    NativeJson,
    /// Native JSON on each line.
    NativeLines,
    /// The output of an SDK's console exporter.
    Console,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::OtlpProtobuf,
        Self::OtlpJson,
        Self::OtlpJsonLines,
        Self::ZipkinJson,
        Self::ZipkinV1Json,
        Self::ZipkinProtobuf,
        Self::JaegerJson,
        Self::JaegerThrift,
        Self::NativeJson,
        Self::NativeLines,
        Self::Console,
    ];

    /// The word for it in a command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OtlpProtobuf => "otlp-protobuf",
            Self::OtlpJson => "otlp-json",
            Self::OtlpJsonLines => "otlp-json-lines",
            Self::ZipkinJson => "zipkin-json",
            Self::ZipkinV1Json => "zipkin-v1-json",
            Self::ZipkinProtobuf => "zipkin-protobuf",
            Self::JaegerJson => "jaeger-json",
            Self::JaegerThrift => "jaeger-thrift",
            Self::NativeJson => "native-json",
            Self::NativeLines => "native-json-lines",
            Self::Console => "console",
        }
    }

    /// The kind that this word is for.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether a file of this kind is many documents, each read on its own.
    pub const fn is_split(self) -> bool {
        matches!(self, Self::OtlpJsonLines | Self::NativeLines | Self::Console)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtlpProtobuf => "OTLP protobuf",
            Self::OtlpJson => "OTLP JSON",
            Self::OtlpJsonLines => "OTLP JSON lines",
            Self::ZipkinJson => "Zipkin v2 JSON",
            Self::ZipkinV1Json => "Zipkin v1 JSON",
            Self::ZipkinProtobuf => "Zipkin protobuf",
            Self::JaegerJson => "Jaeger JSON",
            Self::JaegerThrift => "Jaeger Thrift",
            Self::NativeJson => "native JSON",
            Self::NativeLines => "native JSON lines",
            Self::Console => "console exporter output",
        })
    }
}

/// Reads a whole file.
pub fn decode(kind: Kind, bytes: &[u8]) -> Result<Decoded, DecodeError> {
    match kind {
        Kind::OtlpProtobuf => otlp::protobuf::decode(bytes),
        Kind::OtlpJson => otlp::json::decode(bytes),
        Kind::OtlpJsonLines => otlp::json::decode_lines(bytes),
        Kind::ZipkinJson => zipkin::decode_json(bytes),
        Kind::ZipkinV1Json => zipkin::decode_v1_json(bytes),
        Kind::ZipkinProtobuf => zipkin::decode_protobuf(bytes),
        Kind::JaegerJson => jaeger::json::decode(bytes),
        Kind::JaegerThrift => jaeger::thrift::decode(bytes),
        Kind::NativeJson => native::decode(bytes),
        Kind::NativeLines => native::decode_lines(bytes),
        Kind::Console => console::decode(bytes),
    }
}

/// Reads a chunk of a file; what is refused is refused with the line it has in the file.
pub fn decode_chunk(kind: Kind, chunk: &Chunk) -> Result<Decoded, DecodeError> {
    match kind {
        Kind::OtlpJsonLines => otlp::json::decode_lines_from(&chunk.bytes, chunk.first_line),
        Kind::NativeLines => native::decode_lines_from(&chunk.bytes, chunk.first_line),
        Kind::Console => console::decode_from(&chunk.bytes, chunk.first_line),
        _ => decode(kind, &chunk.bytes),
    }
}

#[cfg(test)]
mod tests;
