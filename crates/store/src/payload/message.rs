//! The payload of a span as a protobuf message: everything that has no column of its own.
//!
//! Fields are only ever added, with new numbers: payloads are kept for years.

use prost::{Message, Oneof};

#[derive(Clone, PartialEq, Message)]
pub(super) struct Payload {
    #[prost(message, repeated, tag = "1")]
    pub attributes: Vec<Named>,
    #[prost(message, repeated, tag = "2")]
    pub resource: Vec<Named>,
    #[prost(string, tag = "3")]
    pub scope_name: String,
    #[prost(string, tag = "4")]
    pub scope_version: String,
    #[prost(message, repeated, tag = "5")]
    pub events: Vec<Event>,
    #[prost(message, repeated, tag = "6")]
    pub links: Vec<Link>,
    #[prost(string, tag = "7")]
    pub trace_state: String,
    #[prost(uint32, tag = "8")]
    pub flags: u32,
    #[prost(uint32, repeated, tag = "9")]
    pub dropped: Vec<u32>,
    #[prost(string, repeated, tag = "10")]
    pub warnings: Vec<String>,
    #[prost(string, optional, tag = "11")]
    pub status_message: Option<String>,
    #[prost(string, optional, tag = "12")]
    pub session: Option<String>,
    #[prost(message, optional, tag = "13")]
    pub model_call: Option<ModelCall>,
    #[prost(message, optional, tag = "14")]
    pub cost: Option<Cost>,
    #[prost(string, optional, tag = "15")]
    pub priced_as: Option<String>,
    #[prost(uint64, optional, tag = "16")]
    pub data_size_bytes: Option<u64>,
}

/// The fields of [`Payload`] that something can be looked up in by name; the others are skipped.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Said {
    #[prost(message, repeated, tag = "1")]
    pub attributes: Vec<Named>,
    #[prost(message, repeated, tag = "2")]
    pub resource: Vec<Named>,
    #[prost(string, optional, tag = "11")]
    pub status_message: Option<String>,
    #[prost(string, optional, tag = "12")]
    pub session: Option<String>,
    #[prost(message, optional, tag = "13")]
    pub model_call: Option<ModelCall>,
}

/// The fields of [`Payload`] that tell what a call was given; the others are skipped.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Told {
    #[prost(message, repeated, tag = "1")]
    pub attributes: Vec<Named>,
    #[prost(message, repeated, tag = "5")]
    pub events: Vec<Event>,
}

/// The field of [`Payload`] that tells what happened, and when; the others are skipped.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Happened {
    #[prost(message, repeated, tag = "5")]
    pub events: Vec<EventName>,
}

/// An [`Event`] without what it says.
#[derive(Clone, PartialEq, Message)]
pub(super) struct EventName {
    #[prost(sfixed64, tag = "1")]
    pub time: i64,
    #[prost(string, tag = "2")]
    pub name: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Named {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(message, optional, tag = "2")]
    pub value: Option<Value>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Value {
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 5, 6, 7")]
    pub kind: Option<Kind>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(super) enum Kind {
    #[prost(string, tag = "1")]
    String(String),
    #[prost(bool, tag = "2")]
    Bool(bool),
    #[prost(sint64, tag = "3")]
    Int(i64),
    #[prost(double, tag = "4")]
    Double(f64),
    #[prost(bytes, tag = "5")]
    Bytes(Vec<u8>),
    #[prost(message, tag = "6")]
    Array(Array),
    #[prost(message, tag = "7")]
    Map(Map),
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Array {
    #[prost(message, repeated, tag = "1")]
    pub values: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Map {
    #[prost(message, repeated, tag = "1")]
    pub entries: Vec<Named>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Event {
    #[prost(sfixed64, tag = "1")]
    pub time: i64,
    #[prost(string, tag = "2")]
    pub name: String,
    #[prost(message, repeated, tag = "3")]
    pub attributes: Vec<Named>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Link {
    #[prost(bytes = "vec", tag = "1")]
    pub trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub span_id: Vec<u8>,
    #[prost(message, repeated, tag = "3")]
    pub attributes: Vec<Named>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ModelCall {
    #[prost(string, optional, tag = "1")]
    pub provider: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub model: Option<String>,
    #[prost(string, optional, tag = "3")]
    pub request_model: Option<String>,
    #[prost(uint64, optional, tag = "4")]
    pub input: Option<u64>,
    #[prost(uint64, optional, tag = "5")]
    pub output: Option<u64>,
    #[prost(uint64, optional, tag = "6")]
    pub cache_read: Option<u64>,
    #[prost(uint64, optional, tag = "7")]
    pub cache_write: Option<u64>,
    #[prost(uint64, optional, tag = "8")]
    pub reasoning: Option<u64>,
    #[prost(string, optional, tag = "9")]
    pub usage_note: Option<String>,
    #[prost(string, optional, tag = "10")]
    pub service_tier: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Cost {
    #[prost(string, optional, tag = "1")]
    pub note: Option<String>,
    #[prost(sint64, optional, tag = "2")]
    pub reported_pico: Option<i64>,
    #[prost(sint64, optional, tag = "3")]
    pub accumulated_pico: Option<i64>,
    #[prost(message, optional, tag = "4")]
    pub derived: Option<Derived>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Derived {
    #[prost(sint64, tag = "1")]
    pub pico: i64,
    #[prost(message, repeated, tag = "2")]
    pub lines: Vec<Line>,
    #[prost(string, tag = "3")]
    pub price_revision: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Line {
    #[prost(string, tag = "1")]
    pub label: String,
    #[prost(uint64, tag = "2")]
    pub tokens: u64,
    #[prost(sint64, tag = "3")]
    pub pico_per_million: i64,
    #[prost(sint64, tag = "4")]
    pub pico: i64,
}
