//! The native door: `POST /api/v1/traces`, JSON as people write it by hand, or a line of it per span or trace.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::post};
use http::StatusCode;
use http::header::HeaderMap;
use serde::Serialize;
use wire::{DecodeError, Decoded};

use super::body::{self, BodyError};
use super::collector::content_type;
use super::{Doors, decode};
use crate::api::Problem;
use crate::pipeline::{Busy, Encoding, Reservation, Sender};

/// Refusals listed one by one; a body of a million broken spans is answered with their number and the first of them.
const REJECTED_LISTED_MAX: usize = 1_000;

#[derive(Serialize)]
struct Answer {
    accepted: u64,
    rejected: Vec<Rejected>,
    #[serde(skip_serializing_if = "is_zero")]
    rejected_not_listed: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Rejected {
    span_id: Option<String>,
    reason: String,
}

/// The route of this door.
pub fn routes(doors: Doors) -> Router {
    Router::new().route("/api/v1/traces", post(traces)).with_state(doors)
}

async fn traces(State(doors): State<Doors>, sender: Sender, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let room = doors.pipeline.reserve(sender);
    take(&doors, room, &head.headers, body).await.unwrap_or_else(IntoResponse::into_response)
}

async fn take(doors: &Doors, room: Reservation, headers: &HeaderMap, body: Body) -> Result<Response, Problem> {
    let (encoding, decoder) = reading(headers)?;
    let (bytes, room) = body::read(doors, room, headers, body).await?;
    let mut decoded = decode(bytes, decoder).await.ok_or(Busy::Failed)??;
    let warnings = std::mem::take(&mut decoded.warnings);
    let accepted = doors.pipeline.submit(decoded, encoding, room).await?;
    let rejected = accepted.rejected;
    let answer = Answer {
        accepted: accepted.accepted,
        rejected_not_listed: rejected.len().saturating_sub(REJECTED_LISTED_MAX),
        rejected: rejected
            .into_iter()
            .take(REJECTED_LISTED_MAX)
            .map(|one| Rejected { span_id: one.span_id, reason: one.reason })
            .collect(),
        warnings,
    };
    Ok(Json(answer).into_response())
}

type Decoder = fn(&[u8]) -> Result<Decoded, DecodeError>;

/// JSON or lines of it, and nothing else: a page of another site cannot send these types without asking first, so it cannot
/// send spans in a user's name.
fn reading(headers: &HeaderMap) -> Result<(Encoding, Decoder), Problem> {
    let kind = content_type(headers);
    match kind.as_str() {
        "application/json" => Ok((Encoding::NativeJson, wire::native::decode)),
        "application/x-ndjson" | "application/jsonl" | "application/json-lines" => {
            Ok((Encoding::NativeLines, wire::native::decode_lines))
        }
        _ => {
            let sent = if kind.is_empty() { "none" } else { &kind };
            let detail = format!("content-type is {sent}; expected application/json or application/x-ndjson");
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))
        }
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        let status = match error {
            BodyError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            BodyError::Full(_) => StatusCode::SERVICE_UNAVAILABLE,
            BodyError::TooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            BodyError::UnknownEncoding(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            BodyError::Broken | BodyError::NotPacked(_) => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.to_string())
    }
}

impl From<DecodeError> for Problem {
    fn from(error: DecodeError) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Self {
        Self::unavailable(busy.to_string())
    }
}

// serde's `skip_serializing_if` passes a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}
