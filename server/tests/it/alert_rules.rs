//! Rules about spans by key, in a file and made on the page, on real traffic: each fires when it should and not otherwise.

use app::pages::alerts::rules::save::{DeleteRule, SaveRule};
use chrono::{SecondsFormat, TimeDelta, Utc};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};

use crate::process::DataFolder;
use crate::server::TestServer;

/// A span that ended `ago` ago, alone in its trace.
fn a_span(number: u64, tenant: &str, ago: TimeDelta, attributes: Value) -> Value {
    let end = Utc::now() - ago;
    let time = |at: chrono::DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    json!({"trace_id": format!("{:032x}", u128::from(number) + (2 << 96)), "spans": [{
        "span_id": format!("{number:016x}"),
        "operation_name": "work",
        "service": "desk",
        "tenant": tenant,
        "start_time": time(end - TimeDelta::milliseconds(500)),
        "end_time": time(end),
        "attributes": attributes,
    }]})
}

fn now(number: u64, tenant: &str, attributes: Value) -> Value {
    a_span(number, tenant, TimeDelta::seconds(2), attributes)
}

fn cost(usd: f64) -> Value {
    json!({"cost_usd": usd})
}

/// A folder of rules with these, each a line of YAML.
fn rules(name: &str, rules: &[&str]) -> DataFolder {
    let folder = DataFolder::new(name);
    write(&folder, rules);
    folder.write("budgets.yaml", "trace_limit_usd: none\n");
    folder
}

fn write(folder: &DataFolder, rules: &[&str]) {
    let rules: String = rules.iter().map(|rule| format!("  - {{{rule}}}\n")).collect();
    folder.write("trace_alerts.yaml", &format!("alerts:\n{rules}"));
}

async fn server_with(folder: &DataFolder) -> TestServer {
    let rules = folder.path().to_owned();
    TestServer::with(|config| config.rules = Some(rules)).await
}

/// All alerts, as soon as one of this name is in this state.
async fn until(server: &TestServer, rule: &str, state: &str) -> Value {
    let is_there = |alerts: &Value| {
        let mut all = alerts["alerts"].as_array().unwrap().iter();
        all.any(|alert| alert["rule"] == rule && alert["state"] == state)
    };
    let alerts = server.eventually("/api/v1/alerts", is_there).await;
    alerts["alerts"].as_array().unwrap().iter().find(|alert| alert["rule"] == rule).unwrap().clone()
}

async fn names(server: &TestServer) -> Vec<String> {
    let alerts = server.get("/api/v1/alerts").await;
    let mut names: Vec<String> =
        alerts["alerts"].as_array().unwrap().iter().map(|alert| alert["rule"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// A rule that fires once everything before it has been looked at.
const SEEN: &str = "name: Seen, query: 'count(spans) by tenant > 0 where tenant = seen', window: 5m, severity: info";

async fn everything_is_looked_at(server: &TestServer, number: u64) {
    server.send(&now(number, "seen", json!({}))).await;
    until(server, "Seen, tenant seen", "firing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tenant_beyond_the_limit_has_an_alert_of_its_own_and_the_others_have_none() {
    let spends = "name: Spends, query: 'sum(cost_usd) by tenant > 0.5', window: 5m, severity: critical, \
                  labels: {team: money}, runbook: 'https://wiki.example/spends'";
    let folder = rules("by-tenant", &[spends, SEEN]);
    let server = server_with(&folder).await;
    for (number, tenant, usd) in [(1, "acme", 0.3), (2, "acme", 0.3), (3, "zen", 0.5), (4, "kite", 0.9)] {
        server.send(&now(number, tenant, cost(usd))).await;
    }
    everything_is_looked_at(&server, 5).await;
    let acme = until(&server, "Spends, tenant acme", "firing").await;
    assert_eq!(names(&server).await, ["Seen, tenant seen", "Spends, tenant acme", "Spends, tenant kite"]);
    assert_eq!((&acme["peak"], &acme["value"], &acme["of_rule"]), (&json!(0.6), &json!(1), &json!("Spends")));
    assert_eq!(acme["labels"], json!({"tenant": "acme", "team": "money", "service": "desk", "operation": "work"}));
    assert_eq!(acme["evidence"].as_array().unwrap().len(), 2);
    assert_eq!(acme["runbook"], "https://wiki.example/spends");
    let history = server.get(&format!("/api/v1/alerts/{}", acme["id"])).await;
    assert_eq!(history["history"][0]["text"], "Fired: $0.6, limit $0.5");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_are_counted_by_when_they_came_and_history_is_not() {
    let many = "name: Many, query: 'count(spans) by tenant >= 2', window: 10m, severity: warning";
    let folder = rules("late-spans", &[many, SEEN]);
    let server = server_with(&folder).await;
    // Long before the window began, and yet they came within.
    server.send(&a_span(1, "late", TimeDelta::minutes(50), json!({}))).await;
    server.send(&now(2, "late", json!({}))).await;
    // Too old to be news.
    server.send(&a_span(3, "past", TimeDelta::minutes(70), json!({}))).await;
    server.send(&now(4, "past", json!({}))).await;
    everything_is_looked_at(&server, 5).await;
    until(&server, "Many, tenant late", "firing").await;
    assert_eq!(names(&server).await, ["Many, tenant late", "Seen, tenant seen"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_the_window_counts_no_longer() {
    let two = "name: Two, query: 'count(spans) by tenant >= 2', window: 6s, severity: warning";
    let folder = rules("window-edge", &[two, SEEN]);
    let server = server_with(&folder).await;
    server.send(&now(1, "slow", json!({}))).await;
    server.send(&now(2, "fast", json!({}))).await;
    server.send(&now(3, "fast", json!({}))).await;
    until(&server, "Two, tenant fast", "firing").await;
    tokio::time::sleep(std::time::Duration::from_secs(7)).await;
    server.send(&now(4, "slow", json!({}))).await;
    everything_is_looked_at(&server, 5).await;
    until(&server, "Two, tenant fast", "resolved").await;
    assert_eq!(names(&server).await, ["Seen, tenant seen", "Two, tenant fast"], "never two of slow within six seconds");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_can_go_by_what_only_spans_say() {
    let failing = "name: Failing, query: 'count(spans) by http.route > 1 where http.status_code >= 500', window: 5m, severity: warning";
    let without = "name: Nameless, query: 'spans without region attribute', threshold: 4, window: 5m, severity: info";
    let folder = rules("attributes", &[failing, without, SEEN]);
    let server = server_with(&folder).await;
    let said = |status: i64, route: &str| json!({"http.status_code": status, "http.route": route, "region": "eu"});
    for (number, status, route) in [(1, 503, "/a"), (2, 500, "/a"), (3, 200, "/b"), (4, 502, "/b")] {
        server.send(&now(number, "acme", said(status, route))).await;
    }
    for number in 5..8 {
        server.send(&now(number, "acme", json!({}))).await;
    }
    // The fourth without a region is the one everything waits for.
    everything_is_looked_at(&server, 8).await;
    let failing = until(&server, "Failing, http.route /a", "firing").await;
    assert_eq!((&failing["peak"], &failing["labels"]["http.route"]), (&json!(2.0), &json!("/a")));
    assert_eq!(until(&server, "Nameless", "firing").await["value"], 4);
    assert_eq!(names(&server).await, ["Failing, http.route /a", "Nameless", "Seen, tenant seen"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_to_hold_is_pending_first_and_also_over_a_restart() {
    let waits = "name: Waits, query: 'error_rate by tenant > 40%', window: 10m, for: 8s, severity: warning";
    let folder = rules("pending", &[waits]);
    let server = server_with(&folder).await;
    server.send(&now(1, "acme", json!({"error": true}))).await;
    let pending = until(&server, "Waits, tenant acme", "pending").await;
    let path = format!("/api/v1/alerts/{}", pending["id"]);
    assert_eq!(server.get(&path).await["history"], json!([]), "nobody has heard of it");
    let (status, refused) = server.post(&format!("{path}/acknowledge"), &json!({"by": "Ines"})).await;
    assert_eq!((status.as_u16(), &refused["state"]), (409, &json!("pending")));
    let server = server.restart().await;
    let firing = until(&server, "Waits, tenant acme", "firing").await;
    assert_eq!(firing["id"], pending["id"]);
    let text = server.get(&path).await["history"][0]["text"].clone();
    assert_eq!(text, "Fired: 100 %, limit 40 %, for 8 s");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn that_there_is_nothing_can_be_what_fires() {
    let silent = "name: Silent, query: 'p95(duration) > 1h where service = heart', window: 5s, no_data: fire, severity: critical";
    let folder = rules("no-data", &[silent]);
    let server = server_with(&folder).await;
    let alert = until(&server, "Silent", "firing").await;
    let detail = server.get(&format!("/api/v1/alerts/{}", alert["id"])).await;
    assert_eq!(detail["history"][0]["text"], "Fired: there is nothing to look at");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_and_a_restart_make_one_alert_of_a_group_and_one_line_of_history() {
    let spends = "name: Spends, query: 'sum(cost_usd) by tenant, service > 0.5', window: 5m, severity: critical";
    let folder = rules("groups-of-two", &[spends]);
    let server = server_with(&folder).await;
    let other = server.beside().await;
    other.send(&now(1, "acme", cost(0.7))).await;
    let alert = until(&server, "Spends, tenant acme, service desk", "firing").await;
    other.finish().await;
    let server = server.restart().await;
    server.send(&now(2, "acme", cost(0.8))).await;
    let path = format!("/api/v1/alerts/{}", alert["id"]);
    let detail = server.eventually(&path, |alert| alert["peak"] == json!(1.5)).await;
    assert_eq!(detail["history"].as_array().unwrap().len(), 1);
    assert_eq!(detail["evidence"].as_array().unwrap().len(), 2);
    assert_eq!(server.get("/api/v1/alerts").await["alerts"].as_array().unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_taken_over_and_a_broken_one_keeps_the_old_rules_and_says_so() {
    let folder = rules("reloaded", &[SEEN]);
    let server = server_with(&folder).await;
    everything_is_looked_at(&server, 1).await;
    write(
        &folder,
        &[SEEN, "name: New, query: 'count(spans) by tenant > 0 where tenant = later', window: 5m, severity: info"],
    );
    server.send(&now(2, "later", json!({}))).await;
    until(&server, "New, tenant later", "firing").await;
    write(&folder, &["name: New, query: 'count(spans) by tenant >', window: 5m, severity: info"]);
    let page = async || server.page("/alerts/rules").await;
    let mut shown = page().await;
    for _ in 0..100 {
        if shown.contains("cannot be used") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        shown = page().await;
    }
    assert!(shown.contains("cannot be used") && shown.contains("at column 25: expected a whole number"), "{shown}");
    assert!(shown.contains("at line 2"), "{shown}");
    assert_eq!(names(&server).await, ["New, tenant later", "Seen, tenant seen"], "what fires by the old rules goes on");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_made_on_the_page_is_tried_saved_fires_is_changed_and_deleted() {
    let folder = rules("made-here", &[SEEN]);
    let server = server_with(&folder).await;
    server.send(&now(1, "acme", cost(3.0))).await;
    everything_is_looked_at(&server, 2).await;
    let tried = "/alerts/rules?typed[query]=sum(cost_usd)+by+tenant+%3E+2&typed[name]=Dear&typed[window]=5m&typed[severity]=warning&try=1";
    let shown = server.page(tried).await;
    assert!(shown.contains("It would have fired once in the last 7 d"), "{shown}");
    assert!(shown.contains("tenant acme"), "{shown}");

    let fields = |query: &'static str, edit: &'static str, version: &'static str| {
        [
            ("typed[edit]", edit),
            ("typed[version]", version),
            ("typed[name]", "Dear"),
            ("typed[query]", query),
            ("typed[window]", "5m"),
            ("typed[severity]", "warning"),
            ("typed[by]", "Ines"),
        ]
    };
    // A browser without scripts is led on.
    const BROWSER: &[(&str, &str)] = &[("accept", "text/html")];
    let go_to = |response: &reqwest::Response| {
        let url = response.url();
        format!("{}?{}", url.path(), url.query().unwrap_or_default())
    };
    let refused = server.submit(SaveRule::PATH, &fields("sum(cost)", "", ""), BROWSER).await;
    let back = go_to(&refused);
    assert!(back.contains("sent=1") && server.page(&back).await.contains("expected a comparison"), "{back}");
    let made = server.submit(SaveRule::PATH, &fields("sum(cost_usd) by tenant > 2", "", ""), BROWSER).await;
    assert!(go_to(&made).starts_with("/alerts/rules?done="), "{made:?}");
    until(&server, "Dear, tenant acme", "firing").await;
    let shown = server.page("/alerts/rules").await;
    assert!(shown.contains("made here, by Ines") && shown.contains("1 firing"), "{shown}");

    let changed = server.submit(SaveRule::PATH, &fields("sum(cost_usd) by tenant > 5", "1", "1"), BROWSER).await;
    assert!(go_to(&changed).starts_with("/alerts/rules?done="), "{changed:?}");
    let late = server.submit(SaveRule::PATH, &fields("sum(cost_usd) by tenant > 6", "1", "1"), BROWSER).await;
    assert!(server.page(&go_to(&late)).await.contains("Ines changed it meanwhile"));
    let gone = server.submit(DeleteRule::PATH, &[("rule", "1"), ("version", "2"), ("by", "Ines")], BROWSER).await;
    assert!(go_to(&gone).starts_with("/alerts/rules?done="), "{gone:?}");
    until(&server, "Dear, tenant acme", "resolved").await;
    server.stop().await;
}
