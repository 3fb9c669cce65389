//! `google.rpc.Status`: the body of every 4xx and 5xx over HTTP, and what `grpc-status-details-bin` holds over gRPC.

use std::time::Duration;

use prost::Message;
use serde_json::json;

use super::messages::{Any, BadRequest, Duration as ProtoDuration, FieldViolation, RetryInfo, RpcStatus};

/// An error in the words of Google's RPC conventions, which OTLP has made its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Number of a `google.rpc.Code`.
    pub code: i32,
    /// What went wrong, for people.
    pub message: String,
    /// What a program can act upon.
    pub details: Vec<Detail>,
}

/// One of the details OTLP knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// The same request may be sent again after this long. Over gRPC, UNAVAILABLE and RESOURCE_EXHAUSTED say with it that
    /// the sender should slow down.
    RetryInfo(Duration),
    /// The request is at fault and will be refused however often it is sent.
    BadRequest(Vec<Violation>),
}

/// What is wrong with a part of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which part, as a path of field names; `body` for the whole.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

impl Status {
    /// An error without details.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Vec::new() }
    }

    /// The same error, with one more detail.
    #[must_use]
    pub fn with(mut self, detail: Detail) -> Self {
        self.details.push(detail);
        self
    }

    /// `google.rpc.Status` in protobuf.
    pub fn to_protobuf(&self) -> Vec<u8> {
        let details = self.details.iter().map(Detail::any).collect();
        RpcStatus { code: self.code, message: self.message.clone(), details }.encode_to_vec()
    }

    /// `google.rpc.Status` in proto3 JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let mut status = json!({ "code": self.code, "message": self.message });
        if !self.details.is_empty() {
            status["details"] = self.details.iter().map(Detail::json).collect();
        }
        status.to_string().into_bytes()
    }
}

impl Detail {
    /// The request as a whole is at fault.
    pub fn bad_body(description: impl Into<String>) -> Self {
        Self::BadRequest(vec![Violation { field: "body".to_owned(), description: description.into() }])
    }

    /// Under which name a detail goes into `google.protobuf.Any`.
    const fn type_url(&self) -> &'static str {
        match self {
            Self::RetryInfo(_) => "type.googleapis.com/google.rpc.RetryInfo",
            Self::BadRequest(_) => "type.googleapis.com/google.rpc.BadRequest",
        }
    }

    fn any(&self) -> Any {
        let value = match self {
            Self::RetryInfo(delay) => RetryInfo { retry_delay: Some(proto_duration(*delay)) }.encode_to_vec(),
            Self::BadRequest(violations) => {
                BadRequest { field_violations: violations.iter().map(Violation::message).collect() }.encode_to_vec()
            }
        };
        Any { type_url: self.type_url().to_owned(), value }
    }

    /// Proto3 JSON of an `Any`: the message's own members, and its type beside them.
    fn json(&self) -> serde_json::Value {
        match self {
            Self::RetryInfo(delay) => json!({ "@type": self.type_url(), "retryDelay": json_duration(*delay) }),
            Self::BadRequest(violations) => {
                let violations: Vec<_> = violations.iter().map(Violation::json).collect();
                json!({ "@type": self.type_url(), "fieldViolations": violations })
            }
        }
    }
}

impl Violation {
    fn message(&self) -> FieldViolation {
        FieldViolation { field: self.field.clone(), description: self.description.clone() }
    }

    fn json(&self) -> serde_json::Value {
        json!({ "field": self.field, "description": self.description })
    }
}

fn proto_duration(delay: Duration) -> ProtoDuration {
    ProtoDuration {
        seconds: i64::try_from(delay.as_secs()).unwrap_or(i64::MAX),
        // Less than a billion, by definition.
        nanos: delay.subsec_nanos().cast_signed(),
    }
}

/// `2s` or `0.250s`: proto3 JSON has no, three, six or nine decimals.
fn json_duration(delay: Duration) -> String {
    let (seconds, nanos) = (delay.as_secs(), delay.subsec_nanos());
    if nanos == 0 {
        format!("{seconds}s")
    } else if nanos % 1_000_000 == 0 {
        format!("{seconds}.{:03}s", nanos / 1_000_000)
    } else {
        format!("{seconds}.{nanos:09}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both_details() -> Status {
        Status::new(14, "full").with(Detail::RetryInfo(Duration::from_millis(2_250))).with(Detail::bad_body("no"))
    }

    #[test]
    fn details_are_any_messages_with_the_name_of_their_type() {
        let status = RpcStatus::decode(both_details().to_protobuf().as_slice()).unwrap();
        let urls: Vec<_> = status.details.iter().map(|any| any.type_url.as_str()).collect();
        let [retry, bad] = urls[..] else { panic!("{urls:?}") };
        assert_eq!(retry, "type.googleapis.com/google.rpc.RetryInfo");
        assert_eq!(bad, "type.googleapis.com/google.rpc.BadRequest");
        // RetryInfo { retry_delay = 1: Duration { seconds = 1: 2, nanos = 2: 250000000 } }.
        assert_eq!(status.details[0].value, [0x0a, 7, 0x08, 2, 0x10, 0x80, 0xe5, 0x9a, 0x77]);
        // BadRequest { field_violations = 1: FieldViolation { field = 1, description = 2 } }.
        assert_eq!(status.details[1].value, b"\x0a\x0a\x0a\x04body\x12\x02no");
    }

    #[test]
    fn details_in_json_name_their_type_beside_their_members() {
        let status: serde_json::Value = serde_json::from_slice(&both_details().to_json()).unwrap();
        assert_eq!(
            status,
            json!({"code": 14, "message": "full", "details": [
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2.250s"},
                {"@type": "type.googleapis.com/google.rpc.BadRequest",
                 "fieldViolations": [{"field": "body", "description": "no"}]},
            ]})
        );
    }

    #[test]
    fn durations_have_as_many_decimals_as_proto3_json_allows() {
        for (delay, written) in [
            (Duration::from_secs(2), "2s"),
            (Duration::from_millis(5), "0.005s"),
            (Duration::from_nanos(1_000_000_001), "1.000000001s"),
        ] {
            assert_eq!(json_duration(delay), written);
        }
        assert_eq!(proto_duration(Duration::MAX).seconds, i64::MAX);
    }
}
