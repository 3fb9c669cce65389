//! Server-sent events: what pages are told without asking.

use std::time::Duration;

use futures::{Stream, StreamExt};
use serde_json::{Value, json};

use crate::server::TestServer;
use crate::traffic::a_trace;

const PATIENCE: Duration = Duration::from_secs(60);

/// The next event called `name` whose data satisfies `wanted`.
async fn next_event(
    lines: &mut (impl Stream<Item = String> + Unpin),
    name: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let reading = async {
        let mut event = String::new();
        while let Some(line) = lines.next().await {
            if let Some(name) = line.strip_prefix("event: ") {
                name.clone_into(&mut event);
            }
            let data = line.strip_prefix("data: ").filter(|_| event == name);
            if let Some(data) = data.map(|data| serde_json::from_str(data).unwrap()).filter(&wanted) {
                return data;
            }
        }
        panic!("the stream ended before such a {name} event")
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("no such {name} event came"))
}

fn lines(response: reqwest::Response) -> impl Stream<Item = String> + Unpin {
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let bytes = response.bytes_stream().map(|chunk| chunk.unwrap());
    let mut unfinished = String::new();
    let lines = bytes.map(move |chunk| {
        unfinished.push_str(std::str::from_utf8(&chunk).unwrap());
        let whole = unfinished.rfind('\n').map_or(0, |end| end + 1);
        let rest = unfinished.split_off(whole);
        let lines: Vec<String> = unfinished.lines().map(str::to_owned).collect();
        unfinished = rest;
        futures::stream::iter(lines)
    });
    Box::pin(lines.flatten())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_delivers_costs_and_alerts_as_they_come() {
    let server = TestServer::start().await;
    // Costs and alerts come in any order, and an alert is told once: each has a stream of its own.
    let (mut stream, mut alerts) = (lines(server.events().await), lines(server.events().await));
    next_event(&mut alerts, "alerts", |alerts| alerts["firing"] == 0).await;
    server.send(&a_trace(1).costing(0.25).body()).await;
    let cost = next_event(&mut stream, "cost", |cost| cost["groups"][0]["key"] == "acme").await;
    assert_eq!((&cost["total_cost_usd"], &cost["bucket_seconds"]), (&json!(0.25), &json!(60)));
    next_event(&mut alerts, "alerts", |alerts| alerts["firing"] != 0).await;
    let ingest = next_event(&mut stream, "ingest", |ingest| ingest["accepted"] == 1).await;
    assert_eq!(ingest["rejected"], 0);

    // One who comes later is told what is known, without waiting for news.
    let mut late = lines(server.events().await);
    next_event(&mut late, "alerts", |alerts| alerts["firing"] != 0).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_end_when_the_server_stops() {
    let server = TestServer::start().await;
    let mut stream = lines(server.events().await);
    next_event(&mut stream, "ingest", |_| true).await;
    let reading = tokio::spawn(async move { while stream.next().await.is_some() {} });
    server.stop().await;
    tokio::time::timeout(PATIENCE, reading).await.expect("the stream ended").unwrap();
}
