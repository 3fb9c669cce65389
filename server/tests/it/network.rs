//! The network between a server and its database fails in every way it can: senders come back, and everything is there once.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use serde_json::json;
use sqlx::Connection;
use wire::RawSpan;
use wire::otlp::protobuf;

use crate::cable::{Cable, Fault};
use crate::grpc::try_export;
use crate::hostile::a_span;
use crate::server::TestServer;

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");
/// Spans of one request: some two hundred kilobytes of COPY.
const SPANS: u64 = 500;

/// Request number `number`; each of its spans costs a thousandth of a dollar.
fn request(number: u64) -> Vec<u8> {
    let first = number * SPANS + 1;
    protobuf::encode(&(first..first + SPANS).map(a_span).collect::<Vec<RawSpan>>())
}

async fn post(server: &TestServer, body: Vec<u8>) -> StatusCode {
    let answer = server.post_bytes("/v1/traces", &[PROTOBUF], body).await;
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        assert_eq!(answer.headers()[RETRY_AFTER], "2");
    }
    answer.status()
}

/// That exactly these requests are in the books, each once.
async fn assert_books_hold(server: &TestServer, requests: u64) {
    let costs = server.get("/api/v1/costs?from=-1h&group_by=service").await;
    let spans = requests * SPANS;
    assert_eq!((&costs["span_count"], costs["total_cost_usd"].as_f64()), (&json!(spans), Some(spans as f64 / 1e3)));
    let balance = server.get("/api/v1/balance").await;
    assert_eq!(balance["balanced"], true, "{balance}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_cut_within_a_copy_or_at_its_commit_costs_one_retry_and_nothing_else() {
    let cable = Cable::new().await;
    let server = TestServer::with(|config| cable.between(config)).await;
    let mut number = 0;
    for fault in [Fault::CutInCopy(0), Fault::CutInCopy(60_000), Fault::CutAtCommit] {
        cable.set(fault);
        assert_eq!(post(&server, request(number)).await, StatusCode::SERVICE_UNAVAILABLE, "{fault:?}");
        assert_eq!(cable.fault(), Fault::None, "it was met");
        assert_eq!(post(&server, request(number)).await, StatusCode::OK, "{fault:?}");
        cable.set(fault);
        assert_eq!(try_export(&server.grpc, &request(number + 1)).await.unwrap(), "14", "{fault:?}");
        assert_eq!(try_export(&server.grpc, &request(number + 1)).await.unwrap(), "0", "{fault:?}");
        number += 2;
    }
    assert_books_hold(&server, number).await;
    let told = server.get("/api/v1/ingest").await;
    assert_eq!((&told["turned_away"][1]["why"], &told["turned_away"][1]["requests"]), (&json!("database"), &json!(6)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_swallows_everything_is_noticed_and_left_for_new_connections_when_it_is_over() {
    // More than the pools have connections.
    const TRIES: u64 = 10;
    let cable = Cable::new().await;
    let server = TestServer::with(|config| {
        cable.between(config);
        config.write_seconds_max = 1;
    })
    .await;
    assert_eq!(post(&server, request(0)).await, StatusCode::OK);
    cable.set(Fault::ClogInCopy(60_000));
    let began = Instant::now();
    for number in 0..TRIES {
        assert_eq!(post(&server, request(1 + number % 4)).await, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert!(began.elapsed() < Duration::from_secs(2 * TRIES), "{:?}", began.elapsed());
    assert_eq!(cable.fault(), Fault::Clogged);

    let (ready, _) = server.try_get("/readyz").await;
    assert_eq!(ready, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.get("/healthz").await, "ok\n");
    let (costs, _) = server.try_get("/api/v1/costs?from=-1h").await;
    assert_eq!(costs, StatusCode::SERVICE_UNAVAILABLE);

    cable.set(Fault::None);
    for number in 1..5 {
        let began = Instant::now();
        while post(&server, request(number)).await != StatusCode::OK {
            assert!(began.elapsed() < Duration::from_secs(20), "it recovers by itself");
        }
    }
    server.eventually("/readyz", |_| true).await;
    assert_books_hold(&server, 5).await;
    // The jobs are at work again.
    server.eventually("/api/v1/traces/00000000000000000000000000000001", |trace| !trace["max_depth"].is_null()).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_whose_answers_the_network_swallowed_do_not_keep_the_ones_that_follow_from_being_answered() {
    let cable = Cable::new().await;
    let server = TestServer::with(|config| cable.between(config)).await;
    assert_eq!(post(&server, request(0)).await, StatusCode::OK);
    let [mut lock, mut looking] = [cable.around(&server).await, cable.around(&server).await];
    sqlx::raw_sql("begin; lock table traces in access exclusive mode").execute(&mut lock).await.unwrap();
    let pages: Vec<_> = (0..20).map(|_| tokio::spawn(reqwest::get(format!("{}/traces", server.http)))).collect();
    // Each of them waits for the lock in the database, over every connection there is for pages.
    let waiting =
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    let mut look = async || sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut looking).await.unwrap();
    while look().await < 12 {}
    cable.set(Fault::Clogged);
    lock.close().await.unwrap();
    while look().await > 0 {}
    cable.set(Fault::None);
    let page = async {
        loop {
            let answer = reqwest::get(format!("{}/traces", server.http)).await.unwrap();
            if answer.status() == StatusCode::OK {
                return;
            }
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            let text = answer.text().await.unwrap();
            assert!(text.contains("The database does not answer"), "{text}");
        }
    };
    tokio::time::timeout(Duration::from_secs(60), page).await.unwrap();
    drop(pages);
    server.stop().await;
}
