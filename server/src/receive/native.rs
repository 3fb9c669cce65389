//! The native door: `POST /api/v1/traces`, JSON as people write it by hand.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::post};
use http::header::{CONTENT_TYPE, HeaderMap};
use model::rejected::REJECTED_LISTED_MAX;
use serde::Serialize;

use super::rpc::{Code, Refusal};
use super::{Doors, body};
use crate::api::Problem;
use crate::pipeline::{Encoding, Sender};

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
    let encoding = if is_json(&head.headers) { Some(Encoding::NativeJson) } else { None };
    match take(&doors, sender.clone(), &head.headers, body).await {
        Ok(response) => response,
        Err(refusal) => Problem::from(doors.refused(&sender, encoding, refusal).await).into_response(),
    }
}

async fn take(doors: &Doors, sender: Sender, headers: &HeaderMap, body: Body) -> Result<Response, Refusal> {
    if !is_json(headers) {
        let sent = content_type(headers);
        let message = format!("content-type is {sent}; expected application/json");
        return Err(Refusal::new(Code::Unimplemented, message));
    }
    let (bytes, room) = body::read(doors, doors.pipeline.reserve(sender), headers, body).await?;
    let mut decoded = doors.decode(bytes, wire::native::decode).await??;
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
fn is_json(headers: &HeaderMap) -> bool {
    content_type(headers).split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("none")
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code.http_status(), refusal.message)
    }
}

// serde's `skip_serializing_if` passes a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}
