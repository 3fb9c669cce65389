//! One span, each of its values in full, and what its drawer shows of them.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use serde_json::{Value, json};

use crate::server::TestServer;

const TRACE: &str = "00000000000000000000000000000011";
const SPAN: &str = "0000000000000001";
const HOSTILE: &str = "<script>alert(1)</script>";

/// A span as OTLP sends it, with these attributes.
fn body(attributes: &Value) -> Value {
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "agent"}}]});
    let event = json!({"timeUnixNano": "1763640000500000000", "name": "said", "attributes": [
        {"key": "words", "value": {"stringValue": HOSTILE}}]});
    let span = json!({"traceId": TRACE, "spanId": SPAN, "name": "chat", "kind": 3, "startTimeUnixNano": "1763640000000000000",
        "endTimeUnixNano": "1763640001000000000", "attributes": attributes, "events": [event]});
    json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]})
}

async fn text(server: &TestServer, query: &str) -> (StatusCode, String) {
    let answer = reqwest::get(format!("{}/api/v1/traces/{TRACE}/spans/{SPAN}{query}", server.http)).await.unwrap();
    if answer.status().is_success() {
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/plain; charset=utf-8", "no browser takes it for a page");
        assert_eq!(answer.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_of_megabytes_is_whole_at_its_address_and_cut_in_the_drawer() {
    let server = TestServer::start().await;
    let long = "é".repeat(1 << 20);
    let attributes = json!([
        {"key": "long one", "value": {"stringValue": long}},
        {"key": "page", "value": {"stringValue": HOSTILE}},
        {"key": "list", "value": {"arrayValue": {"values": [{"intValue": "1"}, {"boolValue": true}]}}},
    ]);
    let (status, answer) = server.post("/v1/traces", &body(&attributes)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");

    let whole = server.get(&format!("/api/v1/traces/{TRACE}/spans/{SPAN}")).await;
    assert_eq!((&whole["span_id"], &whole["attributes"]["long one"]), (&json!(SPAN), &json!(long)));
    assert_eq!(text(&server, "?attribute=long%20one").await, (StatusCode::OK, long));
    assert_eq!(text(&server, "?attribute=page").await.1, HOSTILE);
    assert_eq!(text(&server, "?attribute=list").await.1, "[1,true]");
    assert_eq!(text(&server, "?resource=service.name").await.1, "agent");
    assert_eq!(text(&server, "?event=0&attribute=words").await.1, HOSTILE);
    for (query, expected) in [
        ("?attribute=none", 404),
        ("?event=1&attribute=words", 404),
        ("?event=0", 400),
        ("?event=first&attribute=words", 400),
        ("?atribute=page", 400),
    ] {
        assert_eq!(text(&server, query).await.0, expected, "{query}");
    }

    // Several at once, because pages that are drawn while the machine is busy are drawn in another order.
    let path = format!("/traces/{TRACE}?span={SPAN}");
    let pages = futures::future::join_all((0..16).map(|_| server.page(&path))).await;
    let sizes: Vec<usize> = pages.iter().map(String::len).collect();
    assert!(sizes.iter().all(|size| *size < 300_000), "{sizes:?} bytes");
    let page = &pages[0];
    assert!(page.contains("of 2 MB") || page.contains("of 2.00 MB"), "it says how much there is");
    assert!(page.contains("attribute=long%20one"), "and where");
    assert!(!page.contains(HOSTILE), "nothing that was sent is markup");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_that_is_not_there_is_told_so() {
    let server = TestServer::start().await;
    server.post("/v1/traces", &body(&json!([]))).await;
    for (path, expected) in [
        (format!("{TRACE}/spans/{SPAN}"), 200),
        (format!("{TRACE}/spans/0000000000000002"), 404),
        (format!("{}/spans/{SPAN}", TRACE.replace("11", "12")), 404),
        (format!("{TRACE}/spans/none"), 400),
    ] {
        let (status, answer) = server.try_get(&format!("/api/v1/traces/{path}")).await;
        assert_eq!(status, expected, "{path}: {answer}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_are_linked_both_ways_and_what_was_refused_of_a_trace_is_told_at_its_head() {
    let server = TestServer::start().await;
    let span = |trace: &str, span: &str, times: [&str; 2], links: Value| {
        json!({"traceId": trace, "spanId": span, "name": format!("work {span}"), "links": links,
            "startTimeUnixNano": times[0], "endTimeUnixNano": times[1]})
    };
    let (times, none) = (["1763640000000000000", "1763640001000000000"], json!([]));
    let other = "00000000000000000000000000000012";
    let spans = [
        span(TRACE, SPAN, times, none.clone()),
        span(other, "0000000000000002", times, json!([{"traceId": TRACE, "spanId": SPAN}])),
        span(TRACE, "0000000000000000", times, none),
    ];
    let sent = json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]});
    let (status, answer) = server.post("/v1/traces", &sent).await;
    assert_eq!((status, &answer["partialSuccess"]["rejectedSpans"]), (StatusCode::OK, &json!("1")), "{answer}");

    let page = server.page(&format!("/traces/{TRACE}?span={SPAN}")).await;
    assert!(page.contains("1 span of this trace was refused: "), "{page}");
    assert!(page.contains("Linked from") && page.contains(&format!("/traces/{other}?span=0000000000000002")), "{page}");
    let back = server.page(&format!("/traces/{other}?span=0000000000000002")).await;
    assert!(back.contains("Follows ") && back.contains(&format!("/traces/{TRACE}?span={SPAN}")), "{back}");
    assert!(!back.contains("Linked from") && !back.contains("refused: "), "{back}");
    server.stop().await;
}
