//! Whatever comes in: a clear answer, the neighbours kept, the server alive.

mod content;
pub mod door;
mod identity;
mod json;
mod protobuf;
pub mod sent;
mod shape;
mod time;
mod transport;

use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use model::attribute::{Attributes, Value as Attribute};
use model::{SpanId, TraceId};
use reqwest::StatusCode;
use serde_json::{Value, json};
use wire::RawSpan;
use wire::otlp::protobuf as otlp;
use wire::raw::Origin;

use crate::server::TestServer;
use crate::traffic::{SAMPLE_ID, a_trace, sample};

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn a_span(number: u64) -> RawSpan {
    let trace_id: TraceId = format!("{number:032x}").parse().unwrap();
    let span_id: SpanId = format!("{number:016x}").parse().unwrap();
    let now = u64::try_from(chrono::Utc::now().timestamp_nanos_opt().unwrap()).unwrap();
    let resource = Attributes(vec![("service.name".into(), "hostile".into())]);
    RawSpan {
        name: "GET /".into(),
        start_ns: now - 1_000_000,
        end_ns: now,
        attributes: Attributes(vec![("cost_usd".into(), Attribute::Double(0.001))]),
        origin: Arc::new(Origin { resource: Arc::new(resource), ..Origin::default() }),
        ..RawSpan::new(trace_id, span_id)
    }
}

/// Status and body, the body as text whatever it is.
async fn answer(server: &TestServer, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (StatusCode, String) {
    let response = server.post_bytes(path, headers, body).await;
    let status = response.status();
    (status, String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned())
}

async fn span_count(server: &TestServer) -> Value {
    let traces = server.get("/api/v1/traces?from=-1d&to=%2B1d").await;
    let counts = traces["traces"].as_array().unwrap().iter().map(|trace| trace["span_count"].as_i64().unwrap());
    json!(counts.sum::<i64>())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_span_never_costs_its_neighbours() {
    let server = TestServer::start().await;
    let span = |trace_id: &str, span_id: &str| json!({"traceId": trace_id, "spanId": span_id, "name": "x", "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": 1_700_000_000_000_000_001_u64});
    let body = json!({"resourceSpans": [{"scopeSpans": [{"spans": [
        span("000000000000000000000000000000aa", "00000000000000aa"),
        span("000000000000000000000000000000AA", "00000000000000AB"),
        span("00000000000000000000000000000000", "00000000000000ac"),
        span("000000000000000000000000000000aa", "0000000000000000"),
        span("aa", "00000000000000ad"),
        span("W47/95gDgQPSaYbqs1mGOA==", "00000000000000ae"),
        "not a span",
    ]}]}]});
    let (status, text) =
        answer(&server, "/v1/traces", &[("content-type", "application/json; charset=utf-8")], body.to_string().into())
            .await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let said: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(said["partialSuccess"]["rejectedSpans"], "5", "{text}");
    assert!(said["partialSuccess"]["errorMessage"].as_str().unwrap().contains("00000000000000ac"), "{text}");
    let trace = server.get("/api/v1/traces/000000000000000000000000000000aa").await;
    assert_eq!(trace["span_count"], 2, "upper-case hex is the same trace");

    let mut broken = sample();
    broken["spans"][1]["span_id"] = json!("nope");
    broken["spans"][2]["attributes"]["cost_usd"] = json!("$0.10");
    let (status, said) = server.post("/api/v1/traces", &broken).await;
    assert_eq!((status, &said["accepted"]), (StatusCode::OK, &json!(2)), "{said}");
    assert_eq!(said["rejected"][0]["span_id"], "nope");
    assert!(said["rejected"][0]["reason"].as_str().unwrap().contains("hex"), "{said}");
    let trace = server.get(&format!("/api/v1/traces/{SAMPLE_ID}")).await;
    let bad_cost = &trace["spans"][1];
    assert_ne!(bad_cost["cost_source"], "reported", "a cost that is no number is not taken as one");
    assert_eq!(bad_cost["attributes"]["cost_usd"], "$0.10", "what was sent stays visible");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_native_bodies_are_problems_that_say_what_was_expected() {
    let server = TestServer::start().await;
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for (body, status) in
        [("", 400), ("{", 400), ("[1, 2", 400), ("\"text\"", 400), ("{\"spans\": 1}", 400), (&deep, 400)]
    {
        let url = format!("{}/api/v1/traces", server.http);
        let request = reqwest::Client::new().post(url).header("content-type", "application/json");
        let response = request.body(body.to_owned()).send().await.unwrap();
        let shown: String = body.chars().take(20).collect();
        assert_eq!(response.status().as_u16(), status, "{shown}");
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{shown}");
        let problem: Value = response.json().await.unwrap();
        assert!(problem["detail"].as_str().unwrap().len() > 20, "{shown}: {problem}");
    }
    assert_eq!(span_count(&server).await, json!(0));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_content_is_kept_as_far_as_it_can_be_and_shown_as_text() {
    let server = TestServer::start().await;
    let mut span = a_span(7);
    span.name = "</script><img src=x onerror=alert(1)>".into();
    span.end_ns = 0;
    span.parent_span_id = Some(span.span_id);
    span.attributes.0.extend([
        ("tenant".into(), Attribute::String("'; drop table span; --\u{202e}".into())),
        ("zero".into(), Attribute::String("a\0b".into())),
        ("nan".into(), Attribute::Double(f64::NAN)),
        ("large".into(), Attribute::from("x".repeat(1_000_000))),
        ("twice".into(), Attribute::Int(1)),
        ("twice".into(), Attribute::Int(2)),
        ("user.id".into(), Attribute::String("u\0ser".into())),
    ]);
    let mut late = a_span(8);
    late.start_ns = u64::MAX;
    late.end_ns = u64::MAX;
    let mut early = a_span(9);
    early.start_ns = 0;
    early.end_ns = 0;
    early.name = String::new();
    let (status, text) = answer(&server, "/v1/traces", &[PROTOBUF], otlp::encode(&[span, late, early])).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, ""));

    let trace = server.get("/api/v1/traces/00000000000000000000000000000007").await;
    let back = &trace["spans"][0];
    assert_eq!(back["operation_name"], "</script><img src=x onerror=alert(1)>");
    assert_eq!(back["duration_ms"], 0, "an end before the start");
    assert_eq!((&back["attributes"]["nan"], &back["attributes"]["twice"]), (&json!("NaN"), &json!(2)));
    assert_eq!(back["attributes"]["large"].as_str().unwrap().len(), 1_000_000);
    assert_eq!(back["tenant"], "'; drop table span; --\u{202e}");
    assert!(!back["user"].as_str().unwrap().contains('\0'), "PostgreSQL keeps no zero characters");
    for number in [8, 9] {
        server.get(&format!("/api/v1/traces/{number:032x}")).await;
    }
    let page = reqwest::get(format!("{}/traces/00000000000000000000000000000007", server.http)).await.unwrap();
    assert!(!page.text().await.unwrap().contains("<img src=x"), "markup in a name is text on the page");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_span_in_many_requests_at_once_is_stored_once() {
    let server = Arc::new(TestServer::start().await);
    let body = otlp::encode(&(1..=20).map(a_span).collect::<Vec<_>>());
    let mut posts = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (server, body) = (server.clone(), body.clone());
        posts.spawn(async move { answer(&server, "/v1/traces", &[PROTOBUF], body).await });
    }
    while let Some(post) = posts.join_next().await {
        assert_eq!(post.unwrap(), (StatusCode::OK, String::new()));
    }
    let balance = server.get("/api/v1/balance").await;
    assert_eq!((&balance["balanced"], &balance["total_cost_usd"]), (&json!(true), &json!(0.02)));
    Arc::into_inner(server).unwrap().stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_ten_thousand_levels_deep_is_read_summed_and_shown() {
    let server = TestServer::start().await;
    let trace = a_trace(1).costing(0.001).nested_to(10_000);
    server.send(&trace.body()).await;
    let path = format!("/api/v1/traces/{}", trace.id());
    let back = server.eventually(&path, |trace| trace["max_depth"] == 10_000).await;
    assert_eq!(back["spans"].as_array().unwrap().len(), 10_000);
    let page = reqwest::get(format!("{}/traces/{}", server.http, trace.id())).await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_cannot_be_understood_are_problems() {
    let server = TestServer::start().await;
    for (path, status, says) in [
        ("traces/xyz", 400, "32 hex digits"),
        ("traces/7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a", 404, "no trace"),
        ("traces?min_cost=cheap", 400, "min_cost"),
        ("traces?colour=red", 400, "colour"),
        ("costs?group_by=moon", 400, "group_by"),
        ("costs?bucket=1m&from=-90d", 400, "points"),
        ("costs?from=now&to=-1h", 400, "before"),
        ("dependencies?from=yesterday", 400, "RFC 3339"),
        ("alerts?state=angry", 400, "firing"),
        ("ingest?class=moon", 400, "bad_id"),
        ("ingest?before=soon", 400, "before"),
        ("ingest?limit=0", 400, "1 to 1000"),
        ("ingest?reason=x", 400, "class"),
        ("alerts/one", 400, "number"),
        ("alerts/1", 404, "no alert 1"),
        ("moon", 404, "openapi.json"),
        ("alerts/1/acknowledge", 405, "GET"),
    ] {
        let (answered, problem) = server.try_get(&format!("/api/v1/{path}")).await;
        assert_eq!((answered.as_u16(), &problem["status"]), (status, &json!(status)), "{path}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{path}: {problem}");
    }
    let described = server.get("/api/v1/openapi.json").await;
    for path in described["paths"].as_object().unwrap().keys().filter(|path| !path.ends_with("/events")) {
        let (status, answer) = server.try_get(&path.replace("{id}", "1").replace("{trace_id}", SAMPLE_ID)).await;
        let known = ["openapi.json lists", "there is no /"];
        let detail = answer["detail"].as_str().unwrap_or_default();
        assert!(!known.iter().any(|words| detail.contains(words)), "{path} is described but answers {status}");
    }
    server.stop().await;
}
