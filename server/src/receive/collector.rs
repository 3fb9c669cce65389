//! What the collector protocols of Zipkin and Jaeger share: 202 and nothing more when it went well, a status and words when
//! it did not.
//!
//! Neither has a way to say that some spans were refused, and their senders read no answer: the neighbours of a bad span are
//! kept, the answer says so in words all the same, and *Ingest* in the dashboard lists what was refused.

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Method, StatusCode};
use wire::Format;

use super::rpc::{Code, MESSAGE_CHARS_MAX, Refusal};
use super::{Doors, body};
use crate::pipeline::{Encoding, Sender};

/// How one of these protocols is read.
#[derive(Clone, Copy)]
pub struct Reading {
    /// How its spans are counted.
    pub encoding: Encoding,
    /// What turns bytes into spans.
    pub format: Format,
}

/// Takes a request in.
pub async fn take(doors: &Doors, sender: Sender, reading: Reading, request: Request) -> Response {
    let (head, body) = request.into_parts();
    match doors.attempt(commit(doors, sender.clone(), reading, &head.headers, body)).await {
        Ok(response) => response,
        Err(refusal) => refuse(&doors.refused(&sender, Some(reading.encoding), refusal).await),
    }
}

/// The content type without its parameters, in lower case.
pub fn content_type(headers: &HeaderMap) -> String {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Says which content types there are.
pub async fn wrong_content_type(doors: &Doors, sender: &Sender, sent: &str, expected: &str) -> Response {
    let sent = if sent.is_empty() { "none" } else { sent };
    let refusal = Refusal::new(Code::Unimplemented, format!("content-type is {sent}; expected {expected}"));
    refuse(&doors.refused(sender, None, refusal).await)
}

/// What is told to whoever asks instead of sending.
pub async fn wrong_method() -> impl IntoResponse {
    let allow = [(ALLOW, HeaderValue::from_static(Method::POST.as_str()))];
    (StatusCode::METHOD_NOT_ALLOWED, allow, "expected POST, with spans in the body\n")
}

async fn commit(
    doors: &Doors,
    sender: Sender,
    reading: Reading,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let (bytes, room) = body::read(doors, doors.pipeline.reserve(sender), headers, body).await?;
    let committed = doors.commit(reading.format, reading.encoding, bytes, room).await?;
    let message = committed.message(MESSAGE_CHARS_MAX);
    let words = match committed.refused {
        0 => message,
        refused => format!("{} spans taken, {refused} refused: {message}", committed.accepted),
    };
    Ok((StatusCode::ACCEPTED, words).into_response())
}

/// What a sender without a key that may send is told.
pub fn says_no(_: &Request, refusal: &Refusal) -> Response {
    refuse(refusal)
}

/// A refusal in words.
pub fn refuse(refusal: &Refusal) -> Response {
    let mut response = (refusal.code.http_status(), format!("{}\n", refusal.message)).into_response();
    if let Some(delay) = refusal.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(delay.as_secs()));
    }
    response
}
