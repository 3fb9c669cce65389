//! OTLP over HTTP: `POST /v1/traces`, protobuf or JSON, packed or plain (OTLP specification, "OTLP/HTTP").
//!
//! Errors are a `google.rpc.Status` in the encoding of the request.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Method, StatusCode};
use wire::otlp::response::{success_json, success_protobuf};

use super::body;
use super::rpc::{Code, Refusal};
use super::{Doors, otlp};
use crate::keys::gate;
use crate::pipeline::{Encoding, Reservation, Sender};

/// The routes of this protocol.
pub fn routes(doors: Doors) -> Router {
    let traces = || post(traces).fallback(method_not_allowed);
    Router::new()
        .route("/v1/traces", traces())
        // Where senders that are set up for another product's OTLP door find us.
        .route("/api/public/otel/v1/traces", traces())
        .route("/v1/logs", post(not_kept).fallback(method_not_allowed))
        .route("/v1/metrics", post(not_kept).fallback(method_not_allowed))
        .layer(from_fn_with_state(doors.gate(says_no), gate::pass))
        .with_state(doors)
}

fn says_no(request: &Request, refusal: &Refusal) -> Response {
    Format::of(request.headers()).unwrap_or(Format::Json).refuse(refusal)
}

/// Takes spans in.
async fn traces(State(doors): State<Doors>, sender: Sender, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Some(format) = Format::of(&head.headers) else {
        return Format::Json.refuse(&doors.refused(&sender, None, unknown_format(&head.headers)).await);
    };
    let room = doors.pipeline.reserve(sender.clone());
    match doors.attempt(take(&doors, room, format, &head.headers, body)).await {
        Ok(response) => response,
        Err(refusal) => format.refuse(&doors.refused(&sender, Some(format.encoding()), refusal).await),
    }
}

async fn take(
    doors: &Doors,
    room: Reservation,
    format: Format,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let (bytes, room) = body::read(doors, room, headers, body).await?;
    let outcome = otlp::take(doors, format.encoding(), bytes, room).await?;
    Ok(format.answer(StatusCode::OK, format.success(outcome.rejected, &outcome.message)))
}

/// Logs and metrics: programs that send all three are not told that something is broken, only that it is not kept.
async fn not_kept(State(doors): State<Doors>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Some(format) = Format::of(&head.headers) else { return Format::Json.refuse(&unknown_format(&head.headers)) };
    match body::drain(&doors, body).await {
        Ok(()) => format.answer(StatusCode::OK, format.success(0, otlp::NOT_KEPT)),
        Err(error) => format.refuse(&error.into()),
    }
}

async fn method_not_allowed(headers: HeaderMap) -> Response {
    let format = Format::of(&headers).unwrap_or(Format::Json);
    let mut response = format.refuse(&Refusal::new(Code::Unimplemented, "expected POST"));
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(Method::POST.as_str()));
    response
}

fn unknown_format(headers: &HeaderMap) -> Refusal {
    let sent =
        headers.get(CONTENT_TYPE).map_or_else(|| "none".into(), |value| String::from_utf8_lossy(value.as_bytes()));
    let message = format!("content-type is {sent}; expected application/x-protobuf or application/json");
    Refusal::new(Code::Unimplemented, message)
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

    fn success(self, rejected: u64, message: &str) -> Vec<u8> {
        match self {
            Self::Protobuf => success_protobuf(rejected, message),
            Self::Json => success_json(rejected, message),
        }
    }

    fn refuse(self, refusal: &Refusal) -> Response {
        let body = match self {
            Self::Protobuf => otlp::status(refusal).to_protobuf(),
            Self::Json => otlp::status(refusal).to_json(),
        };
        let mut response = self.answer(refusal.code.http_status(), body);
        if let Some(delay) = refusal.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(delay.as_secs()));
        }
        response
    }

    fn answer(self, status: StatusCode, body: Vec<u8>) -> Response {
        (status, [(CONTENT_TYPE, HeaderValue::from_static(self.content_type()))], body).into_response()
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
        use crate::pipeline::Busy;
        use crate::receive::body::BodyError;
        let status = |refusal: Refusal| Format::Json.refuse(&refusal).status().as_u16();
        assert_eq!(status(BodyError::TooLarge { bytes_max: 1 }.into()), 413);
        assert_eq!(status(BodyError::NotPacked("gzip").into()), 400);
        assert_eq!(status(BodyError::UnknownEncoding("br".into()).into()), 415);
        assert_eq!(status(BodyError::Full(crate::pipeline::Full).into()), 503);
        let busy = Format::Json.refuse(&Busy::Database.into());
        assert_eq!(busy.headers()[RETRY_AFTER], "2");
    }
}
