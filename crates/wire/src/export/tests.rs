//! What is written is read again.

use model::Span;
use serde_json::{Value as Json, json};

use super::{jaeger, otlp};
use crate::normalise::testing::{a_span, decided};
use crate::normalise::{self};
use crate::{Format, RawSpan};

/// Spans of several dialects, with all that a span can have.
fn spans() -> Vec<Span> {
    let mut full = a_span("chat").of_kind(3).in_scope("opentelemetry.instrumentation.openai", "0.40");
    full = full
        .on_resource(json!({"service.name": "planner", "telemetry.sdk.language": "python", "host": ["a", "b"]}))
        .with(json!({
            "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 3, "user.id": "u1",
            "cost_usd": "0.00125", "nested": {"list": [1, 2.5, "x", null, {"deep": true}]}, "large": 9_007_199_254_740_993_i64,
        }))
        .with_event("exception", json!({"exception.message": "no \"quotes\" \u{2028} left"}));
    let mut raw: RawSpan = full.0;
    raw.parent_span_id = Some("0102030405060708".parse().unwrap());
    raw.status_code = 2;
    raw.status_message = "timed out".into();
    raw.trace_state = "tenant=acme".into();
    raw.flags = 0x101;
    raw.dropped = [1, 0, 2];
    raw.links = vec![model::span::Link {
        trace_id: raw.trace_id,
        span_id: "0a0b0c0d0e0f0102".parse().unwrap(),
        attributes: raw.attributes.clone(),
    }];
    vec![
        normalise::span(raw),
        a_span("run").on_resource(json!({"service.name": "tools"})).with(json!({"service": "shop"})).normalised(),
        a_span("").normalised(),
    ]
}

fn read_back(format: Format, body: &Json) -> Vec<Span> {
    let decoded = format.decode(body.to_string().as_bytes()).unwrap();
    assert!(decoded.rejected.is_empty(), "{:?}", decoded.rejected);
    decoded.spans.into_iter().map(normalise::span).collect()
}

fn as_otlp(spans: &[Span]) -> Vec<Span> {
    let body = json!({"resourceSpans": otlp::resource_spans(spans[0].trace_id, spans)});
    read_back(crate::otlp::json::FORMAT, &body)
}

fn as_jaeger(spans: &[Span]) -> Vec<Span> {
    let mut processes = jaeger::Processes::default();
    let listed: Vec<Json> = spans.iter().map(|span| processes.span(spans[0].trace_id, span)).collect();
    let trace = json!({"traceID": spans[0].trace_id.to_string(), "spans": listed, "processes": processes.object()});
    read_back(crate::jaeger::json::FORMAT, &json!({"data": [trace]}))
}

#[test]
fn what_is_written_as_otlp_is_read_as_the_same_spans() {
    assert_eq!(as_otlp(&spans()), spans());
}

#[test]
fn what_is_written_for_jaeger_means_the_same_when_it_is_read() {
    for (read, sent) in as_jaeger(&spans()).iter().zip(spans()) {
        assert_eq!(decided(read), decided(&sent), "{}", sent.name);
        assert_eq!((read.span_id, read.parent_span_id, read.kind), (sent.span_id, sent.parent_span_id, sent.kind));
        assert_eq!((read.start, read.duration_ns), (sent.start, sent.duration_ns), "whole microseconds");
        assert_eq!(read.detail.events.len(), sent.detail.events.len());
        assert_eq!(read.detail.links.len(), sent.detail.links.len());
    }
}

#[test]
fn what_a_protocol_says_in_fields_of_its_own_is_written_as_attributes() {
    let fields = json!({
        "service": "tools", "tenant": "acme", "capability": "search", "cost_usd": "0.00125", "data_tag": "PII", "session.id": "s1",
    });
    let sent = [a_span("run").with(json!({"k": 1})).with_fields(fields).normalised()];
    for read in [as_otlp(&sent), as_jaeger(&sent)] {
        assert_eq!(decided(&read[0]), decided(&sent[0]));
        assert_eq!(read[0].detail.attributes.0[0], sent[0].detail.attributes.0[0]);
    }
}

#[test]
fn what_was_inherited_or_worked_out_is_not_written_as_if_it_had_been_said() {
    let mut span = a_span("step").normalised();
    (span.tenant, span.known.tenant.inherited) = (Some("acme".into()), true);
    span.known.tenant.source = model::owner::OwnerSource::Span;
    span.cost.usd = Some("0.5".parse().unwrap());
    assert_eq!(as_otlp(&[span.clone()])[0].tenant, None);
    assert_eq!(as_otlp(&[span])[0].cost.usd, None);
}

#[test]
fn processes_are_listed_once_and_too_many_of_them_stay_with_their_spans() {
    let of = |number: usize| a_span("run").on_resource(json!({"service.name": format!("s{number}")})).normalised();
    let mut processes = jaeger::Processes::default();
    let keys: Vec<Json> =
        [0, 0, 1, 0].map(|number| processes.span(of(0).trace_id, &of(number))["processID"].clone()).into();
    assert_eq!(keys, ["p1", "p1", "p2", "p1"]);
    for number in 2..10_000 {
        processes.span(of(0).trace_id, &of(number));
    }
    let beyond = processes.span(of(0).trace_id, &of(10_000));
    assert_eq!(beyond["process"]["serviceName"], "s10000");
    assert_eq!(processes.object().as_object().map(serde_json::Map::len), Some(10_000));
}
