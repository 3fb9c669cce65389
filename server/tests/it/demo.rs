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

    let rules = |alerts: &Value| -> Vec<String> {
        let alerts = alerts["alerts"].as_array().unwrap();
        alerts.iter().map(|alert| alert["rule"].as_str().unwrap().to_owned()).collect()
    };
    let both = |alerts: &Value| {
        let rules = rules(alerts);
        ["Trace Cost Anomaly", "BUDGET ALARM"].iter().all(|rule| rules.iter().any(|fired| fired == rule))
    };
    let alerts = server.eventually("/api/v1/alerts", both).await;
    // The end of a minute may have come in between, at which the spend of the runaway is odd as well.
    let mut others = rules(&alerts);
    others.retain(|rule| !["Trace Cost Anomaly", "BUDGET ALARM"].contains(&rule.as_str()));
    assert!(others.len() <= 1, "{alerts}");
    assert!(others.iter().all(|rule| rule == "Cost anomaly, tenant acme-robotics"), "{alerts}");
    for alert in alerts["alerts"].as_array().unwrap() {
        assert_eq!(alert["labels"]["tenant"], "acme-robotics", "history and ordinary traffic fire nothing: {alert}");
    }

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
