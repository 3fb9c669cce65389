//! The demo, played to a real server through its OTLP door.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use server::demo::{Demo, Script};

use crate::server::TestServer;

/// The same moment for both performances below.
fn opening() -> DateTime<Utc> {
    static OPENING: OnceLock<DateTime<Utc>> = OnceLock::new();
    *OPENING.get_or_init(Utc::now)
}

async fn play(server: &TestServer) {
    let script = Script { history_traces: 1_200, live: false, ..Script::default() };
    let status = Demo::new(&server.otlp, script, opening).run().await;
    assert_eq!((status.error, status.running), (None, false));
    assert_eq!(status.traces_sent, status.traces_total);
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().filter_map(|entry| entry["name"].as_str().or(entry["key"].as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_fills_the_books_fires_its_alert_and_counts_once_when_played_twice() {
    let server = TestServer::start().await;
    play(&server).await;
    let costs = server.get("/api/v1/costs?from=-15d").await;
    let tenants = names(&costs["groups"]);
    for tenant in ["tenant_123", "acme-robotics", "northwind", "halden-labs", "orbit-care", "brightcart"] {
        assert!(tenants.contains(&tenant), "{tenant} is missing from {tenants:?}");
    }
    let (unpriced, spans) = (costs["unpriced_span_count"].as_f64().unwrap(), costs["span_count"].as_f64().unwrap());
    assert!((0.003..0.02).contains(&(unpriced / spans)), "{unpriced} of {spans} spans have no known cost");
    let balance = server.get("/api/v1/balance").await;
    assert_eq!(balance["balanced"], true);

    let of_rule = |alerts: &Value, rule: &str| {
        alerts["alerts"].as_array().unwrap().iter().find(|alert| alert["rule"] == rule).cloned()
    };
    let both =
        |alerts: &Value| ["Trace Cost Anomaly", "BUDGET ALARM"].iter().all(|rule| of_rule(alerts, rule).is_some());
    let alerts = server.eventually("/api/v1/alerts", both).await;
    assert_eq!(of_rule(&alerts, "Trace Cost Anomaly").unwrap()["labels"]["tenant"], "acme-robotics");
    assert_eq!(alerts["alerts"].as_array().unwrap().len(), 2, "history and ordinary traffic fire nothing: {alerts}");

    let complete = |map: &Value| {
        let nodes = names(&map["nodes"]);
        ["web", "robot-fleet", "task_queue", "postgres", "openai", "arm-planner"]
            .iter()
            .all(|name| nodes.contains(name))
    };
    server.eventually("/api/v1/dependencies?from=-2h", complete).await;

    play(&server).await;
    let again = server.get("/api/v1/balance").await;
    assert_eq!(
        (&again["balanced"], &again["by"]),
        (&balance["balanced"], &balance["by"]),
        "the same traces with the same ids"
    );
    assert_eq!(server.get("/api/v1/costs?from=-15d").await["span_count"], json!(spans as i64));
    server.stop().await;
}
