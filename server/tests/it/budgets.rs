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
