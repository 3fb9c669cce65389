//! Rules about odd spend and about budgets, in a file and tried before: each fires when it should and not otherwise.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::process::DataFolder;
use crate::server::TestServer;

/// Minutes the server's clock is ahead; of one test alone, since a clock is a function.
static AHEAD: AtomicI64 = AtomicI64::new(0);

fn clock() -> DateTime<Utc> {
    Utc::now() + TimeDelta::minutes(AHEAD.load(Ordering::Relaxed))
}

async fn server_with(folder: &DataFolder) -> TestServer {
    let rules = folder.path().to_owned();
    TestServer::with_clock(clock, |config| config.rules = Some(rules)).await
}

/// Sends a trace of one span that began then.
async fn spend(server: &TestServer, number: u64, tenant: &str, at: DateTime<Utc>, cost_usd: f64) -> String {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let id = format!("{:032x}", u128::from(number) + (3 << 96));
    let trace = json!({"trace_id": id, "spans": [{
        "span_id": format!("{number:016x}"), "operation_name": "work", "service": "desk", "tenant": tenant,
        "start_time": time(at), "end_time": time(at + TimeDelta::milliseconds(500)), "attributes": {"cost_usd": cost_usd},
    }]});
    server.send(&trace).await;
    id
}

/// Every alert by the name of its rule, in the order of names.
fn states(alerts: &Value) -> Vec<(String, String)> {
    let text = |alert: &Value, field: &str| alert[field].as_str().unwrap().to_owned();
    let alerts = alerts["alerts"].as_array().unwrap().iter();
    let mut states: Vec<_> = alerts.map(|alert| (text(alert, "rule"), text(alert, "state"))).collect();
    states.sort();
    states
}

async fn until(server: &TestServer, expected: &[(&str, &str)]) -> Value {
    let expected: Vec<_> = expected.iter().map(|(rule, state)| ((*rule).to_owned(), (*state).to_owned())).collect();
    server.eventually("/api/v1/alerts", |alerts| states(alerts) == expected).await
}

fn of<'a>(alerts: &'a Value, rule: &str) -> &'a Value {
    alerts["alerts"].as_array().unwrap().iter().find(|alert| alert["rule"] == rule).unwrap()
}

const ODD: &str = "alerts:
  - name: Acme runs away
    query: anomaly(cost_usd) by tenant > 3 where tenant = acme
    severity: critical
    labels: {team: payments}
    runbook: https://wiki/spend
  - name: Acme runs far away
    query: anomaly(cost_usd) by tenant > 50 where tenant = acme
    severity: critical
";

/// What rules about odd spend do not ask about is looked for as usual, and what they ask about as they say.
#[tokio::test(flavor = "multi_thread")]
async fn a_rule_about_odd_spend_fires_for_those_it_is_about_from_its_dollars_on_once_across_servers_and_restarts() {
    let folder = DataFolder::new("odd-rules");
    folder.write("trace_alerts.yaml", ODD);
    folder.write("budgets.yaml", "trace_limit_usd: none\n");
    let server = server_with(&folder).await;
    for (quarter, tenant) in (1..80_u64).flat_map(|quarter| [(quarter, "acme"), (quarter, "beta")]) {
        let number = quarter * 2 + u64::from(tenant == "beta");
        let at = clock() - TimeDelta::minutes(15 * quarter.cast_signed());
        spend(&server, number, tenant, at, 0.5).await;
    }
    let dear = spend(&server, 1_000, "acme", clock(), 9.0).await;
    spend(&server, 1_001, "beta", clock(), 9.0).await;
    AHEAD.store(1, Ordering::Relaxed);
    let firing = [("Acme runs away, tenant acme", "firing"), ("Cost anomaly, tenant beta", "firing")];
    let alerts = until(&server, &firing).await;
    let alert = of(&alerts, firing[0].0);
    assert_eq!((&alert["severity"], &alert["runbook"]), (&json!("critical"), &json!("https://wiki/spend")));
    assert_eq!((&alert["labels"]["team"], &alert["labels"]["tenant"]), (&json!("payments"), &json!("acme")));
    assert_eq!(alert["evidence"], json!([dear]));

    let beside = server.beside().await;
    let server = server.restart().await;
    AHEAD.store(2, Ordering::Relaxed);
    let newer = spend(&server, 1_002, "acme", clock(), 1.0).await;
    AHEAD.store(3, Ordering::Relaxed);
    let path = format!("/api/v1/alerts/{}", alert["id"]);
    server.eventually(&path, |alert| alert["evidence"] == json!([dear, newer])).await;
    until(&beside, &firing).await;

    let trial = |limit: u32| json!({"name": "Tried", "severity": "info", "query": format!("anomaly(cost_usd) by tenant > {limit}")});
    for (limit, groups) in [(3, vec!["acme", "beta"]), (50, vec![])] {
        let (status, trial) = server.post("/api/v1/alert-rules/trial", &trial(limit)).await;
        assert_eq!(status, StatusCode::OK, "{trial}");
        let mut found: Vec<_> =
            trial["firings"].as_array().unwrap().iter().map(|firing| &firing["group"]["tenant"]).collect();
        found.sort_by_key(|tenant| tenant.to_string());
        assert_eq!(found, groups, "{trial}");
    }

    folder.write("trace_alerts.yaml", "alerts: []\n");
    let is_over = |alert: &Value| alert["state"] == "resolved";
    AHEAD.store(4, Ordering::Relaxed);
    let alert = server.eventually(&path, is_over).await;
    assert_eq!(alert["history"][0]["text"], "Resolved: its rule was removed");
    until(&server, &[("Acme runs away, tenant acme", "resolved"), ("Cost anomaly, tenant acme", "firing"), firing[1]])
        .await;
    beside.finish().await;
    server.stop().await;
}

const OF_BUDGETS: &str = "alerts:
  - {name: Nearly spent, query: 'budget spent >= 60% where tenant = acme', severity: critical, runbook: 'https://wiki/spend'}
  - {name: Too fast, query: 'budget burn > 15 where budget = \"Each tenant\" and tenant != gamma', severity: info, for: 2s}
  - {name: Far over, query: 'budget spent > 300%', severity: critical}
";

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_about_budgets_fires_for_every_owner_it_is_about_at_its_percents_or_rate() {
    let folder = DataFolder::new("budget-rules");
    folder.write("trace_alerts.yaml", OF_BUDGETS);
    let budgets = "trace_limit_usd: none
budgets:
  - {name: Each tenant, scope: each tenant, period: rolling 24h, limit_usd: 1, thresholds: [200], burn_rate: {fast: 100, slow: 100}}
";
    folder.write("budgets.yaml", budgets);
    let server = server_with(&folder).await;
    for (number, tenant, cost) in [(1, "acme", 0.59), (2, "beta", 0.9), (3, "gamma", 0.9)] {
        spend(&server, number, tenant, clock(), cost).await;
    }
    let fast = ("Too fast, budget Each tenant, tenant beta", "firing");
    until(&server, &[fast]).await;
    spend(&server, 4, "acme", clock(), 0.01).await;
    let spent = ("Nearly spent, budget Each tenant, tenant acme", "firing");
    let alerts = until(&server, &[spent, fast]).await;
    let alert = of(&alerts, spent.0);
    assert_eq!((&alert["severity"], &alert["runbook"]), (&json!("critical"), &json!("https://wiki/spend")));
    assert_eq!((&alert["value"], &alert["labels"]["budget"]), (&json!(60), &json!("Each tenant")));

    let beside = server.beside().await;
    let server = server.restart().await;
    spend(&server, 5, "acme", clock(), 0.05).await;
    let fast_too = ("Too fast, budget Each tenant, tenant acme", "firing");
    until(&server, &[spent, fast_too, fast]).await;
    until(&beside, &[spent, fast_too, fast]).await;
    folder.write("trace_alerts.yaml", "alerts: []\n");
    until(&server, &[spent, fast_too, fast].map(|(rule, _)| (rule, "resolved"))).await;

    let rule = json!({"name": "Tried", "severity": "info", "query": "budget spent > 80%"});
    let (status, problem) = server.post("/api/v1/alert-rules/trial", &rule).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("how budgets stood in the past is not kept"), "{problem}");
    beside.finish().await;
    server.stop().await;
}
