//! The part of the OTLP trace messages we read, written by hand (opentelemetry-proto 1.11, `trace.proto`, `common.proto`).
//!
//! They differ from generated code on purpose: resources, scopes and spans stay bytes at first, so that each is decoded on
//! its own and a broken one costs only itself. Fields we do not use (`schema_url`, entity references) are left out, which
//! to protobuf means "skip". Field numbers are the contract.
//!
//! Fields from 5001 on are ours: what other protocols can say and OTLP has no place for, so that a span read out of a file is
//! the same span once it has arrived. Other servers skip them, other senders do not write them.

use bytes::Bytes;
use prost::Message;

use super::values::{AnyValue, KeyValue};
use crate::mend::{Part, Shape};

/// `ExportTraceServiceRequest`, which is also `TracesData`.
#[derive(Clone, PartialEq, Message)]
pub struct Request {
    #[prost(message, repeated, tag = "1")]
    pub resource_spans: Vec<ResourceSpans>,
    /// Ours.
    #[prost(message, repeated, tag = "5001")]
    pub declared: Vec<Declared>,
}

/// A total that was declared for a trace. Ours.
#[derive(Clone, PartialEq, Message)]
pub struct Declared {
    #[prost(bytes = "bytes", tag = "1")]
    pub trace_id: Bytes,
    #[prost(string, tag = "2")]
    pub cost_usd: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct ResourceSpans {
    #[prost(bytes = "bytes", tag = "1")]
    pub resource: Bytes,
    #[prost(message, repeated, tag = "2")]
    pub scope_spans: Vec<ScopeSpans>,
}

#[derive(Clone, PartialEq, Message)]
pub struct ScopeSpans {
    #[prost(bytes = "bytes", tag = "1")]
    pub scope: Bytes,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    pub spans: Vec<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Resource {
    #[prost(message, repeated, tag = "1")]
    pub attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Scope {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, tag = "2")]
    pub version: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Span {
    #[prost(bytes = "bytes", tag = "1")]
    pub trace_id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub span_id: Bytes,
    #[prost(string, tag = "3")]
    pub trace_state: String,
    #[prost(bytes = "bytes", tag = "4")]
    pub parent_span_id: Bytes,
    #[prost(string, tag = "5")]
    pub name: String,
    #[prost(int32, tag = "6")]
    pub kind: i32,
    #[prost(fixed64, tag = "7")]
    pub start_time_unix_nano: u64,
    #[prost(fixed64, tag = "8")]
    pub end_time_unix_nano: u64,
    #[prost(message, repeated, tag = "9")]
    pub attributes: Vec<KeyValue>,
    #[prost(uint32, tag = "10")]
    pub dropped_attributes_count: u32,
    #[prost(message, repeated, tag = "11")]
    pub events: Vec<Event>,
    #[prost(uint32, tag = "12")]
    pub dropped_events_count: u32,
    #[prost(message, repeated, tag = "13")]
    pub links: Vec<Link>,
    #[prost(uint32, tag = "14")]
    pub dropped_links_count: u32,
    #[prost(message, optional, tag = "15")]
    pub status: Option<Status>,
    #[prost(fixed32, tag = "16")]
    pub flags: u32,
    /// What had fields of its own where it was first said. Ours.
    #[prost(message, repeated, tag = "5001")]
    pub fields: Vec<KeyValue>,
    /// What was odd when it was first read. Ours.
    #[prost(string, repeated, tag = "5002")]
    pub warnings: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Event {
    #[prost(fixed64, tag = "1")]
    pub time_unix_nano: u64,
    #[prost(string, tag = "2")]
    pub name: String,
    #[prost(message, repeated, tag = "3")]
    pub attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Link {
    #[prost(bytes = "bytes", tag = "1")]
    pub trace_id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub span_id: Bytes,
    #[prost(message, repeated, tag = "4")]
    pub attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Status {
    #[prost(string, tag = "2")]
    pub message: String,
    #[prost(int32, tag = "3")]
    pub code: i32,
}

#[derive(Clone, PartialEq, Message)]
pub struct ArrayValue {
    #[prost(message, repeated, tag = "1")]
    pub values: Vec<AnyValue>,
}

#[derive(Clone, PartialEq, Message)]
pub struct KeyValueList {
    #[prost(message, repeated, tag = "1")]
    pub values: Vec<KeyValue>,
}

/// Where the texts of a span are.
pub static SPAN: Shape = Shape(&[
    (3, Part::Text),
    (5, Part::Text),
    (9, Part::Message(&KEY_VALUE)),
    (11, Part::Message(&Shape(&[(2, Part::Text), (3, Part::Message(&KEY_VALUE))]))),
    (13, Part::Message(&Shape(&[(4, Part::Message(&KEY_VALUE))]))),
    (15, Part::Message(&Shape(&[(2, Part::Text)]))),
]);

/// Where those of a resource are.
pub static RESOURCE: Shape = Shape(&[(1, Part::Message(&KEY_VALUE))]);

/// Where those of an instrumentation scope are.
pub static SCOPE: Shape = Shape(&[(1, Part::Text), (2, Part::Text)]);

static KEY_VALUE: Shape = Shape(&[(1, Part::Text), (2, Part::Message(&ANY_VALUE))]);
static ANY_VALUE: Shape = Shape(&[(1, Part::Text), (5, Part::Message(&ARRAY)), (6, Part::Message(&LIST))]);
static ARRAY: Shape = Shape(&[(1, Part::Message(&ANY_VALUE))]);
static LIST: Shape = Shape(&[(1, Part::Message(&KEY_VALUE))]);

/// `ExportTraceServiceResponse`.
#[derive(Clone, PartialEq, Message)]
pub struct Response {
    #[prost(message, optional, tag = "1")]
    pub partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
pub struct PartialSuccess {
    #[prost(int64, tag = "1")]
    pub rejected_spans: i64,
    #[prost(string, tag = "2")]
    pub error_message: String,
}

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
pub struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub code: i32,
    #[prost(string, tag = "2")]
    pub message: String,
    #[prost(message, repeated, tag = "3")]
    pub details: Vec<Any>,
}

/// `google.protobuf.Any`: a message and the name of its type.
#[derive(Clone, PartialEq, Message)]
pub struct Any {
    #[prost(string, tag = "1")]
    pub type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    pub value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
pub struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    pub retry_delay: Option<Duration>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, PartialEq, Message)]
pub struct Duration {
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

/// `google.rpc.BadRequest`.
#[derive(Clone, PartialEq, Message)]
pub struct BadRequest {
    #[prost(message, repeated, tag = "1")]
    pub field_violations: Vec<FieldViolation>,
}

#[derive(Clone, PartialEq, Message)]
pub struct FieldViolation {
    #[prost(string, tag = "1")]
    pub field: String,
    #[prost(string, tag = "2")]
    pub description: String,
}
