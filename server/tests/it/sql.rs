//! The documented SQL, as printed, through the public views of a database the server filled.

use sqlx::postgres::PgRow;
use sqlx::{Executor, PgPool, Row};

use crate::server::TestServer;
use crate::traffic::{a_trace, sample};

async fn rows(db: &PgPool, statement: &'static str) -> Vec<PgRow> {
    db.fetch_all(sqlx::raw_sql(statement)).await.unwrap()
}

/// A NUMERIC as text, since money must not pass through a double even in a test.
async fn text(db: &PgPool, statement: &'static str) -> String {
    db.fetch_one(sqlx::raw_sql(statement)).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_statements_run_as_printed_and_give_right_rows() {
    let server = TestServer::start().await;
    server.send(&sample()).await;
    server.send(&a_trace(1).costing(0.02).with_child("tool", 0.005).body()).await;
    let db = server.database().await;

    let total = rows(&db, include_str!("../fixtures/trace_total.sql")).await;
    assert_eq!((total.len(), total[0].get::<i64, _>("span_count")), (1, 3));
    let by_service = rows(&db, include_str!("../fixtures/trace_by_service.sql")).await;
    let services: Vec<String> = by_service.iter().map(|row| row.get("service")).collect();
    assert_eq!(services, ["tool_executor", "orchestrator", "queue_processor"]);

    // These look back an hour or a day: the sample is of 2024, the other trace of now.
    let dear = rows(&db, include_str!("../fixtures/top_traces_by_tenant.sql")).await;
    assert_eq!((dear.len(), dear[0].get::<String, _>("tenant")), (1, "acme".to_owned()));
    let top = rows(&db, include_str!("../fixtures/dashboard_top_traces.sql")).await;
    assert_eq!((top.len(), top[0].get::<i64, _>("span_count")), (1, 2));
    let services = rows(&db, include_str!("../fixtures/dashboard_cost_by_service.sql")).await;
    assert_eq!(services[0].get::<String, _>("service_name"), "orchestrator");
    let tags = rows(&db, include_str!("../fixtures/dashboard_data_tags.sql")).await;
    assert_eq!(tags[0].get::<String, _>("data_tag"), "EXPORT_OK");
    assert_eq!(rows(&db, include_str!("../fixtures/drift_audit.sql")).await.len(), 0, "the sample's total is right");

    assert_eq!(text(&db, "select trim_scale(sum(cost_usd))::text from spans").await, "0.02625");
    db.close().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_total_that_was_declared_wrong_shows_in_the_drift_audit_and_the_balance() {
    let server = TestServer::start().await;
    let mut trace = a_trace(1).costing(0.02).body();
    trace["total_cost_usd"] = serde_json::json!(0.05);
    server.send(&trace).await;
    let db = server.database().await;
    assert_eq!(rows(&db, include_str!("../fixtures/drift_audit.sql")).await.len(), 1);
    let balance = server.get("/api/v1/balance").await;
    assert_eq!(balance["balanced"], true, "a declared total is never summed");
    assert_eq!(balance["drift"][0]["declared_cost_usd"], serde_json::json!(0.05));
    assert_eq!(balance["drift"][0]["drift_usd"], serde_json::json!(-0.03));
    db.close().await;
    server.stop().await;
}
