//! Ids that are none, spans that are their own ancestors, and spans that come again: at every door.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::door::{Door, *};
use super::sent::Sent;
use super::span_count;
use crate::server::TestServer;

/// Doors at which ids are texts, so that anything may stand in their place.
const TEXT: [Door; 5] = [OtlpJson, ZipkinJson, ZipkinOld, Native, Lines];

/// Spans whose ids are none, as far as the protocol can say them.
fn without_an_id(door: Door) -> Vec<Sent> {
    let span = |change: fn(&mut Sent)| {
        let mut span = Sent::new(900, 900);
        change(&mut span);
        span
    };
    let mut bad = vec![span(|span| span.trace_id = "0".repeat(32)), span(|span| span.span_id = "0".repeat(16))];
    if door != Jaeger {
        bad.push(span(|span| span.trace_id = "aa".into()));
        bad.push(span(|span| span.trace_id = "a".repeat(34)));
        bad.push(span(|span| span.span_id = "a".repeat(14)));
        bad.push(span(|span| span.parent_id = "a".repeat(18)));
    }
    if TEXT.contains(&door) {
        bad.push(span(|span| span.trace_id = "W47/95gDgQPSaYbqs1mGOA==".into()));
        bad.push(span(|span| span.span_id = "7uG3w6kjTGs=".into()));
        bad.push(span(|span| span.span_id = "\0\u{202e}</script>".into()));
        bad.push(span(|span| span.span_id = "x".repeat(10_000)));
    }
    bad
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_without_an_id_is_counted_and_listed_and_its_neighbours_are_kept() {
    let server = TestServer::start().await;
    let mut refused = 0;
    for (number, door) in (1..).zip(Door::ALL) {
        let bad = without_an_id(door);
        let (bad_count, good) = (bad.len() as u64, [Sent::new(number, 1), Sent::new(number, 2)]);
        let [first, last] = good;
        let answer = door.post(&server, door.body(&[vec![first], bad, vec![last]].concat())).await;
        assert!(answer.is_success(), "{door:?}: {answer:?}");
        assert_eq!(answer.rejected, bad_count, "{door:?}: {answer:?}");
        assert!(answer.words.contains("an id of only zeros is invalid"), "{door:?}: {answer:?}");
        let trace = server.get(&format!("/api/v1/traces/{number:032x}")).await;
        assert_eq!(trace["span_count"], 2, "{door:?}");
        refused += bad_count;
    }
    let told = server.get("/api/v1/ingest?limit=1000").await;
    assert_eq!((&told["rejected"], &told["accepted"]), (&json!(refused), &json!(18)));
    let lines = told["rejected_spans"].as_array().unwrap();
    assert_eq!((lines.len() as u64, lines.iter().all(|line| line["class"] == "bad_id")), (refused, true), "{lines:?}");
    for door in Door::ALL {
        assert!(lines.iter().any(|line| line["encoding"] == door.encoding()), "{door:?}");
    }
    let page = reqwest::get(format!("{}/ingest", server.http)).await.unwrap().text().await.unwrap();
    assert!(!page.contains("\u{202e}</script>"), "what was sent in the place of an id is text on the page");
    server.stop().await;
}

/// A trace with a root and every way there is of not having a parent: itself, each other, in a ring, never sent.
fn entangled(trace: u64) -> Vec<Sent> {
    let parents = [0, 2, 4, 3, 6, 7, 5, 0xdead, 1];
    (1..).zip(parents).map(|(number, parent)| Sent::new(trace, number).under(parent)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_that_are_their_own_ancestors_are_stored_costed_and_shown() {
    let server = TestServer::start().await;
    for (number, door) in (1..).zip(Door::ALL) {
        let answer = door.post(&server, door.body(&entangled(number))).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
    }
    for number in 1..=Door::ALL.len() {
        let path = format!("/traces/{number:032x}");
        let trace = server.eventually(&format!("/api/v1{path}"), |trace| trace["max_depth"].is_number()).await;
        assert_eq!((&trace["span_count"], &trace["total_cost_usd"]), (&json!(9), &json!(0.009)), "{number}");
        let spans = trace["spans"].as_array().unwrap();
        assert_eq!(spans.len(), 9);
        let first = spans.iter().find(|span| span["span_id"] == "0000000000000001").unwrap();
        assert_eq!(first["parent_span_id"], Value::Null, "a parent of zeros is none");
        let page = reqwest::get(format!("{}{path}", server.http)).await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        let page = page.text().await.unwrap();
        for span in spans {
            assert!(page.contains(span["span_id"].as_str().unwrap()), "every span has a row: {span}");
        }
    }
    assert_eq!(server.get("/api/v1/balance").await["balanced"], true);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_spans_with_the_same_id_the_first_one_stays_and_costs_once() {
    let server = TestServer::start().await;
    let named = |trace, name: &str, cost: &str| {
        let mut span = Sent::new(trace, 1);
        (span.name, span.tags[0].1) = (name.into(), cost.into());
        span
    };
    for (number, door) in (1..).zip(Door::ALL) {
        // Twice in one request, once more in another; then at every other door.
        let answer =
            door.post(&server, door.body(&[named(number, "first", "0.5"), named(number, "second", "7")])).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
        for other in [door].into_iter().chain(Door::ALL) {
            let mut again = named(number, "third", "9");
            if TEXT.contains(&other) {
                // Upper-case hex is the same id.
                again.trace_id.make_ascii_uppercase();
                again.span_id.make_ascii_uppercase();
            }
            let answer = other.post(&server, other.body(&[again])).await;
            assert!(answer.is_success() && answer.rejected == 0, "{other:?}: {answer:?}");
        }
        let trace = server.get(&format!("/api/v1/traces/{number:032x}")).await;
        assert_eq!((&trace["span_count"], &trace["total_cost_usd"]), (&json!(1), &json!(0.5)), "{door:?}");
        assert_eq!(trace["spans"][0]["operation_name"], "first", "{door:?}");
    }
    assert_eq!(span_count(&server).await, json!(9));
    let balance = server.get("/api/v1/balance").await;
    assert_eq!((&balance["balanced"], &balance["total_cost_usd"]), (&json!(true), &json!(4.5)));
    server.stop().await;
}
