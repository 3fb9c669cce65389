//! Protobuf and Thrift that a strict reader would refuse.

use std::sync::Arc;

use model::attribute::{Attributes, Value as Attribute};
use serde_json::json;
use wire::otlp::protobuf;

use super::a_span;
use super::door::{Door, *};
use super::sent::{Sent, bytes};
use crate::server::TestServer;

const OTLP: [Door; 2] = [OtlpProtobuf, Grpc];

#[tokio::test(flavor = "multi_thread")]
async fn ninety_levels_are_kept_a_hundred_cost_their_span_and_high_flags_are_no_matter() {
    let server = TestServer::start().await;
    // A list takes two messages; the span, its attribute and the envelope around it take the rest.
    let nested = |number: u64, levels: usize| {
        let value = (0..levels).fold(Attribute::Int(7), |inner, _| Attribute::Array(vec![inner]));
        let mut span = a_span(number);
        span.attributes.0.push(("deep".into(), value));
        span.flags = 0xffff_ff01;
        span
    };
    for (number, door) in (1..).map(|number| number * 10).zip(OTLP) {
        let spans = [a_span(number), nested(number + 1, 43), nested(number + 2, 80), a_span(number + 3)];
        let answer = door.post(&server, protobuf::encode(&spans)).await;
        assert_eq!((answer.status, answer.rejected), (200, 1), "{door:?}: {answer:?}");
        assert!(answer.words.contains("the span is broken"), "{door:?}: {answer:?}");
        let trace = server.get(&format!("/api/v1/traces/{:032x}", number + 1)).await;
        let shown = trace["spans"][0]["attributes"]["deep"].to_string();
        assert_eq!(shown, format!("{}7{}", "[".repeat(43), "]".repeat(43)), "{door:?}");
        for number in [number + 1, number + 3] {
            let page = format!("{}/traces/{number:032x}?span={number:016x}", server.http);
            assert_eq!(reqwest::get(page).await.unwrap().status(), 200);
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_character_that_is_none_is_replaced_and_its_span_kept() {
    let server = TestServer::start().await;
    for (number, door) in (1..).zip([OtlpProtobuf, Grpc, ZipkinProtobuf, Jaeger]) {
        let mut span = Sent::new(number, 1).with("k?y", "v?lue");
        (span.name, span.service) = ("n?me".into(), "s?rvice".into());
        let mut body = door.body(&[span, Sent::new(number, 2)]);
        body.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0xe9);
        let answer = door.post(&server, body).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
        let trace = server.get(&format!("/api/v1/traces/{number:032x}")).await;
        assert_eq!(trace["span_count"], 2, "{door:?}");
        let back = trace["spans"].as_array().unwrap().iter().find(|span| span["operation_name"] != "work").unwrap();
        assert_eq!(back["operation_name"], "n\u{fffd}me", "{door:?}");
        assert_eq!(back["service"], "s\u{fffd}rvice", "{door:?}");
        assert_eq!(back["attributes"]["k\u{fffd}y"], "v\u{fffd}lue", "{door:?}");
        assert!(back["warnings"].to_string().contains("UTF-8"), "{door:?}: {}", back["warnings"]);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_signals_and_other_protocols_are_named() {
    let server = TestServer::start().await;
    let envelope = |innermost: Vec<u8>| bytes(1, &bytes(2, &bytes(2, &innermost)));
    let time = [&[1 << 3 | 1][..], &[7; 8]].concat();
    let logs = envelope([time, bytes(5, &bytes(1, b"words"))].concat());
    let metrics = envelope([bytes(1, b"requests"), bytes(5, &[])].concat());
    let zipkin = ZipkinProtobuf.body(&[Sent::new(1, 1)]);
    let otlp = OtlpProtobuf.body(&[Sent::new(1, 1)]);
    let json = OtlpJson.body(&[Sent::new(1, 1)]);
    for door in OTLP {
        for (body, says) in
            [(&logs, "/v1/logs"), (&metrics, "/v1/metrics"), (&zipkin, "/api/v2/spans"), (&json, "application/json")]
        {
            let answer = door.post(&server, body.clone()).await;
            assert_eq!(answer.status, 400, "{door:?}: {answer:?}");
            assert!(answer.words.contains(says), "{door:?}: {answer:?}");
        }
    }
    for (door, body, says) in [
        (ZipkinProtobuf, otlp, "/v1/traces"),
        (ZipkinProtobuf, json.clone(), "application/json"),
        (Jaeger, json, "JSON"),
        (Jaeger, [vec![0x80, 1, 0, 1], vec![0; 40]].concat(), "a Thrift message"),
        // Structs within structs, each in the first field of the one around it.
        (Jaeger, [12, 0, 9].repeat(5_000), "Thrift"),
    ] {
        let answer = door.post(&server, body).await;
        assert_eq!(answer.status, 400, "{door:?}: {answer:?}");
        assert!(answer.words.contains(says), "{door:?}: {answer:?}");
    }
    let told = server.get("/api/v1/ingest").await;
    assert_eq!((&told["requests_refused"], &told["accepted"]), (&json!(13), &json!(0)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_without_resource_scope_or_name_is_a_span() {
    let server = TestServer::start().await;
    for (number, door) in (1..).zip(OTLP) {
        let mut span = a_span(number);
        (span.name, span.origin) = (String::new(), Arc::default());
        span.attributes = Attributes::default();
        let ids = [bytes(1, &span.trace_id.to_bytes()), bytes(2, &span.span_id.to_bytes())].concat();
        let answer = door.post(&server, bytes(1, &bytes(2, &bytes(2, &ids)))).await;
        assert_eq!((answer.status, answer.rejected), (200, 0), "{door:?}: {answer:?}");
        let trace = server.get(&format!("/api/v1/traces/{number:032x}")).await;
        assert_eq!(trace["spans"][0]["service"], "unknown_service");
        let page = format!("{}/traces/{number:032x}?span={number:016x}", server.http);
        assert_eq!(reqwest::get(page).await.unwrap().status(), 200);
    }
    server.stop().await;
}
