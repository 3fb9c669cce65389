//! Traces of any size: laid out once for all who look, in bounded memory, in windows whose indices mean one state of the trace.

use app::islands::waterfall::api::LoadRows;
use chrono::{TimeDelta, Utc};
use leptos::server_fn::ServerFn;
use model::trace::waterfall::{RowKind, RowWindow};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::process::{DataFolder, ServerProcess};

/// Spans of one request.
const REQUEST_SPANS: u64 = 5_000;

/// Traces are not summed up while they are looked at here: that would make another state of them.
const QUIET: [(&str, &str); 1] = [("TRACETAB_QUIET_SECONDS", "3600")];

const ID: &str = "1a06e0000000000000000000000000aa";

/// The spans `from..to` of a trace in which span 1 is the root and `parent` says what stands below what.
fn spans(trace_id: &str, from: u64, to: u64, parent: impl Fn(u64) -> Option<u64>) -> Value {
    let began = Utc::now() - TimeDelta::seconds(300);
    let at = |ms: u64| (began + TimeDelta::milliseconds(ms as i64)).to_rfc3339();
    let span = |number: u64| {
        json!({
            "span_id": format!("{number:016x}"),
            "parent_span_id": parent(number).map(|parent| format!("{parent:016x}")),
            "operation_name": if number % 50 == 2 { format!("batch {number}") } else { "get".to_owned() },
            "service": "corpus",
            "tenant": "acme",
            "start_time": at(number % 100_000),
            "end_time": at(number % 100_000 + 20),
            "attributes": {"cost_usd": 0.0001},
        })
    };
    json!({"trace_id": trace_id, "spans": (from..to).map(span).collect::<Vec<_>>()})
}

/// Sends spans 1 to `count` of a trace; what was there before counts once.
async fn send(server: &ServerProcess, trace_id: &str, count: u64, parent: impl Fn(u64) -> Option<u64> + Copy) {
    let client = reqwest::Client::new();
    for from in (1..=count).step_by(REQUEST_SPANS as usize) {
        let body = spans(trace_id, from, (from + REQUEST_SPANS).min(count + 1), parent);
        let answer = client.post(format!("{}/api/v1/traces", server.http)).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["rejected"], json!([]));
    }
}

/// A figure of the server's own `/metrics`.
async fn metric(server: &ServerProcess, name: &str) -> f64 {
    let text = reqwest::get(format!("{}/metrics", server.http)).await.unwrap().text().await.unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
    value.unwrap_or(0.0)
}

async fn page(server: &ServerProcess, path: &str) -> String {
    let answer = reqwest::get(format!("{}{path}", server.http)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.unwrap()
}

/// The rows of these runs, asked for as a browser does that was given this state of the trace.
async fn rows(server: &ServerProcess, revision: Value, runs: &[(usize, usize)]) -> (RowWindow, usize) {
    let asked = json!({"trace_id": ID, "within": "Anywhere", "times": "Corrected", "revision": revision, "runs": runs});
    let request = reqwest::Client::new().post(format!("{}{}", server.http, LoadRows::PATH)).json(&asked);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let bytes = answer.bytes().await.unwrap();
    (RowWindow::from_bytes(&bytes).unwrap(), bytes.len())
}

/// Below the root a batch per fifty spans, below each batch its calls.
fn in_batches(number: u64) -> Option<u64> {
    match number {
        1 => None,
        _ if number % 50 == 2 => Some(1),
        _ => Some((number - 2) / 50 * 50 + 2),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_thousand_spans_are_laid_out_once_for_all_who_look() {
    let folder = DataFolder::new("large");
    let server = ServerProcess::start_with(&folder, &QUIET);
    send(&server, ID, 50_001, in_batches).await;
    let path = format!("/traces/{ID}");
    let pages = futures::future::join_all((0..10).map(|_| page(&server, &path))).await;
    for page in &pages {
        // All calls of every batch, but for the one on the critical path.
        let said = page.split_once("class=\"wf-foot\"").map_or("", |(_, foot)| &foot[..foot.len().min(400)]);
        assert!(said.contains("48,999 spans folded into 1,000 groups"), "what is folded is said: {said}");
        assert!(said.contains("Rows 1 to 60 of 2,002"), "what is shown is said: {said}");
        assert!(page.contains(r#"aria-rowcount="2003""#));
        assert!(page.len() < 600_000, "{}", page.len());
    }
    assert!((metric(&server, "tracetab_layouts_made_total").await - 1.0).abs() < 0.5, "ten viewers, one layout");
    let kept = metric(&server, "tracetab_layouts_bytes").await;
    assert!((1e6..10e6).contains(&kept), "{kept}");
    assert!(kept < metric(&server, "tracetab_layouts_bytes_max").await);

    let (newest, _) = rows(&server, json!({"version": 0, "finalised": 0}), &[(0, 1)]).await;
    assert!(newest.rows.is_empty(), "indices of another state are other rows");
    let revision = json!(newest.revision);
    let (window, bytes) = rows(&server, revision.clone(), &[(25_000, 100), (0, 2), (51_000, 50)]).await;
    let indices: Vec<usize> = window.rows.iter().map(|row| row.index).collect();
    assert_eq!(indices, (25_000..25_100).chain(0..2).chain(51_000..51_001).collect::<Vec<_>>());
    assert!(bytes < 6_000, "{bytes}");
    let (bounded, _) = rows(&server, revision, &[(0, usize::MAX)]).await;
    assert_eq!(bounded.rows.len(), 400, "no request takes more");
    assert!((metric(&server, "tracetab_layouts_made_total").await - 1.0).abs() < 0.5);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_that_grows_is_laid_out_again_and_what_was_seen_of_it_stays_readable() {
    let folder = DataFolder::new("growing");
    let server = ServerProcess::start_with(&folder, &QUIET);
    send(&server, ID, 100, in_batches).await;
    page(&server, &format!("/traces/{ID}")).await;
    let (before, _) = rows(&server, json!({"version": 0, "finalised": 0}), &[(0, 1)]).await;
    send(&server, ID, 200, in_batches).await;
    assert!(page(&server, &format!("/traces/{ID}")).await.contains(">200 spans"));
    let (seen, _) = rows(&server, json!(before.revision), &[(0, 400)]).await;
    assert_eq!(seen.revision, before.revision);
    let spans = seen.rows.iter().filter(|row| matches!(row.kind, RowKind::Span(_))).count();
    assert_eq!(spans, 100, "in the state it was seen in");
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_ten_thousand_spans_opens_at_any_row() {
    let folder = DataFolder::new("deep");
    let server = ServerProcess::start_with(&folder, &QUIET);
    send(&server, ID, 10_000, |number| number.checked_sub(1).filter(|parent| *parent > 0)).await;
    let page = page(&server, &format!("/traces/{ID}?at=9990")).await;
    assert!(page.contains("Rows 9,941 to 10,000 of 10,000"));
    assert!(page.contains(r#"aria-level="10000""#));
    server.stop();
}
