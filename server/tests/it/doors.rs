//! The doors of Zipkin and Jaeger and the lines of native JSON, in the words of their protocols; whole SDKs speak them in
//! `clients`.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::server::TestServer;

/// Status and text of an answer.
async fn post(url: &str, content_type: &str, body: impl Into<reqwest::Body>) -> (StatusCode, String) {
    let request = Client::new().post(url).header("content-type", content_type).body(body);
    let response = request.send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

/// The two halves of a call that share an id, and work within the half that serves it.
fn zipkin_call() -> Value {
    let now_us = chrono::Utc::now().timestamp_micros();
    let span = |id: &str, parent: Option<&str>, kind: Option<&str>, service: &str, shared: bool, start: i64| {
        json!({"traceId": "00000000000000aa", "id": id, "parentId": parent, "kind": kind, "name": "get /", "shared": shared,
               "timestamp": now_us + start, "duration": 1_000 - start, "localEndpoint": {"serviceName": service},
               "tags": {"cost_usd": "0.25"}})
    };
    json!([
        span("00000000000000b1", None, Some("CLIENT"), "web", false, 0),
        span("00000000000000b1", None, Some("SERVER"), "api", true, 100),
        span("00000000000000c1", Some("00000000000000b1"), None, "api", false, 200),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn zipkin_spans_are_taken_at_both_ports_and_a_shared_span_is_two() {
    let server = TestServer::start().await;
    for port in [&server.zipkin, &server.http, &server.zipkin] {
        let url = format!("{port}/api/v2/spans");
        let answer = post(&url, "application/json; charset=utf-8", zipkin_call().to_string()).await;
        assert_eq!(answer, (StatusCode::ACCEPTED, String::new()));
    }
    let whole = |trace: &Value| trace["span_count"] == 3 && trace["max_depth"] == 3;
    let trace = server.eventually("/api/v1/traces/000000000000000000000000000000aa", whole).await;
    assert_eq!(trace["total_cost_usd"], 0.75, "each half has its own cost, and each counts once");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn zipkin_answers_in_words_and_keeps_the_neighbours_of_a_bad_span() {
    let server = TestServer::start().await;
    let url = format!("{}/api/v2/spans", server.zipkin);
    let mut spans = zipkin_call();
    spans[0]["id"] = json!("xyz");
    let (status, words) = post(&url, "application/json", spans.to_string()).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert!(words.contains("2 spans taken, 1 refused") && words.contains("hex"), "{words}");
    let (status, words) = post(&url, "application/json", "{}").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(words.contains("list"), "{words}");
    let (status, words) = post(&url, "text/plain", "[]").await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(words.contains("application/x-protobuf"), "{words}");
    assert_eq!(reqwest::get(&url).await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    let elsewhere = reqwest::get(format!("{}/zipkin", server.zipkin)).await.unwrap();
    assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);
    assert!(elsewhere.text().await.unwrap().contains("POST /api/v2/spans"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jaeger_answers_in_words() {
    let server = TestServer::start().await;
    let url = format!("{}/api/traces?format=jaeger.thrift", server.jaeger);
    let (status, words) = post(&url, "application/x-thrift", vec![0xff; 40]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(words.contains("Thrift"), "{words}");
    let (status, words) = post(&url, "application/json", "{}").await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(words.contains("application/x-thrift"), "{words}");
    let elsewhere = reqwest::get(&server.jaeger).await.unwrap().text().await.unwrap();
    assert!(elsewhere.contains("POST /api/traces"), "{elsewhere}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn native_json_comes_by_the_line_and_a_broken_line_is_named() {
    let server = TestServer::start().await;
    let span = |number: u8| {
        json!({"trace_id": "000000000000000000000000000000bb", "span_id": format!("{number:016x}"), "service": "lines",
               "operation_name": "step", "start_time": "2026-01-15T10:00:00Z", "duration_ms": 5, "cost_usd": 0.5})
    };
    let body = format!("{}\n{{broken\n\n{}\n", span(1), span(2));
    let (status, answer) = post(&format!("{}/api/v1/traces", server.http), "application/x-ndjson", body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((&answer["accepted"], answer["rejected"].as_array().unwrap().len()), (&json!(2), 1));
    assert!(answer["rejected"][0]["reason"].as_str().unwrap().contains("line 2"), "{answer}");
    let (status, answer) = post(&format!("{}/api/v1/traces", server.http), "text/plain", "{}").await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(answer.contains("application/x-ndjson"), "{answer}");
    server.stop().await;
}
