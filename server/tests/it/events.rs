//! Server-sent events: what pages are told without asking.

use std::time::Duration;

use futures::{Stream, StreamExt};
use serde_json::{Value, json};

use crate::server::TestServer;
use crate::traffic::a_trace;

const PATIENCE: Duration = Duration::from_secs(60);

/// One event: its name and its data.
type Event = (String, Value);

/// Reads until every one of `wanted` has come, in whatever order; answers them in the order wanted.
async fn events<const N: usize>(
    lines: &mut (impl Stream<Item = String> + Unpin),
    wanted: [(&str, &dyn Fn(&Value) -> bool); N],
) -> [Value; N] {
    let mut found = [const { None }; N];
    let reading = async {
        while found.iter().any(Option::is_none) {
            let (name, data) = next(lines).await;
            for (place, (wanted_name, is_wanted)) in found.iter_mut().zip(&wanted) {
                if name == *wanted_name && place.is_none() && is_wanted(&data) {
                    *place = Some(data.clone());
                }
            }
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, reading).await;
    let missing: Vec<_> =
        wanted.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(want, _)| want.0).collect();
    assert!(in_time.is_ok(), "no such events came: {missing:?}");
    found.map(Option::unwrap)
}

async fn next(lines: &mut (impl Stream<Item = String> + Unpin)) -> Event {
    let mut name = String::new();
    while let Some(line) = lines.next().await {
        if let Some(text) = line.strip_prefix("event: ") {
            text.clone_into(&mut name);
        }
        if let Some(data) = line.strip_prefix("data: ") {
            return (name, serde_json::from_str(data).unwrap());
        }
    }
    panic!("the stream ended")
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
    let mut stream = lines(server.events().await);
    events(&mut stream, [("alerts", &|alerts| alerts["firing"] == 0)]).await;
    server.send(&a_trace(1).costing(0.25).body()).await;
    let [cost, _, ingest] = events(
        &mut stream,
        [
            ("cost", &|cost| cost["groups"][0]["key"] == "acme"),
            ("alerts", &|alerts| alerts["firing"] == 1),
            ("ingest", &|ingest| ingest["accepted"] == 1),
        ],
    )
    .await;
    assert_eq!((&cost["total_cost_usd"], &cost["bucket_seconds"]), (&json!(0.25), &json!(60)));
    assert_eq!(ingest["rejected"], 0);

    // One who comes later is told what is known, without waiting for news.
    let mut late = lines(server.events().await);
    events(&mut late, [("alerts", &|alerts| alerts["firing"] == 1)]).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_end_when_the_server_stops() {
    let server = TestServer::start().await;
    let mut stream = lines(server.events().await);
    events(&mut stream, [("ingest", &|_| true)]).await;
    let reading = tokio::spawn(async move { while stream.next().await.is_some() {} });
    server.stop().await;
    tokio::time::timeout(PATIENCE, reading).await.expect("the stream ended").unwrap();
}
