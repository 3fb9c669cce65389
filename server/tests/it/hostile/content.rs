//! Texts that mean something to a database, a browser or a file system: kept as they are, shown as text.

use std::sync::Arc;

use model::attribute::{Attributes, Value as Attribute};
use model::span::Link;
use serde_json::json;
use wire::RawSpan;
use wire::otlp::protobuf as otlp;
use wire::raw::{Origin, RawEvent};

use super::a_span;
use super::door::{Door, *};
use super::sent::Sent;
use crate::server::TestServer;

/// What would end a script, a comment or an attribute, and begin an element or an attribute of its own.
const MARKUP: &str =
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>--><svg onload=alert(3)>\" broken=\"' broken='";

/// Where something of it is alive on a page, and not text.
fn alive(page: &str) -> Option<&str> {
    let element = ["<script>alert", "<img src=x", "<svg onload"].into_iter().find_map(|piece| page.find(piece));
    // Within a tag and outside of the values of its attributes.
    let (mut in_tag, mut quote, mut attribute) = (false, None, None);
    for (at, character) in page.char_indices() {
        match (in_tag, quote, character) {
            (false, _, '<') => in_tag = page[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic()),
            (true, None, '>') => in_tag = false,
            (true, None, '"' | '\'') => quote = Some(character),
            (true, Some(open), _) if character == open => quote = None,
            (true, None, 'b') if page[at..].starts_with("broken=") => attribute = attribute.or(Some(at)),
            _ => {}
        }
    }
    let at = element.or(attribute)?;
    Some(&page[page.floor_char_boundary(at.saturating_sub(200))..page.floor_char_boundary((at + 100).min(page.len()))])
}

#[test]
fn what_is_alive_on_a_page_is_found() {
    assert_eq!(alive("<p title=\"' broken=\">broken=1 &lt;img src=x</p>"), None);
    assert!(alive("<p title='' broken=1>").is_some() && alive("<p><img src=x></p>").is_some());
}

const TENANT: &str = "../../etc/passwd?a=1&b=2#c'; drop table span; --\u{202e}evil\u{2066}";

async fn page(server: &TestServer, path: &str) -> String {
    let page = reqwest::get(format!("{}{path}", server.http)).await.unwrap();
    assert_eq!(page.status(), 200, "{path}");
    page.text().await.unwrap()
}

/// The text of a page that may well say that it was asked for nonsense.
async fn text_of(server: &TestServer, path: &str) -> String {
    let page = reqwest::get(format!("{}{path}", server.http)).await.unwrap();
    assert!(!page.status().is_server_error(), "{path}");
    page.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_every_field_is_text_on_every_page() {
    let server = TestServer::start().await;
    for (number, door) in (1..).zip(Door::ALL) {
        let mut span = Sent::new(number, 1)
            .with(MARKUP, MARKUP)
            .with("user.id", MARKUP)
            .with("session.id", MARKUP)
            .with("capability", MARKUP)
            .with("peer.service", MARKUP)
            .with("gen_ai.request.model", MARKUP)
            .with("gen_ai.provider.name", MARKUP)
            .with("otel.status_description", MARKUP)
            .with("deployment.environment.name", MARKUP)
            .with("tenant", MARKUP);
        (span.name, span.service) = (MARKUP.into(), MARKUP.into());
        let answer = door.post(&server, door.body(&[span])).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
        let trace = server.get(&format!("/api/v1/traces/{number:032x}")).await;
        let back = &trace["spans"][0];
        for field in ["operation_name", "service", "tenant", "user", "capability"] {
            assert_eq!(back[field], MARKUP, "{door:?}: {field} is kept as it was sent");
        }
    }
    // What is refused, and who sends it, is shown too.
    let headers =
        [("content-type", "application/json"), ("user-agent", "</script><img src=x onerror=alert(2)>\" broken=\"'--")];
    let refused =
        Native.post_with(&server, &headers, json!([{"span_id": MARKUP, "trace_id": MARKUP}]).to_string()).await;
    assert_eq!(refused.rejected, 1);
    let one = format!("/traces/{:032x}", 1);
    server.eventually(&format!("/api/v1{one}"), |trace| trace["max_depth"] == 1).await;
    for path in [
        "/",
        "/traces",
        "/traces?tenant=%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%3Cimg%20src%3Dx%3E%22%20broken%3D%22",
        "/traces?q=%22%20broken%3D%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(2)%3E",
        &one,
        &format!("{one}?span={:016x}", 1),
        &format!("{one}?q=%22%20broken%3D%22%3E%3Cimg%20src%3Dx%3E"),
        "/costs",
        "/costs?group_by=service",
        "/costs?group_by=model",
        "/costs?group_by=user",
        "/map",
        "/alerts",
        "/ingest",
        "/settings",
    ] {
        assert_eq!(alive(&text_of(&server, path).await), None, "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nul_in_every_text_is_replaced_and_said_at_every_door() {
    let server = TestServer::start().await;
    for (number, door) in (1..).zip(Door::ALL) {
        let mut span = Sent::new(number, 1)
            .with("k\0", "v\0")
            .with("tenant", "t\0")
            .with("user.id", "u\0")
            .with("session.id", "s\0")
            .with("capability", "c\0")
            .with("peer.service", "p\0")
            .with("gen_ai.request.model", "m\0")
            .with("otel.status_code", "ERROR")
            .with("otel.status_description", "d\0")
            .with("telemetry.sdk.name", "sdk\0")
            .with("otel.scope.name", "scope\0");
        (span.name, span.service) = ("n\0".into(), "s\0".into());
        let answer = door.post(&server, door.body(&[span, Sent::new(number, 2)])).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
        let trace = server.get(&format!("/api/v1/traces/{number:032x}")).await;
        let back = trace["spans"].as_array().unwrap().iter().find(|span| span["operation_name"] != "work").unwrap();
        for field in ["operation_name", "service", "tenant", "user", "session", "capability", "peer", "model"] {
            assert!(back[field].as_str().unwrap().ends_with('\u{fffd}'), "{door:?}: {field} is {}", back[field]);
        }
        assert_eq!(back["attributes"]["k\u{fffd}"], "v\u{fffd}", "{door:?}");
        assert!(back["warnings"].to_string().contains("U+0000"), "{door:?}: {}", back["warnings"]);
    }
    assert!(!page(&server, "/ingest").await.contains('\0'));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_paths_and_marks_of_direction_are_only_letters() {
    let server = TestServer::start().await;
    for (number, door) in (1..).zip(Door::ALL) {
        let answer = door.post(&server, door.body(&[Sent::new(number, 1).with("tenant", TENANT)])).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
        assert_eq!(server.get(&format!("/api/v1/traces/{number:032x}")).await["spans"][0]["tenant"], TENANT);
    }
    let mut encoded = String::new();
    for byte in TENANT.bytes() {
        encoded.push_str(&format!("%{byte:02X}"));
    }
    let found = server.get(&format!("/api/v1/traces?from=-1h&tenant={encoded}")).await;
    assert_eq!(found["total"]["traces"], Door::ALL.len());
    let costs = server.get(&format!("/api/v1/costs?from=-1h&group_by=tenant&tenant={encoded}")).await;
    assert_eq!((&costs["span_count"], &costs["groups"][0]["key"]), (&json!(Door::ALL.len()), &json!(TENANT)));
    for path in ["/", "/traces", "/costs?group_by=tenant"] {
        let page = page(&server, path).await;
        assert!(page.contains("drop table span"), "{path} shows the tenant");
        assert!(!page.contains("tenant=../"), "{path}: what goes into an address is encoded");
    }
    server.stop().await;
}

#[test]
fn the_direction_a_name_is_written_in_ends_with_its_element() {
    let style = include_str!("../../../../style/_base.css");
    let rule = style.split('}').find(|rule| rule.contains("unicode-bidi: isolate")).unwrap();
    // What names stand in; blocks and cells are isolated by themselves.
    for element in ["a", "b", "span", "text"] {
        assert!(rule.contains(&format!("  {element},")) || rule.contains(&format!("  {element} {{")), "{element}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_of_much_are_kept_whole() {
    const MANY: usize = 100_000;
    let server = TestServer::start().await;
    let large = "x".repeat(5 << 20);
    let mut last = 0;
    for (number, door) in (1..).zip(Door::ALL) {
        let mut many = Sent::new(number, 2);
        many.tags.extend((0..MANY).map(|key| (format!("key{key}"), "v".to_owned())));
        let spans = [Sent::new(number, 1).with("large", &large), many, Sent::new(number, 3)];
        let answer = door.post(&server, door.body(&spans)).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
        let trace = server.get(&format!("/api/v1/traces/{number:032x}")).await;
        let attributes = |id: u64| {
            let id = format!("{id:016x}");
            let spans = trace["spans"].as_array().unwrap();
            spans.iter().find(|span| span["span_id"] == id).unwrap()["attributes"].as_object().unwrap().clone()
        };
        assert_eq!(attributes(1)["large"].as_str().map(str::len), Some(large.len()), "{door:?}");
        assert!(attributes(2).len() >= MANY, "{door:?}");
        assert_eq!(trace["span_count"], 3, "{door:?}");
        last = number;
    }
    for span in [1, 2] {
        page(&server, &format!("/traces/{last:032x}?span={span:016x}")).await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_events_and_links_are_kept_and_shown() {
    let server = TestServer::start().await;
    for (number, door) in (1..).zip([OtlpProtobuf, Grpc]) {
        let mut span = a_span(number);
        let attributes = Attributes(vec![(MARKUP.into(), Attribute::String(MARKUP.into()))]);
        let event = RawEvent { time_ns: span.start_ns, name: MARKUP.into(), attributes: attributes.clone() };
        let link = Link { trace_id: span.trace_id, span_id: span.span_id, attributes };
        (span.events, span.links) = (vec![event; 1_000], vec![link; 1_000]);
        let answer = door.post(&server, otlp::encode(&[span])).await;
        assert_eq!((answer.status, answer.rejected), (200, 0), "{door:?}: {answer:?}");
        let trace = server.get(&format!("/api/v1/traces/{number:032x}")).await;
        let count = |of: &str| trace["spans"][0][of].as_array().unwrap().len();
        assert_eq!((count("events"), count("links")), (1_000, 1_000));
        let shown = page(&server, &format!("/traces/{number:032x}?span={number:016x}")).await;
        assert_eq!(alive(&shown), None);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_spans_share_is_not_multiplied_by_their_number() {
    const SPANS: u64 = 3_000;
    let server = TestServer::start().await;
    let large = "x".repeat(4 << 20);
    for (number, door) in (1..).zip([OtlpProtobuf, Grpc, OtlpJson, Jaeger]) {
        let spans: Vec<_> = (1..=SPANS).map(|span| Sent::new(number, span)).collect();
        let body = match door {
            Jaeger => Jaeger.body(&[Sent { service: large.clone(), ..Sent::new(number, 1) }, spans[1].clone()]),
            OtlpJson => {
                let attribute = json!({"key": "large", "value": {"stringValue": large}});
                let body = String::from_utf8(OtlpJson.body(&spans)).unwrap();
                let scoped = format!(r#""scope":{{"name":"{large}"}},"spans""#);
                let with = body.replacen(
                    r#""attributes":[{"key":"service.name""#,
                    &format!(r#""attributes":[{attribute},{{"key":"service.name""#),
                    1,
                );
                with.replacen("\"spans\"", &scoped, 1).into()
            }
            _ => {
                let resource = Attributes(vec![
                    ("large".into(), Attribute::from(large.as_str())),
                    ("service.name".into(), "hostile".into()),
                ]);
                let origin = Origin { resource: resource.into(), scope_name: large.clone(), ..Origin::default() };
                let origin = Arc::new(origin);
                let span = |id: u64| RawSpan {
                    trace_id: format!("{number:032x}").parse().unwrap(),
                    origin: origin.clone(),
                    ..a_span(id)
                };
                otlp::encode(&(1..=SPANS).map(span).collect::<Vec<_>>())
            }
        };
        let answer = door.post(&server, body).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {}", answer.words);
        assert!(answer.words.contains("was left out"), "{door:?}: {}", answer.words);
        let trace = server.get(&format!("/api/v1/traces/{number:032x}")).await;
        let back = &trace["spans"][0];
        assert_eq!(back["resource"]["large"], serde_json::Value::Null, "{door:?}");
        if door != Jaeger {
            assert_eq!((&trace["span_count"], &back["service"]), (&json!(SPANS), &json!("hostile")), "{door:?}");
            assert!(answer.words.contains("instrumentation scope"), "{door:?}: {}", answer.words);
        }
    }
    server.stop().await;
}
