//! The server's clock jumps: nothing is lost, nothing counts twice, nothing waits for the clock to be there again.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::server::TestServer;
use crate::traffic::{Trace, a_trace};

/// Milliseconds the server's clock is ahead; of one test alone, since a clock is a function.
static AHEAD: AtomicI64 = AtomicI64::new(0);

fn clock() -> DateTime<Utc> {
    Utc::now() + TimeDelta::milliseconds(AHEAD.load(Ordering::Relaxed))
}

fn set(ahead: TimeDelta) {
    AHEAD.store(ahead.num_milliseconds(), Ordering::Relaxed);
}

async fn leaves(server: &TestServer) -> i64 {
    let db = server.database().await;
    let count = sqlx::query_scalar("select count(*) from span_leaf").fetch_one(&db).await.unwrap();
    db.close().await;
    count
}

/// Sends a trace, and waits until all that follows has followed.
async fn send(server: &TestServer, trace: &Trace) {
    server.send(&trace.body()).await;
    let path = format!("/api/v1/traces/{}", trace.id());
    server.eventually(&path, |trace| trace["max_depth"] == 2).await;
}

async fn assert_books_hold(server: &TestServer, traces: usize) {
    let costs = server.get("/api/v1/costs?from=-40d&to=%2B40d").await;
    assert_eq!((&costs["span_count"], &costs["total_cost_usd"]), (&json!(traces * 2), &json!(traces)));
    let balance = server.get("/api/v1/balance").await;
    assert_eq!(balance["balanced"], true, "{balance}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_loses_nothing_counts_nothing_twice_and_holds_nothing_up() {
    let server = TestServer::with_clock(clock, |_| {}).await;
    let midnight = (Utc::now().date_naive() + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
    let to_midnight = midnight - Utc::now() - TimeDelta::seconds(1);
    let jumps = [
        TimeDelta::zero(),
        TimeDelta::days(1),
        TimeDelta::days(31),
        -TimeDelta::hours(1),
        -TimeDelta::days(2),
        to_midnight,
        TimeDelta::zero(),
    ];
    let mut traces = Vec::new();
    for (number, jump) in (0..).zip(jumps) {
        set(jump);
        let trace = a_trace(number).costing(0.25).with_child("step", 0.75);
        send(&server, &trace).await;
        traces.push(trace);
        // A trace from before the jump gets the same again.
        server.send(&traces[0].body()).await;
        assert_books_hold(&server, traces.len()).await;
        server.eventually("/readyz", |_| true).await;
        let moving = |told: &Value| told["spans_per_second_series"].as_array().unwrap().iter().any(|rate| *rate != 0.0);
        server.eventually("/api/v1/ingest", moving).await;
    }
    for trace in &traces {
        server.send(&trace.body()).await;
    }
    assert_books_hold(&server, traces.len()).await;
    let told = server.get("/api/v1/ingest").await;
    let sent = traces.len() * 2;
    assert_eq!((&told["accepted"], &told["duplicates"]), (&json!(sent), &json!(2 * traces.len() + sent)));
    let leaves = leaves(&server).await;
    assert!(leaves <= 4 * 3, "{leaves} leaves: as many as for each time it was, and no more");
    server.stop().await;
}

/// The same for the test below.
static MONTHS_AHEAD: AtomicI64 = AtomicI64::new(0);

fn another_clock() -> DateTime<Utc> {
    Utc::now() + TimeDelta::days(31 * MONTHS_AHEAD.load(Ordering::Relaxed))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_senders_is_ready_again_soon_after_its_clock_was_set_right() {
    let server = TestServer::with_clock(another_clock, |_| {}).await;
    server.eventually("/readyz", |_| true).await;
    MONTHS_AHEAD.store(1, Ordering::Relaxed);
    assert_eq!(server.try_get("/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE);
    server.eventually("/readyz", |_| true).await;
    server.stop().await;
}
