//! A unary gRPC call over HTTP/2: the frame around its one message, and the trailers that say how it went (gRPC over
//! HTTP/2 protocol, "Requests" and "Responses").
//!
//! Written out rather than taken from a framework, which buffers and unpacks a message before anyone may refuse it: here
//! a call takes room as its bytes arrive, like every other body, and a bomb is never held.

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full};

use super::Doors;
use super::body::{self, BodyError};
use super::rpc::{Code, Refusal};
use super::unpack::Packing;
use crate::pipeline::Reservation;

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
/// A byte that says whether the message is packed, and four for its length.
const FRAME_HEAD_BYTES: usize = 5;
/// Bytes of a message in a header: HTTP stacks refuse long ones.
const MESSAGE_BYTES_MAX: usize = 1_500;

/// Whether this is a gRPC call.
pub fn is_call(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    // "application/grpc-web" is another protocol.
    kind.strip_prefix(b"application/grpc").is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')))
}

/// The message of a call, with the room it takes.
pub async fn message(doors: &Doors, room: Reservation, request: Request) -> Result<(Bytes, Reservation), Refusal> {
    let (head, body) = request.into_parts();
    let (mut frame, room) = body::arrive(doors, room, &head.headers, body).await?;
    if frame.len() < FRAME_HEAD_BYTES {
        return Err(broken("a call without a message"));
    }
    let (packed, length) = (frame.get_u8(), frame.get_u32() as usize);
    if frame.len() != length {
        return Err(broken("expected exactly one message, of the length its frame says"));
    }
    let packing = match (packed, head.headers.get(ENCODING)) {
        (0, _) => Packing::Plain,
        (1, Some(name)) => Packing::named(name.as_bytes())
            .ok_or_else(|| BodyError::UnknownEncoding(String::from_utf8_lossy(name.as_bytes()).into_owned()))?,
        _ => return Err(broken("a packed message without grpc-encoding")),
    };
    Ok(body::open(doors, frame, packing, room).await?)
}

fn broken(what: &str) -> Refusal {
    Refusal::new(Code::InvalidArgument, format!("the gRPC frame is broken: {what}"))
}

/// A call that went well: its message, then the trailers.
pub fn success(message: &[u8]) -> Response {
    let mut frame = BytesMut::with_capacity(FRAME_HEAD_BYTES + message.len());
    frame.put_u8(0);
    // Answers are a few kilobytes at most.
    frame.put_u32(message.len() as u32);
    frame.extend_from_slice(message);
    let trailers = HeaderMap::from_iter([(STATUS, HeaderValue::from_static("0"))]);
    let body = Full::new(frame.freeze()).with_trailers(std::future::ready(Some(Ok(trailers))));
    respond(Body::new(body), HeaderMap::new())
}

/// A call that was refused: `details` is a `google.rpc.Status` with more than code and message, in protobuf.
pub fn refused(refusal: &Refusal, details: &[u8]) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(STATUS, HeaderValue::from(refusal.code as u16));
    for (name, value) in [(MESSAGE, percent_encoded(&refusal.message)), (DETAILS, STANDARD_NO_PAD.encode(details))] {
        // Both encodings give printable ASCII.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    if refusal.code == Code::Unimplemented {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(Packing::NAMES));
    }
    // Without a body, headers and trailers are one block ("Trailers-Only").
    respond(Body::empty(), headers)
}

fn respond(body: Body, mut headers: HeaderMap) -> Response {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    (StatusCode::OK, headers, body).into_response()
}

/// `grpc-message`: everything but printable ASCII, and `%`, as percent signs and hex; cut at [`MESSAGE_BYTES_MAX`].
fn percent_encoded(message: &str) -> String {
    let mut encoded = String::with_capacity(message.len());
    for byte in message.bytes() {
        if encoded.len() >= MESSAGE_BYTES_MAX {
            break;
        }
        match byte {
            b' '..=b'~' if byte != b'%' => encoded.push(byte as char),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_call_of(kind: &'static str) -> bool {
        is_call(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]))
    }

    #[test]
    fn a_call_is_told_by_its_content_type() {
        assert!(is_call_of("application/grpc") && is_call_of("application/grpc+proto"));
        assert!(!is_call_of("application/grpc-web") && !is_call_of("application/json"));
        assert!(!is_call(&HeaderMap::new()));
    }

    #[test]
    fn messages_are_printable_and_short() {
        assert_eq!(percent_encoded("100% ü\n"), "100%25 %C3%BC%0A");
        assert!(percent_encoded(&"ü".repeat(10_000)).len() < MESSAGE_BYTES_MAX + 6);
    }

    #[tokio::test]
    async fn an_answer_is_a_frame_and_trailers() {
        let collected = success(b"abc").into_body().collect().await.unwrap();
        assert_eq!(collected.trailers().unwrap()["grpc-status"], "0");
        assert_eq!(collected.to_bytes(), b"\0\0\0\0\x03abc".as_slice());
    }
}
