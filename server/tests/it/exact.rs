//! Late, large and repeated: spans are stored whole and counted once all the same.

use chrono::{SecondsFormat, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};
use wire::RawSpan;
use wire::otlp::protobuf;

use crate::grpc::try_export;
use crate::hostile::a_span;
use crate::server::TestServer;

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

#[tokio::test(flavor = "multi_thread")]
async fn spans_half_an_hour_and_most_of_a_day_late_are_stored_found_and_costed() {
    let server = TestServer::start().await;
    for (number, late) in [(1, TimeDelta::minutes(30)), (2, TimeDelta::hours(23))] {
        let time = |offset: TimeDelta| (Utc::now() - late + offset).to_rfc3339_opts(SecondsFormat::Nanos, true);
        let call = json!({"gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
                          "gen_ai.usage.input_tokens": 1_000, "gen_ai.usage.output_tokens": 100, "tenant": "late"});
        let span = json!({"span_id": format!("{number:016x}"), "operation_name": "chat", "service": "late-service",
                          "start_time": time(-TimeDelta::seconds(1)), "end_time": time(TimeDelta::zero()), "attributes": call});
        server.send(&json!({"trace_id": format!("{number:032x}"), "spans": [span]})).await;
    }
    let found = server.get("/api/v1/traces?from=-1d&service=late-service&tenant=late").await;
    assert_eq!((&found["total"]["traces"], &found["total"]["cost_usd"]), (&json!(2), &json!(0.007)));
    let costs = server.get("/api/v1/costs?from=-1d&group_by=tenant&tenant=late").await;
    assert_eq!((&costs["span_count"], &costs["total_cost_usd"]), (&json!(2), &json!(0.007)));
    server.stop().await;
}

/// A span of trace `trace`, costing a thousandth of a dollar.
fn span_of(trace: u64, number: u64) -> RawSpan {
    let mut span = a_span(number);
    span.trace_id = format!("{trace:032x}").parse().unwrap();
    span
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_of_fifty_thousand_spans_is_stored_whole_beside_its_neighbours() {
    let server = TestServer::start().await;
    let large = (0..50_000).map(|number| span_of(1, number + 1));
    let others = (0..11_000).map(|number| span_of(2 + number / 11, number + 1));
    let spans: Vec<RawSpan> = large.chain(others).collect();
    for body in spans.chunks(8_000).map(protobuf::encode) {
        let answer = server.post_bytes("/v1/traces", &[PROTOBUF], body).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.bytes().await.unwrap().is_empty(), "not one is refused");
    }
    let costs = server.get("/api/v1/costs?from=-1h&group_by=service").await;
    assert_eq!((&costs["span_count"], &costs["total_cost_usd"]), (&json!(61_000), &json!(61)));
    let found = server.get("/api/v1/traces?from=-1h&order=cost&limit=2").await;
    assert_eq!(found["total"]["traces"], 1_001);
    assert_eq!(
        (&found["traces"][0]["span_count"], &found["traces"][0]["total_cost_usd"]),
        (&json!(50_000), &json!(50))
    );
    let balance = server.get("/api/v1/balance").await;
    assert_eq!(balance["balanced"], true);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_retries_over_different_doors_counts_everything_once() {
    const REQUESTS: u64 = 100;
    const SPANS_EACH: u64 = 50;
    let server = TestServer::start().await;
    let bodies: Vec<Vec<u8>> = (0..REQUESTS)
        .map(|request| {
            let first = request * SPANS_EACH + 1;
            protobuf::encode(&(first..first + SPANS_EACH).map(a_span).collect::<Vec<_>>())
        })
        .collect();
    let http = async |body: &[u8]| {
        let status = server.post_bytes("/v1/traces", &[PROTOBUF], body.to_vec()).await.status();
        assert_eq!(status, StatusCode::OK);
    };
    let grpc = async |body: &[u8]| assert_eq!(try_export(&server.grpc, body).await.unwrap(), "0");
    for (number, body) in bodies.iter().enumerate() {
        match number % 10 {
            // One in ten is sent twice at once, over two doors; another one again later.
            0 => drop(tokio::join!(http(body), grpc(body))),
            1 => grpc(body).await,
            _ => http(body).await,
        }
    }
    for body in bodies.iter().skip(1).step_by(10) {
        http(body).await;
    }
    let costs: Value = server.get("/api/v1/costs?from=-1h&group_by=service").await;
    let spans = REQUESTS * SPANS_EACH;
    assert_eq!((&costs["span_count"], &costs["total_cost_usd"]), (&json!(spans), &json!(5)));
    let balance = server.get("/api/v1/balance").await;
    assert_eq!((&balance["balanced"], &balance["total_cost_usd"]), (&json!(true), &json!(5)));
    server.stop().await;
}
