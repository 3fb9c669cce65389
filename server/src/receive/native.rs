//! The native door: `POST /api/v1/traces`, JSON as people write it by hand, or a line of it per span or trace.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing::post};
use http::header::HeaderMap;
use serde::Serialize;

use super::collector::{Reading, content_type};
use super::rpc::{Code, Refusal};
use super::{Doors, body};
use crate::api::Problem;
use crate::keys::gate;
use crate::pipeline::{Encoding, Sender};

#[derive(Serialize)]
struct Answer {
    accepted: u64,
    rejected: Vec<Rejected>,
    #[serde(skip_serializing_if = "is_zero")]
    rejected_not_listed: u64,
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
    let gate = from_fn_with_state(doors.gate(says_no), gate::pass);
    // Its address is that of the list of traces too, whose callers need another key.
    Router::new().route("/api/v1/traces", post(traces).route_layer(gate)).with_state(doors)
}

fn says_no(_: &Request, refusal: &Refusal) -> Response {
    Problem::from(refusal.clone()).into_response()
}

async fn traces(State(doors): State<Doors>, sender: Sender, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let reading = reading(&head.headers);
    match doors.attempt(take(&doors, sender.clone(), reading, &head.headers, body)).await {
        Ok(response) => response,
        Err(refusal) => {
            let encoding = reading.map(|reading| reading.encoding);
            Problem::from(doors.refused(&sender, encoding, refusal).await).into_response()
        }
    }
}

async fn take(
    doors: &Doors,
    sender: Sender,
    reading: Option<Reading>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let Some(Reading { encoding, format }) = reading else {
        let sent = Some(content_type(headers)).filter(|sent| !sent.is_empty()).unwrap_or_else(|| "none".to_owned());
        let message = format!("content-type is {sent}; expected application/json or application/x-ndjson");
        return Err(Refusal::new(Code::Unimplemented, message));
    };
    let (bytes, room) = body::read(doors, doors.pipeline.reserve(sender), headers, body).await?;
    let committed = doors.commit(format, encoding, bytes, room).await?;
    let rejected = committed.rejected.into_iter().map(|one| Rejected { span_id: one.span_id, reason: one.reason });
    let rejected: Vec<_> = rejected.collect();
    let answer = Answer {
        accepted: committed.accepted,
        rejected_not_listed: committed.refused - rejected.len() as u64,
        rejected,
        warnings: committed.warnings,
    };
    Ok(Json(answer).into_response())
}

/// JSON or lines of it, and nothing else: a page of another site cannot send these types without asking first, so it cannot
/// send spans in a user's name.
fn reading(headers: &HeaderMap) -> Option<Reading> {
    match content_type(headers).as_str() {
        "application/json" => Some(Reading { encoding: Encoding::NativeJson, format: wire::native::FORMAT }),
        "application/x-ndjson" | "application/jsonl" | "application/json-lines" => {
            Some(Reading { encoding: Encoding::NativeLines, format: wire::native::LINES_FORMAT })
        }
        _ => None,
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code.http_status(), refusal.message)
    }
}

// serde's `skip_serializing_if` passes a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}
