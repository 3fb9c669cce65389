//! OTLP over HTTP: `POST /v1/traces`, protobuf or JSON, gzip or plain (OTLP specification, "OTLP/HTTP").
//!
//! Errors are a `google.rpc.Status` in the encoding of the request. Only what is worth sending again is a 503: exporters
//! drop what gets any other error.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Method, StatusCode};
use wire::otlp::response::{Detail, Status, success_json, success_protobuf};
use wire::{DecodeError, Decoded};

use super::body::{self, BodyError};
use super::{Doors, RETRY_AFTER_SECONDS, decode};
use crate::pipeline::{Busy, Encoding};

/// Characters of an answer's message: exporters log it, nobody reads more.
const MESSAGE_CHARS_MAX: usize = 2_000;

/// The numbers of `google.rpc.Code` that we use.
mod code {
    pub const INVALID_ARGUMENT: i32 = 3;
    pub const DEADLINE_EXCEEDED: i32 = 4;
    pub const RESOURCE_EXHAUSTED: i32 = 8;
    pub const UNIMPLEMENTED: i32 = 12;
    pub const UNAVAILABLE: i32 = 14;
}

/// The routes of this protocol.
pub fn routes(doors: Doors) -> Router {
    let traces = || post(traces).fallback(method_not_allowed);
    Router::new()
        .route("/v1/traces", traces())
        // Where senders that are set up for another product's OTLP door find us.
        .route("/api/public/otel/v1/traces", traces())
        .route("/v1/logs", post(not_kept).fallback(method_not_allowed))
        .route("/v1/metrics", post(not_kept).fallback(method_not_allowed))
        .with_state(doors)
}

/// Takes spans in.
async fn traces(State(doors): State<Doors>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Some(format) = Format::of(&head.headers) else { return unknown_format(&head.headers) };
    take(&doors, format, &head.headers, body).await.unwrap_or_else(|refusal| refusal.into_response(format))
}

async fn take(doors: &Doors, format: Format, headers: &HeaderMap, body: Body) -> Result<Response, Refusal> {
    let (bytes, room) = body::read(doors, headers, body).await?;
    let decoded = decode(bytes, move |bytes| format.decode(bytes)).await.ok_or(Busy::Failed)??;
    let mut message = decoded.message(MESSAGE_CHARS_MAX);
    let refused_here = decoded.rejected.len();
    let accepted = doors.pipeline.submit(decoded, format.encoding(), room).await?;
    if let Some(late) = accepted.rejected.get(refused_here) {
        // Refused by the database; they share their reasons, so the first one speaks for all.
        message = [message.as_str(), late.reason.as_str()].join(if message.is_empty() { "" } else { "; " });
    }
    Ok(format.answer(StatusCode::OK, format.success(accepted.rejected.len() as u64, &message)))
}

/// Logs and metrics: programs that send all three are not told that something is broken, only that it is not kept.
async fn not_kept(State(doors): State<Doors>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Some(format) = Format::of(&head.headers) else { return unknown_format(&head.headers) };
    match body::drain(&doors, body).await {
        Ok(()) => format.answer(StatusCode::OK, format.success(0, "only traces are kept; this was read and let go")),
        Err(error) => Refusal::from(error).into_response(format),
    }
}

async fn method_not_allowed(headers: HeaderMap) -> Response {
    let refusal = Refusal {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: code::UNIMPLEMENTED,
        message: "expected POST".to_owned(),
    };
    let mut response = refusal.into_response(Format::of(&headers).unwrap_or(Format::Json));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(Method::POST.as_str()));
    response
}

fn unknown_format(headers: &HeaderMap) -> Response {
    let sent =
        headers.get(CONTENT_TYPE).map_or_else(|| "none".into(), |value| String::from_utf8_lossy(value.as_bytes()));
    let refusal = Refusal {
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
        code: code::INVALID_ARGUMENT,
        message: format!("content-type is {sent}; expected application/x-protobuf or application/json"),
    };
    refusal.into_response(Format::Json)
}

/// The two encodings of OTLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Protobuf,
    Json,
}

impl Format {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        match kind.split(';').next()?.trim().to_ascii_lowercase().as_str() {
            "application/x-protobuf" | "application/protobuf" => Some(Self::Protobuf),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }

    const fn encoding(self) -> Encoding {
        match self {
            Self::Protobuf => Encoding::OtlpProtobuf,
            Self::Json => Encoding::OtlpJson,
        }
    }

    fn decode(self, bytes: &[u8]) -> Result<Decoded, DecodeError> {
        match self {
            Self::Protobuf => wire::otlp::protobuf::decode(bytes),
            Self::Json => wire::otlp::json::decode(bytes),
        }
    }

    fn success(self, rejected: u64, message: &str) -> Vec<u8> {
        match self {
            Self::Protobuf => success_protobuf(rejected, message),
            Self::Json => success_json(rejected, message),
        }
    }

    fn status(self, status: &Status) -> Vec<u8> {
        match self {
            Self::Protobuf => status.to_protobuf(),
            Self::Json => status.to_json(),
        }
    }

    fn answer(self, status: StatusCode, body: Vec<u8>) -> Response {
        (status, [(CONTENT_TYPE, HeaderValue::from_static(self.content_type()))], body).into_response()
    }
}

/// An error in OTLP's words.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    code: i32,
    message: String,
}

impl Refusal {
    fn into_response(self, format: Format) -> Response {
        let mut response = format.answer(self.status, format.status(&self.to_status()));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }
}

impl Refusal {
    /// What a program can act upon: what was wrong with the request, or when to send it again.
    fn to_status(&self) -> Status {
        let status = Status::new(self.code, &self.message);
        match self.status {
            StatusCode::BAD_REQUEST => status.with(Detail::bad_body(&self.message)),
            StatusCode::SERVICE_UNAVAILABLE => {
                status.with(Detail::RetryInfo(Duration::from_secs(RETRY_AFTER_SECONDS.into())))
            }
            _ => status,
        }
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        let (status, code) = match error {
            BodyError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, code::RESOURCE_EXHAUSTED),
            BodyError::Full(_) => (StatusCode::SERVICE_UNAVAILABLE, code::UNAVAILABLE),
            BodyError::TooSlow { .. } => (StatusCode::REQUEST_TIMEOUT, code::DEADLINE_EXCEEDED),
            BodyError::UnknownEncoding(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, code::INVALID_ARGUMENT),
            BodyError::Broken | BodyError::NotGzip => (StatusCode::BAD_REQUEST, code::INVALID_ARGUMENT),
        };
        Self { status, code, message: error.to_string() }
    }
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: code::INVALID_ARGUMENT, message: error.to_string() }
    }
}

impl From<Busy> for Refusal {
    fn from(busy: Busy) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, code: code::UNAVAILABLE, message: busy.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format_of(content_type: &'static str) -> Option<Format> {
        Format::of(&[(CONTENT_TYPE, HeaderValue::from_static(content_type))].into_iter().collect())
    }

    #[test]
    fn the_format_is_told_by_the_content_type_whatever_its_parameters() {
        assert_eq!(format_of("application/x-protobuf"), Some(Format::Protobuf));
        assert_eq!(format_of("Application/JSON; charset=utf-8"), Some(Format::Json));
        assert_eq!(format_of("text/plain"), None);
        assert_eq!(Format::of(&HeaderMap::new()), None);
    }

    #[test]
    fn only_what_is_worth_sending_again_is_unavailable() {
        let status = |error: BodyError| Refusal::from(error).status.as_u16();
        assert_eq!(status(BodyError::TooLarge { bytes_max: 1 }), 413);
        assert_eq!(status(BodyError::NotGzip), 400);
        assert_eq!(status(BodyError::UnknownEncoding("br".into())), 415);
        assert_eq!(status(BodyError::Full(crate::pipeline::Full)), 503);
        let busy = Refusal::from(Busy::Database).into_response(Format::Json);
        assert_eq!(busy.headers()[RETRY_AFTER], "2");
    }

    #[test]
    fn errors_say_in_their_details_what_to_do() {
        let details = |refusal: Refusal| refusal.to_status().details;
        assert_eq!(details(Busy::Database.into()), [Detail::RetryInfo(Duration::from_secs(2))]);
        let empty = DecodeError::Empty { expected: "spans" };
        assert_eq!(details(empty.clone().into()), [Detail::bad_body(empty.to_string())]);
        assert_eq!(details(BodyError::TooLarge { bytes_max: 1 }.into()), []);
    }
}
