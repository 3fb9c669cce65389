//! A thousand requests at once, alike, packed as bombs, or stalled: each is answered, nothing counts twice, and the server
//! takes less than a hundred megabytes more for it.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use wire::otlp::protobuf;

use crate::hostile::{a_span, gzip};
use crate::process::{DataFolder, ServerProcess};

const REQUESTS: usize = 1_000;
const SPANS: u64 = 100;
const GROWTH_MAX: u64 = 100 * 1024 * 1024;
/// How long a sender that is not answered comes back.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause of a sender that was not answered, like that of an SDK but shorter.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

fn post(client: &Client, server: &ServerProcess) -> RequestBuilder {
    client.post(format!("{}/v1/traces", server.http)).header("content-type", "application/x-protobuf")
}

/// How often each status was answered.
async fn statuses(mut requests: JoinSet<u16>) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    while let Some(status) = requests.join_next().await {
        *counts.entry(status.unwrap()).or_default() += 1;
    }
    counts
}

async fn assert_took_little(server: &ServerProcess, before: u64) {
    let grown = server.memory_peak().saturating_sub(before);
    println!("it took {} kB", grown / 1024);
    assert!(grown < GROWTH_MAX, "{grown}");
    let ready = reqwest::get(format!("{}/readyz", server.http)).await.unwrap();
    assert_eq!(ready.status(), 200);
}

/// A server that has done some work, and the most memory it took for it.
async fn warm(folder: &DataFolder) -> (ServerProcess, u64) {
    let server = ServerProcess::start(folder);
    let spans = protobuf::encode(&(1..=SPANS).map(|number| a_span(1_000_000 + number)).collect::<Vec<_>>());
    let answer = post(&Client::new(), &server).body(spans).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let before = server.memory_peak();
    (server, before)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_posts_of_one_batch_at_once_are_stored_once() {
    let folder = DataFolder::new("thousand");
    let (server, before) = warm(&folder).await;
    let body = bytes::Bytes::from(protobuf::encode(&(1..=SPANS).map(a_span).collect::<Vec<_>>()));
    // Each with a connection of its own.
    let client = Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let mut posts = JoinSet::new();
    for _ in 0..REQUESTS {
        let request = post(&client, &server).body(body.clone());
        posts.spawn(async move {
            loop {
                let answer = request.try_clone().unwrap().send().await.unwrap();
                match answer.status().as_u16() {
                    503 => tokio::time::sleep(RETRY_PAUSE).await,
                    status => return status,
                }
            }
        });
    }
    assert_eq!(statuses(posts).await, BTreeMap::from([(200, REQUESTS)]));
    let get = async |path: &str| -> Value {
        reqwest::get(format!("{}{path}", server.http)).await.unwrap().json().await.unwrap()
    };
    let costs = get("/api/v1/costs?from=-1h&group_by=service").await;
    assert_eq!((&costs["span_count"], &costs["total_cost_usd"]), (&json!(2 * SPANS), &json!(0.2)));
    assert_eq!(get("/api/v1/balance").await["balanced"], true);
    let told = get("/api/v1/ingest").await;
    assert_eq!((&told["accepted"], &told["duplicates"]), (&json!(2 * SPANS), &json!((REQUESTS as u64 - 1) * SPANS)));
    assert_took_little(&server, before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_bombs_at_once_are_refused_in_little_memory() {
    let folder = DataFolder::new("bombs");
    let (server, before) = warm(&folder).await;
    let bomb = bytes::Bytes::from(gzip(&vec![0; 80 * 1024 * 1024]));
    let client = Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let mut posts = JoinSet::new();
    for _ in 0..REQUESTS {
        let request = post(&client, &server).header("content-encoding", "gzip").body(bomb.clone());
        posts.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let counts = statuses(posts).await;
    assert!(counts.keys().all(|status| [413, 503].contains(status)), "{counts:?}");
    // How many find room to be unpacked in depends on the machine, but whoever comes back is told.
    let told = async {
        let request = post(&client, &server).header("content-encoding", "gzip").body(bomb);
        while request.try_clone().unwrap().send().await.unwrap().status() != 413 {
            tokio::time::sleep(RETRY_PAUSE).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("a bomb that comes back is told that it is too large");
    assert_took_little(&server, before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_bodies_that_stall_half_way_leave_room_for_one_that_does_not() {
    const HALF: usize = 500_000;
    let folder = DataFolder::new("half-way");
    let (server, before) = warm(&folder).await;
    let mut stalled = JoinSet::new();
    for _ in 0..REQUESTS {
        let address = server.http.trim_start_matches("http://").to_owned();
        stalled.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let head = format!(
                "POST /v1/traces HTTP/1.1\r\nhost: localhost\r\nuser-agent: stalled\r\n\
                 content-type: application/x-protobuf\r\ncontent-length: {}\r\n\r\n",
                HALF * 2
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            // Whoever is turned away is told before all of it is sent.
            let _ = stream.write_all(&vec![0; HALF]).await;
            stream
        });
    }
    let mut streams = stalled.join_all().await;
    let spans = protobuf::encode(&[a_span(1)]);
    let answer = post(&Client::new(), &server).header("user-agent", "prompt").body(spans).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_took_little(&server, before).await;
    let mut turned_away = 0;
    for stream in &mut streams {
        let mut answer = [0; 12];
        // What was sent and not read may cut the answer off.
        match tokio::time::timeout(Duration::from_millis(1), stream.read_exact(&mut answer)).await {
            Err(_) => {}
            Ok(Err(_)) => turned_away += 1,
            Ok(Ok(_)) => {
                assert_eq!(&answer, b"HTTP/1.1 503");
                turned_away += 1;
            }
        }
    }
    assert!((REQUESTS / 2..REQUESTS).contains(&turned_away), "{turned_away}");
}
