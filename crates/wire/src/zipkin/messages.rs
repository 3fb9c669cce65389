//! The messages of `zipkin.proto` (openzipkin/zipkin-api, version 3 syntax), written by hand. Field numbers are the contract.
//!
//! The list of spans has no message here: spans are read one at a time, so that a broken one costs only itself. Tags are a
//! map on paper and pairs on the wire; as pairs they keep their order.

use bytes::Bytes;
use prost::Message;

use crate::mend::{Part, Shape};

/// Where the texts of a span are.
pub static SPAN: Shape = Shape(&[
    (5, Part::Text),
    (8, Part::Message(&ENDPOINT)),
    (9, Part::Message(&ENDPOINT)),
    (10, Part::Message(&Shape(&[(2, Part::Text)]))),
    (11, Part::Message(&Shape(&[(1, Part::Text), (2, Part::Text)]))),
]);

static ENDPOINT: Shape = Shape(&[(1, Part::Text)]);

#[derive(Clone, PartialEq, Message)]
pub struct Span {
    #[prost(bytes = "bytes", tag = "1")]
    pub trace_id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    pub parent_id: Bytes,
    #[prost(bytes = "bytes", tag = "3")]
    pub id: Bytes,
    #[prost(int32, tag = "4")]
    pub kind: i32,
    #[prost(string, tag = "5")]
    pub name: String,
    #[prost(fixed64, tag = "6")]
    pub timestamp: u64,
    #[prost(uint64, tag = "7")]
    pub duration: u64,
    #[prost(message, optional, tag = "8")]
    pub local_endpoint: Option<Endpoint>,
    #[prost(message, optional, tag = "9")]
    pub remote_endpoint: Option<Endpoint>,
    #[prost(message, repeated, tag = "10")]
    pub annotations: Vec<Annotation>,
    #[prost(message, repeated, tag = "11")]
    pub tags: Vec<Tag>,
    #[prost(bool, tag = "12")]
    pub debug: bool,
    #[prost(bool, tag = "13")]
    pub shared: bool,
}

#[derive(Clone, PartialEq, Message)]
pub struct Endpoint {
    #[prost(string, tag = "1")]
    pub service_name: String,
    #[prost(bytes = "bytes", tag = "2")]
    pub ipv4: Bytes,
    #[prost(bytes = "bytes", tag = "3")]
    pub ipv6: Bytes,
    #[prost(int32, tag = "4")]
    pub port: i32,
}

#[derive(Clone, PartialEq, Message)]
pub struct Annotation {
    #[prost(fixed64, tag = "1")]
    pub timestamp: u64,
    #[prost(string, tag = "2")]
    pub value: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Tag {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(string, tag = "2")]
    pub value: String,
}
