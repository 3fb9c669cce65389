//! Budgets: what programs are told before they spend.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::server::TestServer;
use crate::traffic::a_trace;

/// A folder with these budgets, removed at the end.
struct Rules(PathBuf);

impl Rules {
    fn new(name: &str, budgets: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tracetab-budgets-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("budgets.yaml"), budgets).unwrap();
        Self(folder)
    }

    async fn server(&self) -> TestServer {
        TestServer::with(|config| config.rules = Some(self.0.clone())).await
    }
}

impl Drop for Rules {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const BUDGETS: &str = "
trace_limit_usd: none
budgets:
  - {name: Everything, scope: all, period: rolling 30d, limit_usd: 25000}
  - {name: Each tenant, scope: each tenant, period: rolling 24h, limit_usd: 0.3, thresholds: [50, 90]}
  - {name: The planner, scope: service planner, period: rolling 24h, limit_usd: 1}
";

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_says_to_the_last_pico_dollar_what_is_left_of_it() {
    let rules = Rules::new("exact", BUDGETS);
    let server = rules.server().await;
    server.send(&a_trace(1).costing(0.1).with_child("call", 0.100_000_000_001).body()).await;
    let each = server.eventually("/api/v1/budgets/each-tenant:acme", |budget| budget["state"] == "near").await;
    assert_eq!(each["spent_usd"].to_string(), "0.200000000001");
    assert_eq!(
        (each["limit_usd"].to_string(), each["remaining_usd"].to_string()),
        ("0.3".into(), "0.099999999999".into())
    );
    assert_eq!(
        (&each["used"], &each["name"], &each["owner"]),
        (&json!(0.666_666), &json!("Each tenant"), &json!("acme"))
    );
    assert_eq!(each["thresholds"], json!([{"percent": 50, "crossed": true}, {"percent": 90, "crossed": false}]));
    // A day's limit of 0.3, and two thirds of it within the hour.
    assert_eq!(each["burn_rate"], json!({"fast": 16, "slow": null}));
    assert_eq!(time(&each["period_end"]) - time(&each["period_start"]), TimeDelta::days(1));
    let all = server.get("/api/v1/budgets").await;
    let ids: Vec<_> = all["budgets"].as_array().unwrap().iter().map(|budget| &budget["id"]).collect();
    assert_eq!(ids, ["everything", "each-tenant:acme", "the-planner"]);
    assert_eq!(all["budgets"][0]["spent_usd"].to_string(), "0.200000000001");
    assert_eq!((&all["budgets"][2]["spent_usd"], &all["trace_limit_usd"]), (&json!(0), &Value::Null));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_told_of_its_own_budgets_before_its_first_dollar_too() {
    let rules = Rules::new("tenant", BUDGETS);
    let server = rules.server().await;
    let of_new = server.eventually("/api/v1/budgets?tenant=new%20one", |_| true).await;
    let [budget] = of_new["budgets"].as_array().unwrap().as_slice() else { panic!("{of_new}") };
    assert_eq!((&budget["id"], &budget["remaining_usd"]), (&json!("each-tenant:new one"), &json!(0.3)));
    assert_eq!(server.get("/api/v1/budgets/each-tenant:new%20one").await["spent_usd"], json!(0));
    let (status, problem) = server.try_get("/api/v1/budgets/nothing").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("expected the id of one"), "{problem}");
    assert_eq!(server.try_get("/api/v1/budgets?user=ada").await.0, StatusCode::BAD_REQUEST);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_answered_without_the_database_and_says_how_old_the_answer_is() {
    let rules = Rules::new("away", BUDGETS);
    let server = rules.server().await;
    server.send(&a_trace(1).costing(0.25).body()).await;
    let path = "/api/v1/budgets/everything";
    let before = server.eventually(path, |budget| budget["spent_usd"] == json!(0.25)).await;
    let during = server
        .without_database(async {
            assert_eq!(server.try_get("/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE);
            assert_ne!(server.try_get("/api/v1/balance").await.0, StatusCode::OK);
            server.get(path).await
        })
        .await;
    assert_eq!(during["spent_usd"], before["spent_usd"]);
    assert!(time(&during["as_of"]) >= time(&before["as_of"]));
    server.eventually(path, |budget| time(&budget["as_of"]) > time(&during["as_of"])).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_read_yet_is_unknown_and_not_zero() {
    let rules = Rules::new("unread", BUDGETS);
    let server = rules.server().await;
    let database = server.database().await;
    let mut transaction = database.begin().await.unwrap();
    sqlx::query("lock table cost_rollup in access exclusive mode").execute(&mut *transaction).await.unwrap();
    let server = server.restart().await;
    for path in ["/api/v1/budgets", "/api/v1/budgets/everything", "/api/v1/budgets?tenant=acme"] {
        let (status, problem) = server.try_get(path).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {problem}");
    }
    transaction.commit().await.unwrap();
    server.eventually("/api/v1/budgets/everything", |budget| budget["spent_usd"] == json!(0)).await;
    database.close().await;
    server.stop().await;
}

/// The open alert of `rule`, as soon as there is one.
async fn firing(server: &TestServer, rule: &str) -> Value {
    let found =
        |alerts: &Value| alerts["alerts"].as_array().unwrap().iter().find(|alert| alert["rule"] == rule).cloned();
    let alerts = server.eventually("/api/v1/alerts?state=firing", |alerts| found(alerts).is_some()).await;
    found(&alerts).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_trace_over_its_own_limit_raises_budget_alarm_with_the_span_that_crossed() {
    let server = TestServer::start().await;
    server.send(&a_trace(1).costing(0.004).with_child("plan", 0.005).body()).await;
    let trace = a_trace(2).costing(0.004).with_child("plan", 0.005).with_child("act", 0.002).with_child("tell", 0.003);
    server.send(&trace.body()).await;
    let alert = firing(&server, "BUDGET ALARM").await;
    assert_eq!(alert["evidence"], json!([trace.id()]), "0.009 is not over a cent");
    assert_eq!((&alert["labels"]["span"], &alert["labels"]["trace"]), (&json!("0000000000000003"), &json!(trace.id())));
    let shown = server.get(&format!("/api/v1/traces/{}", trace.id())).await;
    let over =
        json!({"limit_usd": 0.01, "over_by_usd": 0.004, "span_id": "0000000000000003", "running_total_usd": 0.011});
    assert_eq!(shown["over_limit"], over);
    let page = server.page(&format!("/traces/{}?span=0000000000000003", trace.id())).await;
    for told in [
        "Over its limit of $0.01 by $0.0040, crossed at",
        "crossed the limit of $0.01 per trace: running total $0.0110",
        "With this span the trace crossed its limit of $0.01: the running total is $0.0110 with it, and $0.0140 in the end",
        "the running tab passes the limit of $0.01 at",
    ] {
        assert!(page.contains(told), "{told} in {page}");
    }
    assert!(page.contains(&format!("/alerts/{}", alert["id"])), "{page}");
    let cheap = server.get(&format!("/api/v1/traces/{}", a_trace(1).id())).await;
    assert_eq!(cheap["over_limit"], Value::Null);
    let of_another = server.page(&format!("/traces/{}?span=0000000000000002", trace.id())).await;
    assert!(!of_another.contains("With this span the trace crossed"));
    let alert = server.get(&format!("/api/v1/alerts/{}", alert["id"])).await;
    let text = alert["history"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("with span 0000000000000003") && text.contains("has cost 0.011 USD, over 0.01 USD"),
        "{text}"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_one_trace_can_be_set_and_taken_away() {
    let rules =
        Rules::new("trace", "trace_limit_usd: 0.5\nbudgets: [{name: Sign, scope: all, period: day, limit_usd: 1}]");
    let server = rules.server().await;
    server.send(&a_trace(1).costing(0.5).body()).await;
    let dear = a_trace(2).costing(0.500_000_000_001);
    server.send(&dear.body()).await;
    assert_eq!(firing(&server, "BUDGET ALARM").await["evidence"], json!([dear.id()]));
    std::fs::write(rules.0.join("budgets.yaml"), "trace_limit_usd: none").unwrap();
    let server = server.restart().await;
    server
        .eventually("/api/v1/alerts?state=resolved", |alerts| {
            alerts["alerts"].as_array().unwrap().iter().any(|alert| alert["rule"] == "BUDGET ALARM")
        })
        .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crossing_a_threshold_raises_an_alert_that_can_be_acknowledged() {
    let rules = Rules::new("threshold", BUDGETS);
    let server = rules.server().await;
    let trace = a_trace(1).costing(0.2);
    server.send(&trace.body()).await;
    let alert = firing(&server, "Each tenant, acme: 50 % spent").await;
    assert_eq!((&alert["value"], &alert["threshold"], &alert["severity"]), (&json!(66), &json!(50), &json!("info")));
    assert_eq!(alert["labels"]["tenant"], "acme");
    let path = format!("/api/v1/alerts/{}", alert["id"]);
    // It is raised first; which traces are behind it is said as soon as that is known.
    let is_explained = |alert: &Value| alert["evidence"] == json!([trace.id()]);
    server.eventually(&path, is_explained).await;
    let (status, held) = server.post(&format!("{path}/acknowledge"), &json!({"by": "Ines"})).await;
    assert_eq!((status, &held["state"]), (StatusCode::OK, &json!("acknowledged")), "{held}");
    // The next threshold is an alert of its own; the first one stays quiet and follows the figure.
    server.send(&a_trace(2).costing(0.08).body()).await;
    assert_eq!(firing(&server, "Each tenant, acme: 90 % spent").await["value"], json!(93));
    let held = server.eventually(&path, |alert| alert["value"] == json!(93)).await;
    assert_eq!(held["state"], "acknowledged");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_of_a_budget_that_was_taken_out_is_resolved() {
    let rules = Rules::new("gone", BUDGETS);
    let server = rules.server().await;
    server.send(&a_trace(1).costing(0.2).body()).await;
    let path = format!("/api/v1/alerts/{}", firing(&server, "Each tenant, acme: 50 % spent").await["id"]);
    std::fs::write(rules.0.join("budgets.yaml"), "budgets: []").unwrap();
    let server = server.restart().await;
    let alert = server.eventually(&path, |alert| alert["state"] == "resolved").await;
    assert!(alert["history"][0]["text"].as_str().unwrap().contains("its rule was removed"));
    server.stop().await;
}
