//! The doors as a client sees them that may get anything wrong: where each one is, and how its answers are read.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::Full;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use serde_json::Value;

use crate::grpc::{EXPORT, exchange, frame};
use crate::server::TestServer;

/// A protocol in one of its encodings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    OtlpProtobuf,
    OtlpJson,
    Grpc,
    ZipkinJson,
    ZipkinProtobuf,
    ZipkinOld,
    Jaeger,
    Native,
    Lines,
}

pub use Door::*;

impl Door {
    pub const ALL: [Self; 9] =
        [OtlpProtobuf, OtlpJson, Grpc, ZipkinJson, ZipkinProtobuf, ZipkinOld, Jaeger, Native, Lines];

    pub const fn content_type(self) -> &'static str {
        match self {
            OtlpProtobuf | ZipkinProtobuf => "application/x-protobuf",
            OtlpJson | ZipkinJson | ZipkinOld | Native => "application/json",
            Grpc => "application/grpc",
            Jaeger => "application/x-thrift",
            Lines => "application/x-ndjson",
        }
    }

    /// What the list of refused spans calls it.
    pub const fn encoding(self) -> &'static str {
        match self {
            OtlpProtobuf => "OTLP protobuf",
            OtlpJson => "OTLP JSON",
            Grpc => "OTLP gRPC",
            ZipkinJson | ZipkinOld => "Zipkin JSON",
            ZipkinProtobuf => "Zipkin protobuf",
            Jaeger => "Jaeger Thrift",
            Native => "native JSON",
            Lines => "native JSON lines",
        }
    }

    pub fn port(self, server: &TestServer) -> &str {
        match self {
            OtlpProtobuf | OtlpJson => &server.otlp,
            Grpc => &server.grpc,
            ZipkinJson | ZipkinProtobuf | ZipkinOld => &server.zipkin,
            Jaeger => &server.jaeger,
            Native | Lines => &server.http,
        }
    }

    pub const fn path(self) -> &'static str {
        match self {
            OtlpProtobuf | OtlpJson => "/v1/traces",
            Grpc => EXPORT,
            ZipkinJson | ZipkinProtobuf => "/api/v2/spans",
            ZipkinOld => "/api/v1/spans",
            Jaeger => "/api/traces",
            Native | Lines => "/api/v1/traces",
        }
    }

    /// Posts a body as its senders do.
    pub async fn post(self, server: &TestServer, body: impl Into<Vec<u8>>) -> Answer {
        self.post_with(server, &[("content-type", self.content_type())], body).await
    }

    /// Posts a body with these headers and no others; over gRPC, the body is the message, and `content-encoding` its own.
    pub async fn post_with(self, server: &TestServer, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
        let body = body.into();
        if self == Grpc {
            let packed = headers.iter().any(|(name, _)| *name == "content-encoding");
            let own = |name| if name == "content-encoding" { "grpc-encoding" } else { name };
            let headers: Vec<_> = headers.iter().map(|(name, value)| (own(*name), *value)).collect();
            let body = Full::new(Bytes::from(frame(packed, &body)));
            let (status, headers, body) = exchange(&server.grpc, EXPORT, &headers, body).await.unwrap();
            return self.read(status, &headers, &body);
        }
        let request = reqwest::Client::new().post(format!("{}{}", self.port(server), self.path())).body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.read_response(request.send().await.unwrap()).await
    }

    /// Reads an answer over HTTP/1.1.
    pub async fn read_response(self, response: reqwest::Response) -> Answer {
        let (status, headers) = (response.status(), response.headers().clone());
        self.read(status, &headers, &response.bytes().await.unwrap())
    }

    /// Reads an answer, which must be in the form of the protocol.
    pub fn read(self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Answer {
        let mut answer = Answer { status: status.as_u16(), words: String::new(), rejected: 0, retry_after: false };
        answer.retry_after = headers.contains_key("retry-after");
        let kind = headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
        let said = String::from_utf8_lossy(body).into_owned();
        match self {
            Grpc if kind == "application/grpc" => answer.trailers(headers, body),
            OtlpProtobuf | OtlpJson => answer.otlp(kind, body),
            Native | Lines => answer.native(kind, &said),
            _ => answer.words(said),
        }
        assert_eq!(answer.retry_after, answer.status == 503, "{self:?}: only what is worth sending again is delayed");
        answer
    }
}

/// What was answered, in words that are the same for all protocols.
#[derive(Debug)]
pub struct Answer {
    /// The status over HTTP, also for a call over gRPC.
    pub status: u16,
    /// What was said.
    pub words: String,
    /// How many spans were refused.
    pub rejected: u64,
    /// Whether it says how long to wait.
    pub retry_after: bool,
}

/// `google.rpc.Status`, of which the details only matter as being there.
#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(bytes = "vec", repeated, tag = "3")]
    details: Vec<Vec<u8>>,
}

const fn code_of(status: u16) -> i64 {
    match status {
        400 => 3,
        401 => 16,
        403 => 7,
        413 => 8,
        405 | 415 => 12,
        503 => 14,
        _ => -1,
    }
}

impl Answer {
    pub const fn is_success(&self) -> bool {
        self.status / 100 == 2
    }

    fn partial(&mut self, body: &[u8]) {
        let partial = ExportTraceServiceResponse::decode(body).unwrap().partial_success.unwrap_or_default();
        (self.rejected, self.words) = (partial.rejected_spans.try_into().unwrap(), partial.error_message);
    }

    fn trailers(&mut self, headers: &HeaderMap, body: &[u8]) {
        let code: i64 = headers["grpc-status"].to_str().unwrap().parse().unwrap();
        if code == 0 {
            return self.partial(&body[5..]);
        }
        let details = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD_NO_PAD,
            &headers["grpc-status-details-bin"],
        );
        let said = RpcStatus::decode(details.unwrap().as_slice()).unwrap();
        assert_eq!(i64::from(said.code), code);
        self.status =
            [400, 401, 403, 413, 415, 503].into_iter().find(|status| code_of(*status) == code).expect("a code we use");
        self.retry_after = said.details.iter().any(|any| String::from_utf8_lossy(any).contains("google.rpc.RetryInfo"));
        self.words = said.message;
    }

    fn otlp(&mut self, kind: &str, body: &[u8]) {
        if kind == "application/x-protobuf" {
            if self.is_success() {
                return self.partial(body);
            }
            let said = RpcStatus::decode(body).unwrap();
            assert_eq!(i64::from(said.code), code_of(self.status), "{}", said.message);
            self.words = said.message;
            return;
        }
        assert_eq!(kind, "application/json");
        let said: Value = serde_json::from_slice(body).unwrap();
        if self.is_success() {
            let partial = &said["partialSuccess"];
            self.rejected = partial["rejectedSpans"].as_str().map_or(0, |count| count.parse().unwrap());
            partial["errorMessage"].as_str().unwrap_or_default().clone_into(&mut self.words);
        } else {
            assert_eq!(said["code"], code_of(self.status), "{said}");
            said["message"].as_str().unwrap().clone_into(&mut self.words);
        }
    }

    fn native(&mut self, kind: &str, said: &str) {
        let said: Value = serde_json::from_str(said).unwrap();
        if self.is_success() {
            let listed = said["rejected"].as_array().unwrap();
            self.rejected = listed.len() as u64 + said["rejected_not_listed"].as_u64().unwrap_or(0);
            self.words = said.to_string();
        } else {
            assert_eq!((kind, &said["status"]), ("application/problem+json", &Value::from(self.status)), "{said}");
            said["detail"].as_str().unwrap().clone_into(&mut self.words);
        }
    }

    /// Words alone, as Zipkin and Jaeger have it: `2 spans taken, 1 refused: ...`.
    fn words(&mut self, said: String) {
        assert!(self.status != 200 && self.status != 204, "a collector answers 202");
        if let Some((_, rest)) = said.split_once(" spans taken, ").filter(|_| self.is_success()) {
            self.rejected = rest.split(' ').next().unwrap().parse().unwrap();
        }
        self.words = said;
    }
}
