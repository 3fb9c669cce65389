//! Spans with anything in them, as each protocol writes them.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use serde_json::{Value, json};

use super::door::Door::{self, *};

/// A span before it is encoded.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Hex of any length, of an even number of digits where the protocol has bytes.
    pub trace_id: String,
    pub span_id: String,
    /// Empty is none.
    pub parent_id: String,
    pub name: String,
    pub service: String,
    pub start_ns: u64,
    pub end_ns: u64,
    pub tags: Vec<(String, String)>,
}

impl Sent {
    /// A root span that took a millisecond just now and cost a thousandth of a dollar.
    pub fn new(trace: u64, span: u64) -> Self {
        let now_us = chrono::Utc::now().timestamp_micros() as u64;
        Self {
            trace_id: format!("{trace:032x}"),
            span_id: format!("{span:016x}"),
            parent_id: String::new(),
            name: "work".into(),
            service: "hostile".into(),
            start_ns: (now_us - 1_000) * 1_000,
            end_ns: now_us * 1_000,
            tags: vec![("cost_usd".into(), "0.001".into())],
        }
    }

    pub fn under(mut self, parent: u64) -> Self {
        self.parent_id = format!("{parent:016x}");
        self
    }

    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.tags.push((key.into(), value.into()));
        self
    }
}

impl Door {
    /// A body of these spans.
    pub fn body(self, spans: &[Sent]) -> Vec<u8> {
        let json = |to: fn(&Sent) -> Value| spans.iter().map(to).collect::<Vec<_>>();
        match self {
            OtlpProtobuf | Grpc => otlp(spans),
            OtlpJson => otlp_json(&json(otlp_json_span), &spans[0].service).into(),
            ZipkinJson => Value::from(json(zipkin)).to_string().into(),
            ZipkinOld => Value::from(json(zipkin_old)).to_string().into(),
            ZipkinProtobuf => spans.iter().flat_map(|span| bytes(1, &zipkin_protobuf(span))).collect(),
            Jaeger => jaeger(spans),
            Native => json!({"spans": json(native)}).to_string().into(),
            Lines => json(native).iter().flat_map(|span| format!("{span}\n").into_bytes()).collect(),
        }
    }
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn pair(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value.into())) };
    KeyValue { key: key.into(), value: Some(value), ..KeyValue::default() }
}

/// Also used for JSON: one resource for all of them.
fn otlp(spans: &[Sent]) -> Vec<u8> {
    let span = |sent: &Sent| Span {
        trace_id: hex(&sent.trace_id),
        span_id: hex(&sent.span_id),
        parent_span_id: hex(&sent.parent_id),
        name: sent.name.clone(),
        start_time_unix_nano: sent.start_ns,
        end_time_unix_nano: sent.end_ns,
        attributes: sent.tags.iter().map(|(key, value)| pair(key, value)).collect(),
        ..Span::default()
    };
    let resource = Resource { attributes: vec![pair("service.name", &spans[0].service)], ..Resource::default() };
    let scope_spans = vec![ScopeSpans { spans: spans.iter().map(span).collect(), ..ScopeSpans::default() }];
    let group = ResourceSpans { resource: Some(resource), scope_spans, ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![group] }.encode_to_vec()
}

/// A request in OTLP/JSON around these spans.
pub fn otlp_json(spans: &[Value], service: &str) -> String {
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": service}}]});
    json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]}).to_string()
}

fn otlp_json_span(sent: &Sent) -> Value {
    let tags = sent.tags.iter().map(|(key, value)| json!({"key": key, "value": {"stringValue": value}}));
    json!({"traceId": sent.trace_id, "spanId": sent.span_id, "parentSpanId": sent.parent_id, "name": sent.name,
           "startTimeUnixNano": sent.start_ns.to_string(), "endTimeUnixNano": sent.end_ns,
           "attributes": tags.collect::<Vec<_>>()})
}

fn native(sent: &Sent) -> Value {
    let attributes: serde_json::Map<String, Value> =
        sent.tags.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
    json!({"trace_id": sent.trace_id, "span_id": sent.span_id, "parent_span_id": sent.parent_id,
           "operation_name": sent.name, "service": sent.service, "start_time": sent.start_ns, "end_time": sent.end_ns,
           "attributes": attributes})
}

/// Zipkin and Jaeger say how long a span took rather than when it ended.
fn micros(sent: &Sent) -> (u64, u64) {
    (sent.start_ns / 1_000, sent.end_ns.saturating_sub(sent.start_ns) / 1_000)
}

fn zipkin(sent: &Sent) -> Value {
    let (start, duration) = micros(sent);
    let tags: serde_json::Map<String, Value> =
        sent.tags.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
    json!({"traceId": sent.trace_id, "id": sent.span_id, "parentId": sent.parent_id, "name": sent.name,
           "timestamp": start, "duration": duration, "localEndpoint": {"serviceName": sent.service}, "tags": tags})
}

fn zipkin_old(sent: &Sent) -> Value {
    let (start, duration) = micros(sent);
    let endpoint = json!({"serviceName": sent.service});
    let tags = sent.tags.iter().map(|(key, value)| json!({"key": key, "value": value, "endpoint": endpoint}));
    json!({"traceId": sent.trace_id, "id": sent.span_id, "parentId": sent.parent_id, "name": sent.name,
           "timestamp": start, "duration": duration, "binaryAnnotations": tags.collect::<Vec<_>>()})
}

/// A length-delimited field of protobuf.
pub fn bytes(number: u8, value: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    prost::encoding::encode_varint(value.len() as u64, &mut field);
    [field, value.to_vec()].concat()
}

fn zipkin_protobuf(sent: &Sent) -> Vec<u8> {
    let (start, duration) = micros(sent);
    let mut span = [bytes(1, &hex(&sent.trace_id)), bytes(2, &hex(&sent.parent_id))].concat();
    span.extend([bytes(3, &hex(&sent.span_id)), bytes(5, sent.name.as_bytes())].concat());
    span.extend([&[6 << 3 | 1][..], &start.to_le_bytes(), &[7 << 3]].concat());
    prost::encoding::encode_varint(duration, &mut span);
    span.extend(bytes(8, &bytes(1, sent.service.as_bytes())));
    for (key, value) in &sent.tags {
        span.extend(bytes(11, &[bytes(1, key.as_bytes()), bytes(2, value.as_bytes())].concat()));
    }
    span
}

/// A field of a Thrift struct.
fn field(kind: u8, number: u8, value: &[u8]) -> Vec<u8> {
    [&[kind, 0, number], value].concat()
}

fn text(number: u8, text: &str) -> Vec<u8> {
    field(11, number, &[&(text.len() as u32).to_be_bytes(), text.as_bytes()].concat())
}

fn list(number: u8, structs: &[Vec<u8>]) -> Vec<u8> {
    field(15, number, &[&[12][..], &(structs.len() as u32).to_be_bytes(), &structs.concat()].concat())
}

fn jaeger(spans: &[Sent]) -> Vec<u8> {
    let process = [field(12, 1, &text(1, &spans[0].service)), vec![0]].concat();
    [process, list(2, &spans.iter().map(jaeger_span).collect::<Vec<_>>()), vec![0]].concat()
}

fn jaeger_span(sent: &Sent) -> Vec<u8> {
    let (start, duration) = micros(sent);
    let number = |digits: &str| u64::from_str_radix(digits, 16).unwrap_or(0);
    let (high, low) = sent.trace_id.split_at(sent.trace_id.len().saturating_sub(16));
    let int = |at: u8, value: u64| field(10, at, &value.to_be_bytes());
    let tag = |(key, value): &(String, String)| [text(1, key), field(8, 2, &[0; 4]), text(3, value), vec![0]].concat();
    let tags: Vec<_> = sent.tags.iter().map(tag).collect();
    let ids =
        [int(1, number(low)), int(2, number(high)), int(3, number(&sent.span_id)), int(4, number(&sent.parent_id))];
    [ids.concat(), text(5, &sent.name), int(8, start), int(9, duration), list(10, &tags), vec![0]].concat()
}
