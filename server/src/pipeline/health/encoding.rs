//! How spans came: which protocol, in which form.

/// How spans came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// OTLP over HTTP, protobuf.
    OtlpProtobuf,
    /// OTLP over HTTP, JSON.
    OtlpJson,
    /// OTLP over gRPC.
    OtlpGrpc,
    /// Zipkin, JSON of version 1 or 2.
    ZipkinJson,
    /// Zipkin, protobuf.
    ZipkinProtobuf,
    /// Jaeger, Thrift in binary.
    JaegerThrift,
    /// The native API.
    NativeJson,
    /// The native API, a document per line.
    NativeLines,
}

impl Encoding {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::OtlpProtobuf,
        Self::OtlpJson,
        Self::OtlpGrpc,
        Self::ZipkinJson,
        Self::ZipkinProtobuf,
        Self::JaegerThrift,
        Self::NativeJson,
        Self::NativeLines,
    ];

    /// Its name for people and as a label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtlpProtobuf => "OTLP protobuf",
            Self::OtlpJson => "OTLP JSON",
            Self::OtlpGrpc => "OTLP gRPC",
            Self::ZipkinJson => "Zipkin JSON",
            Self::ZipkinProtobuf => "Zipkin protobuf",
            Self::JaegerThrift => "Jaeger Thrift",
            Self::NativeJson => "native JSON",
            Self::NativeLines => "native JSON lines",
        }
    }
}

/// Spans by how they came.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByEncoding([u64; Encoding::ALL.len()]);

impl ByEncoding {
    /// Counts spans.
    pub const fn add(&mut self, encoding: Encoding, spans: u64) {
        self.0[encoding as usize] += spans;
    }

    /// Name and number of those that came at all.
    pub fn told(&self) -> Vec<(String, u64)> {
        let all = Encoding::ALL.iter().map(|encoding| (encoding.as_str().to_owned(), self.0[*encoding as usize]));
        all.filter(|(_, spans)| *spans > 0).collect()
    }
}
