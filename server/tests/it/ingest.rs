//! Ingest health: whatever is refused is listed with its sender and its reason, and nothing is listed twice or left out.

use reqwest::StatusCode;
use serde_json::{Value, json};
use wire::otlp::protobuf;

use crate::hostile::a_span;
use crate::server::TestServer;
use crate::traffic::a_trace;

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/x-protobuf";

/// A POST as a program of this name.
async fn post(url: String, program: &str, content_type: &str, body: impl Into<reqwest::Body>) -> (StatusCode, String) {
    let request = reqwest::Client::new().post(url).header("user-agent", program).header("content-type", content_type);
    let response = request.body(body).send().await.unwrap();
    let status = response.status();
    (status, String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned())
}

/// One span of protobuf with an id of zeros, and one that is right.
fn one_bad_of_two(number: u64) -> Vec<u8> {
    let mut bytes = protobuf::encode(&[a_span(number), a_span(number + 1)]);
    let id = [&[0x12, 8][..], &number.to_be_bytes()].concat();
    let at = bytes.windows(10).position(|window| window == id).unwrap();
    bytes[at + 2..at + 10].fill(0);
    bytes
}

/// Zipkin's `ListOfSpans` with a span whose trace id has two bytes.
fn a_bad_zipkin_list() -> Vec<u8> {
    let span = [&[0x0a, 2, 0xaa, 0xbb][..], &[0x1a, 8, 0, 0, 0, 0, 0, 0, 0, 9]].concat();
    [&[0x0a, span.len() as u8][..], &span].concat()
}

/// Jaeger's `Batch` in binary Thrift with a span whose trace id is zero.
fn a_bad_jaeger_batch() -> Vec<u8> {
    let process = [&[0x0c, 0, 1][..], &[0x0b, 0, 1, 0, 0, 0, 4], b"shop", &[0]].concat();
    let number = |field: u8, value: i64| [&[0x0a, 0, field][..], &value.to_be_bytes()].concat();
    let name = [&[0x0b, 0, 5, 0, 0, 0, 3][..], b"get"].concat();
    let span = [number(1, 0), number(2, 0), number(3, 7), number(4, 0), name, number(8, 1), number(9, 1), vec![0]];
    [process, vec![0x0f, 0, 2, 0x0c, 0, 0, 0, 1], span.concat(), vec![0]].concat()
}

async fn number(db: &sqlx::PgPool, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(db).await.unwrap()
}

/// A request with a bad span in it.
struct Sent(&'static str, &'static str, String, Vec<u8>);

/// One for each door and encoding: the program that sends it, the content type, the address, the body.
fn a_bad_span_for_each_door(server: &TestServer) -> [Sent; 7] {
    let (http, otlp) = (&server.http, &server.otlp);
    let otlp_json = json!([{"traceId": "aa", "spanId": "00000000000000ac", "name": "x"}, "not a span"]);
    let otlp_json = json!({"resourceSpans": [{"scopeSpans": [{"spans": otlp_json}]}]});
    let native = json!({"spans": [{"trace_id": "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a", "span_id": "00000000000000aa"}]});
    let zipkin = json!([{"traceId": "xyz", "id": "000000000000000b"}]);
    let message = one_bad_of_two(50);
    let frame = [&[0][..], &u32::try_from(message.len()).unwrap().to_be_bytes(), &message].concat();
    let export = format!("{}/opentelemetry.proto.collector.trace.v1.TraceService/Export", server.grpc);
    [
        Sent("otlp-json", JSON, format!("{otlp}/v1/traces"), otlp_json.to_string().into()),
        Sent("otlp-protobuf", PROTOBUF, format!("{otlp}/v1/traces"), one_bad_of_two(20)),
        Sent("zipkin-json", JSON, format!("{}/api/v2/spans", server.zipkin), zipkin.to_string().into()),
        Sent("zipkin-protobuf", PROTOBUF, format!("{http}/api/v2/spans"), a_bad_zipkin_list()),
        Sent("jaeger", "application/x-thrift", format!("{}/api/traces", server.jaeger), a_bad_jaeger_batch()),
        Sent("native", JSON, format!("{http}/api/v1/traces"), native.to_string().into()),
        Sent("grpc", "application/grpc", export, frame),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_any_door_refuses_is_listed_with_its_sender_and_its_reason() {
    let server = TestServer::start().await;
    for Sent(program, content_type, url, body) in a_bad_span_for_each_door(&server) {
        let (status, text) = post(url, program, content_type, body).await;
        assert!(status.is_success(), "{program}: {status} {text}");
    }

    let told = server.get("/api/v1/ingest").await;
    let lines = told["rejected_spans"].as_array().unwrap();
    let mut listed: Vec<(&str, &str, &str)> = lines
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap();
            (text("encoding"), text("sender").split_once(" from ").unwrap().0, text("class"))
        })
        .collect();
    listed.sort_unstable();
    assert_eq!(
        listed,
        [
            ("Jaeger Thrift", "jaeger", "bad_id"),
            ("OTLP JSON", "otlp-json", "bad_id"),
            ("OTLP JSON", "otlp-json", "broken"),
            ("OTLP gRPC", "grpc", "bad_id"),
            ("OTLP protobuf", "otlp-protobuf", "bad_id"),
            ("Zipkin JSON", "zipkin-json", "bad_id"),
            ("Zipkin protobuf", "zipkin-protobuf", "bad_id"),
            ("native JSON", "native", "bad_time"),
        ]
    );
    let db = server.database().await;
    assert_eq!(number(&db, "select sum(n)::int8 from rejected_spans").await, 8);
    assert_eq!((&told["rejected"], &told["accepted"]), (&json!(8), &json!(2)));
    assert_eq!(
        told["rejected_in_last_10_minutes"][0],
        json!({"class": "bad_id", "spans": 6, "requests": 0}),
        "{}",
        told["rejected_in_last_10_minutes"]
    );
    let of_grpc =
        told["senders"].as_array().unwrap().iter().find(|line| line["name"].as_str().unwrap().starts_with("grpc"));
    assert_eq!((&of_grpc.unwrap()["accepted"], &of_grpc.unwrap()["rejected"]), (&json!(1), &json!(1)));

    let page = reqwest::get(format!("{}/ingest", server.http)).await.unwrap().text().await.unwrap();
    for words in [
        "8 spans were refused in the last 10 minutes",
        "6 with a bad id",
        "zipkin-protobuf from 127.0.0.1",
        "000000000000000b",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("traceId: expected 16 to 32 hex digits, got 3 characters"));
    let narrowed = server.get("/api/v1/ingest?class=broken").await;
    assert_eq!(narrowed["rejected_spans"].as_array().unwrap().len(), 1);
    db.close().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_refused_as_a_whole_is_listed_without_a_number_of_spans() {
    let server = TestServer::with(|config| config.body_bytes_max = 100_000).await;
    let (http, otlp) = (&server.http, &server.otlp);
    let native = format!("{http}/api/v1/traces");
    for (url, content_type, body, status) in [
        (format!("{otlp}/v1/traces"), PROTOBUF, vec![0; 100_001], 413),
        (format!("{otlp}/v1/traces"), "text/plain", b"hello".to_vec(), 415),
        (format!("{otlp}/v1/traces"), JSON, b"{".to_vec(), 400),
        (format!("{}/api/v2/spans", server.zipkin), JSON, b"[{]".to_vec(), 400),
        (format!("{}/api/traces", server.jaeger), JSON, b"[]".to_vec(), 415),
        (native.clone(), JSON, b"[1, 2".to_vec(), 400),
        (native.clone(), "text/html", b"<p>".to_vec(), 415),
        (native, JSON, b"{\"resourceSpans\":[]}".to_vec(), 400),
    ] {
        let (answered, text) = post(url.clone(), "mistaken/1", content_type, body).await;
        assert_eq!(answered.as_u16(), status, "{url} {content_type}: {text}");
    }
    let db = server.database().await;
    assert_eq!(number(&db, "select count(*) from rejected_spans where n is null and span_id is null").await, 8);
    assert_eq!(number(&db, "select coalesce(sum(n), 0)::int8 from rejected_spans").await, 0);
    let told = server.get("/api/v1/ingest").await;
    assert_eq!((&told["requests_refused"], &told["rejected"]), (&json!(8), &json!(0)));
    let mut classes: Vec<&str> =
        told["rejected_spans"].as_array().unwrap().iter().map(|line| line["class"].as_str().unwrap()).collect();
    classes.sort_unstable();
    let wrong = "wrong_format";
    assert_eq!(classes, ["broken", "broken", "broken", "too_large", wrong, wrong, wrong, wrong]);
    let page = reqwest::get(format!("{http}/ingest")).await.unwrap().text().await.unwrap();
    assert!(page.contains("8 whole requests were refused in the last 10 minutes: 4 in a format"), "{page}");
    db.close().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_refusals_are_grouped_and_their_sum_is_exact() {
    let server = TestServer::start().await;
    let spans: Vec<Value> =
        (1..=2_500).map(|number| json!({"trace_id": "zz", "span_id": format!("{number:016x}")})).collect();
    let (status, answer) = server.post("/api/v1/traces", &json!({"spans": spans})).await;
    assert_eq!((status, &answer["rejected_not_listed"]), (StatusCode::OK, &json!(1_500)));
    let db = server.database().await;
    assert_eq!(number(&db, "select count(*) from rejected_spans").await, 1_001);
    assert_eq!(number(&db, "select sum(n)::int8 from rejected_spans").await, 2_500);
    let told = server.get("/api/v1/ingest?limit=1000").await;
    assert_eq!(told["rejected_spans"][0]["spans"], 1_500, "the newest line is the group");
    let rest = server.get(&format!("/api/v1/ingest?limit=1000&before={}", told["next"])).await;
    assert_eq!((rest["rejected_spans"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));
    db.close().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_refuses_is_listed_with_its_trace() {
    let server = TestServer::start().await;
    let mut trace = a_trace(1).costing(0.5).body();
    let tomorrow = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    trace["spans"][0]["start_time"] = json!(tomorrow);
    trace["spans"][0]["end_time"] = json!(tomorrow);
    server.send(&trace).await;
    let db = server.database().await;
    sqlx::query("update span_leaf set state = 'warm' where from_home > now()").execute(&db).await.unwrap();
    // Writers read the leaves again when they start.
    let server = server.restart().await;
    trace["spans"][0]["span_id"] = json!("00000000000000ff");
    let (status, answer) = server.post("/api/v1/traces", &trace).await;
    assert_eq!((status, &answer["accepted"]), (StatusCode::OK, &json!(0)), "{answer}");
    let told = server.get("/api/v1/ingest").await;
    let line = &told["rejected_spans"][0];
    assert_eq!((&line["class"], &line["span_id"]), (&json!("closed"), &json!("00000000000000ff")));
    assert_eq!((&line["trace_id"], &line["reason"]), (&trace["trace_id"], &answer["rejected"][0]["reason"]));
    db.close().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_are_told_with_their_sdk_and_their_repeats() {
    let server = TestServer::start().await;
    let attribute = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let body = json!({"resourceSpans": [{
        "resource": {"attributes": [
            attribute("telemetry.sdk.name", "opentelemetry"),
            attribute("telemetry.sdk.language", "python"),
            attribute("telemetry.sdk.version", "1.39.1"),
        ]},
        "scopeSpans": [{"spans": [
            {"traceId": "000000000000000000000000000000aa", "spanId": "00000000000000a1", "name": "a"},
            {"traceId": "000000000000000000000000000000aa", "spanId": "00000000000000a2", "name": "b"},
            {"traceId": "000000000000000000000000000000aa", "spanId": "00000000000000a1", "name": "again"},
        ]}],
    }]});
    for _ in 0..2 {
        let (status, text) = post(format!("{}/v1/traces", server.otlp), "exporter/9", JSON, body.to_string()).await;
        assert_eq!(status, StatusCode::OK, "{text}");
    }
    let told = server.get("/api/v1/ingest").await;
    let sender = &told["senders"][0];
    assert_eq!(
        (&sender["name"], &sender["accepted"], &sender["duplicates"]),
        (&json!("exporter/9 from 127.0.0.1"), &json!(2), &json!(4))
    );
    assert_eq!(sender["by_encoding"], json!([{"encoding": "OTLP JSON", "spans": 6}]));
    let sdk = json!({"name": "opentelemetry", "language": "python", "version": "1.39.1", "spans": 6});
    assert_eq!(told["sdks"], json!([sdk]));
    assert_eq!(told["unpriced"], json!({"spans": 2, "unpriced": 2, "model_calls": 0, "unpriced_model_calls": 0}));
    let page = reqwest::get(format!("{}/ingest", server.http)).await.unwrap().text().await.unwrap();
    for words in ["exporter/9 from 127.0.0.1", "opentelemetry python 1.39.1", "OTLP JSON"] {
        assert!(page.contains(words), "{words}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_which_there_is_no_room_is_counted_and_told_of() {
    let server = TestServer::with(|config| config.queue_bytes_max = 4_000).await;
    // Alone, any request is let in; what fills the room is a body that does not end.
    let (sender, body) = tokio::sync::mpsc::channel::<Result<bytes::Bytes, std::io::Error>>(1);
    let slow = reqwest::Body::wrap_stream(tokio_stream::wrappers::ReceiverStream::new(body));
    let hanging = server.post_bytes("/v1/traces", &[("content-type", PROTOBUF)], slow);
    let filling = async {
        sender.send(Ok(bytes::Bytes::from(vec![0; 3_900]))).await.unwrap();
        server.eventually("/api/v1/ingest", |told| told["queue"]["bytes"] == 3_900).await;
        let spans = protobuf::encode(&(1..20).map(a_span).collect::<Vec<_>>());
        let (status, text) = post(format!("{}/v1/traces", server.otlp), "late/1", PROTOBUF, spans).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
        drop(sender);
    };
    tokio::join!(hanging, filling);
    let told = server.get("/api/v1/ingest").await;
    let full = &told["turned_away"][0];
    assert_eq!((&full["why"], &full["requests"], &full["recent_requests"]), (&json!("full"), &json!(1), &json!(1)));
    assert_eq!((&told["queue"]["bytes"], &told["queue"]["bytes_peak"]), (&json!(0), &json!(3_900)));
    let page = reqwest::get(format!("{}/ingest", server.http)).await.unwrap().text().await.unwrap();
    let said = "1 request was sent back, to be sent again, in the last 10 minutes: because the queue was full.";
    assert!(page.contains(said), "{page}");
    let db = server.database().await;
    assert_eq!(
        number(&db, "select count(*) from rejected_spans where sender like 'late%'").await,
        0,
        "it is not refused"
    );
    db.close().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_listed_is_not_refused_but_asked_for_again() {
    let server = TestServer::start().await;
    let db = server.database().await;
    let bad = json!({"spans": [{"trace_id": "zz", "span_id": "00000000000000aa"}]});
    sqlx::query("alter table rejected_spans rename to elsewhere").execute(&db).await.unwrap();
    for body in [&bad, &json!("text")] {
        let (status, problem) = server.post("/api/v1/traces", body).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    }
    sqlx::query("alter table elsewhere rename to rejected_spans").execute(&db).await.unwrap();
    let (status, answer) = server.post("/api/v1/traces", &bad).await;
    assert_eq!((status, answer["rejected"].as_array().unwrap().len()), (StatusCode::OK, 1));
    let told = server.get("/api/v1/ingest").await;
    assert_eq!((&told["rejected"], &told["requests_refused"]), (&json!(1), &json!(0)));
    assert_eq!(told["turned_away"][2], json!({"why": "failed", "requests": 2, "recent_requests": 2, "spans": 0}));
    assert_eq!(number(&db, "select sum(n)::int8 from rejected_spans").await, 1);
    db.close().await;
    server.stop().await;
}
