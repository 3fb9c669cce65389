//! The database is not there, or not ready, or not to be written to: every door says come back, pages say why, and it is over
//! by itself.

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};
use wire::otlp::protobuf;

use crate::cable::{Cable, Fault};
use crate::grpc::try_export;
use crate::hostile::a_span;
use crate::server::TestServer;
use crate::traffic::a_trace;

/// A span for each door: what the door answers, as an HTTP status where it is one.
async fn knock_at_every_door(server: &TestServer, first: u64) -> [String; 4] {
    let otlp = protobuf::encode(&[a_span(first)]);
    let grpc = protobuf::encode(&[a_span(first + 1)]);
    let now_us = chrono::Utc::now().timestamp_micros();
    let zipkin = json!([{"traceId": format!("{:016x}", first + 2), "id": format!("{:016x}", first + 2), "name": "get",
        "timestamp": now_us, "duration": 1_000, "localEndpoint": {"serviceName": "web"}, "tags": {"cost_usd": "0.001"}}]);
    let native = a_trace(first + 3).costing(0.001).body();
    let (otlp, grpc, zipkin, native) = tokio::join!(
        post(format!("{}/v1/traces", server.otlp), "application/x-protobuf", otlp),
        try_export(&server.grpc, &grpc),
        post(format!("{}/api/v2/spans", server.zipkin), "application/json", zipkin.to_string().into()),
        post(format!("{}/api/v1/traces", server.http), "application/json", native.to_string().into()),
    );
    [otlp, grpc.unwrap(), zipkin, native]
}

async fn post(url: String, content_type: &str, body: Vec<u8>) -> String {
    let request = reqwest::Client::new().post(url).header("content-type", content_type).body(body);
    let answer = request.send().await.unwrap();
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        assert_eq!(answer.headers()[RETRY_AFTER], "2");
    }
    answer.status().as_str().to_owned()
}

async fn page(server: &TestServer, path: &str) -> (StatusCode, String) {
    let answer = reqwest::get(format!("{}{path}", server.http)).await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn assert_books_hold(server: &TestServer, spans: u64) {
    let costs = server.get("/api/v1/costs?from=-1h&group_by=service").await;
    assert_eq!((&costs["span_count"], costs["total_cost_usd"].as_f64()), (&json!(spans), Some(spans as f64 / 1e3)));
    assert_eq!(server.get("/api/v1/balance").await["balanced"], true);
}

fn turned_away_by_the_database(told: &Value) -> &Value {
    let all = told["turned_away"].as_array().unwrap();
    &all.iter().find(|line| line["why"] == "database").unwrap()["requests"]
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_every_door_says_come_back_and_it_is_over_by_itself() {
    let cable = Cable::new().await;
    let server = TestServer::with(|config| cable.between(config)).await;
    assert_eq!(knock_at_every_door(&server, 1_000).await, ["200", "0", "202", "200"]);
    for (number, fault) in (1..).zip([Fault::Gone, Fault::Refused("53300"), Fault::Refused("57P03")]) {
        cable.set(fault);
        let first = number * 100;
        assert_eq!(knock_at_every_door(&server, first).await, ["503", "14", "503", "503"], "{fault:?}");
        let ((ready, why), (costs, _)) = tokio::join!(server.try_get("/readyz"), server.try_get("/api/v1/costs"));
        assert_eq!((ready, costs), (StatusCode::SERVICE_UNAVAILABLE, StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(why, "the database does not answer\n");
        assert_eq!(server.get("/healthz").await, "ok\n");
        for (status, text) in
            <[_; 3]>::from(tokio::join!(page(&server, "/"), page(&server, "/costs"), page(&server, "/ingest")))
        {
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{fault:?}");
            assert!(text.contains("The database does not answer") && text.contains("</html>"), "{text}");
        }
        cable.set(Fault::None);
        server.eventually("/readyz", |_| true).await;
        assert_eq!(knock_at_every_door(&server, first).await, ["200", "0", "202", "200"], "{fault:?}");
        let told = server.get("/api/v1/ingest").await;
        assert_eq!(turned_away_by_the_database(&told), number * 4, "{told}");
    }
    assert_books_hold(&server, 16).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_only_be_read_turns_spans_away_and_shows_what_it_has() {
    let server = TestServer::start().await;
    assert_eq!(knock_at_every_door(&server, 1).await, ["200", "0", "202", "200"]);
    let db = server.database().await;
    // One connection from before the switch, since every later one may only read.
    let mut before = db.acquire().await.unwrap();
    let mut read_only = async |switch: &str| {
        let name: String = sqlx::query_scalar("select current_database()").fetch_one(&mut *before).await.unwrap();
        let statement = format!("alter database {name} set default_transaction_read_only = {switch}");
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *before).await.unwrap();
        let others = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
        sqlx::query(others).execute(&mut *before).await.unwrap();
    };
    read_only("on").await;
    assert_eq!(knock_at_every_door(&server, 11).await, ["503", "14", "503", "503"]);
    assert_books_hold(&server, 4).await;
    let (status, _) = page(&server, "/costs").await;
    assert_eq!(status, StatusCode::OK);
    read_only("off").await;
    assert_eq!(knock_at_every_door(&server, 11).await, ["200", "0", "202", "200"]);
    assert_books_hold(&server, 8).await;
    drop(before);
    db.close().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_started_before_its_database_is_ready_waits_for_it() {
    let cable = Cable::new().await;
    cable.set(Fault::Refused("57P03"));
    let starting = TestServer::with(|config| cable.between(config));
    let getting_ready = async {
        cable.refused(2).await;
        cable.set(Fault::None);
    };
    let (server, ()) = tokio::join!(starting, getting_ready);
    assert_eq!(knock_at_every_door(&server, 1).await, ["200", "0", "202", "200"]);
    server.stop().await;
}
