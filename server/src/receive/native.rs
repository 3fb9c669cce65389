//! The native door: `POST /api/v1/traces`, JSON as people write it by hand.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::post};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap};
use serde::Serialize;
use wire::DecodeError;

use super::body::{self, BodyError};
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
    check_content_type(headers)?;
    let (bytes, room) = body::read(doors, room, headers, body).await?;
    let mut decoded = decode(bytes, wire::native::decode).await.ok_or(Busy::Failed)??;
    let warnings = std::mem::take(&mut decoded.warnings);
    let accepted = doors.pipeline.submit(decoded, Encoding::NativeJson, room).await?;
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

/// JSON only: a page of another site cannot send that type without asking first, so it cannot send spans in a user's name.
fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("none");
    let kind = sent.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("content-type is {sent}; expected application/json")))
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
