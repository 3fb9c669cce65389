//! Answers in OTLP's words: success, partial success and errors, in the encoding of the request; and read by a sender.

use prost::Message;

use super::messages::{PartialSuccess, Response, RpcStatus};

pub use super::status::{Detail, Status, Violation};

/// `ExportTraceServiceResponse` in protobuf. Full success is zero bytes; a message without rejections is a warning.
pub fn success_protobuf(rejected: u64, message: &str) -> Vec<u8> {
    let partial_success = (rejected > 0 || !message.is_empty()).then(|| PartialSuccess {
        rejected_spans: i64::try_from(rejected).unwrap_or(i64::MAX),
        error_message: message.to_owned(),
    });
    Response { partial_success }.encode_to_vec()
}

/// `ExportTraceServiceResponse` in JSON. Full success is `{}`; 64-bit integers are strings, as proto3 JSON has it.
pub fn success_json(rejected: u64, message: &str) -> Vec<u8> {
    if rejected == 0 && message.is_empty() {
        return b"{}".to_vec();
    }
    let mut partial = serde_json::Map::new();
    if rejected > 0 {
        partial.insert("rejectedSpans".into(), rejected.to_string().into());
    }
    if !message.is_empty() {
        partial.insert("errorMessage".into(), message.into());
    }
    serde_json::json!({ "partialSuccess": partial }).to_string().into_bytes()
}

/// What an `ExportTraceServiceResponse` in protobuf says: how many spans were refused, and words about it.
pub fn read_success(answer: &[u8]) -> Option<(u64, String)> {
    let partial = Response::decode(answer).ok()?.partial_success.unwrap_or_default();
    Some((u64::try_from(partial.rejected_spans).unwrap_or(0), partial.error_message))
}

/// The words of a `google.rpc.Status` in protobuf.
pub fn read_error(answer: &[u8]) -> Option<String> {
    RpcStatus::decode(answer).ok().map(|status| status.message)
}

/// A [`Status`] without details, in protobuf.
pub fn status_protobuf(code: i32, message: &str) -> Vec<u8> {
    Status::new(code, message).to_protobuf()
}

/// A [`Status`] without details, in JSON.
pub fn status_json(code: i32, message: &str) -> Vec<u8> {
    Status::new(code, message).to_json()
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;

    #[test]
    fn full_success_is_empty() {
        assert!(success_protobuf(0, "").is_empty());
        assert_eq!(success_json(0, ""), b"{}");
    }

    #[test]
    fn partial_success_tells_count_and_reason() {
        let answer = ExportTraceServiceResponse::decode(success_protobuf(3, "bad ids").as_slice()).unwrap();
        let partial = answer.partial_success.unwrap();
        assert_eq!((partial.rejected_spans, partial.error_message.as_str()), (3, "bad ids"));
        let json: serde_json::Value = serde_json::from_slice(&success_json(3, "bad \"ids\"")).unwrap();
        assert_eq!(json, serde_json::json!({"partialSuccess": {"rejectedSpans": "3", "errorMessage": "bad \"ids\""}}));
    }

    #[test]
    fn a_sender_reads_what_was_answered() {
        assert_eq!(read_success(&success_protobuf(0, "")), Some((0, String::new())));
        assert_eq!(read_success(&success_protobuf(3, "bad ids")), Some((3, "bad ids".into())));
        assert_eq!(read_success(b"<html>"), None);
        assert_eq!(read_error(&status_protobuf(3, "no")), Some("no".into()));
    }

    #[test]
    fn a_warning_has_a_message_and_no_count() {
        assert_eq!(success_json(0, "careful"), br#"{"partialSuccess":{"errorMessage":"careful"}}"#);
    }

    #[test]
    fn an_error_is_a_status_with_code_and_message() {
        assert_eq!(status_protobuf(3, "no"), [0x08, 3, 0x12, 2, b'n', b'o']);
        assert_eq!(status_json(3, "no"), br#"{"code":3,"message":"no"}"#);
    }
}
