//! Alert rules on real traffic, and what people do to alerts.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::server::TestServer;
use crate::traffic::a_trace;

/// Fires the cost anomaly; the alert as the list shows it.
async fn an_anomaly(server: &TestServer, number: u64) -> Value {
    let trace = a_trace(number).costing(0.25);
    server.send(&trace.body()).await;
    firing(server, "Trace Cost Anomaly").await
}

async fn firing(server: &TestServer, rule: &str) -> Value {
    let find =
        |alerts: &Value| alerts["alerts"].as_array().unwrap().iter().find(|alert| alert["rule"] == rule).cloned();
    let alerts = server.eventually("/api/v1/alerts?state=firing", |alerts| find(alerts).is_some()).await;
    find(&alerts).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dear_trace_fires_the_cost_anomaly_with_its_evidence() {
    let server = TestServer::start().await;
    let alert = an_anomaly(&server, 1).await;
    assert_eq!((&alert["severity"], &alert["threshold"], &alert["value"]), (&json!("critical"), &json!(1), &json!(1)));
    assert_eq!(alert["query"], "sum(cost_usd) by trace_id > 0.1");
    assert_eq!(alert["evidence"], json!([a_trace(1).id()]));
    assert_eq!(alert["peak"], json!(0.25));
    assert_eq!(alert["labels"]["tenant"], "acme");
    let detail = server.get(&format!("/api/v1/alerts/{}", alert["id"])).await;
    assert_eq!(detail["history"][0]["state"], "firing");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_found_by_what_they_are_about_and_each_has_a_picture_of_its_figure() {
    let server = TestServer::start().await;
    let alert = an_anomaly(&server, 1).await;
    for (query, found) in [
        ("severity=critical&state=firing", true),
        ("severity=warning", false),
        ("q=cost%20anomaly", true),
        ("q=tenant%3Dacme", true),
        ("q=tenant%3Dac", false),
        ("state=resolved", false),
    ] {
        let answer = server.get(&format!("/api/v1/alerts?{query}")).await;
        let ids = answer["alerts"].as_array().unwrap().iter().map(|alert| alert["id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids.contains(&alert["id"]), found, "{query}");
    }
    for query in ["severity=fatal", "state=open", "rule=x"] {
        let (status, _) = server.try_get(&format!("/api/v1/alerts?{query}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
    }
    let picture = reqwest::get(format!("{}/api/v1/alerts/{}/trend.svg", server.http, alert["id"])).await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    let picture = picture.text().await.unwrap();
    assert!(picture.starts_with("<svg "), "{picture}");
    assert_eq!(server.try_get("/api/v1/alerts/999999/trend.svg").await.0, StatusCode::NOT_FOUND);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_unpriced_spans_fire_missing_cost_attribution() {
    let server = TestServer::start().await;
    server.send(&a_trace(1).with_unpriced_children(999).body()).await;
    assert_eq!(firing(&server, "Missing Cost Attribution").await["value"], json!(1_000));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_orphans_fire_orphaned_spans() {
    let server = TestServer::start().await;
    server.send(&a_trace(1).with_orphans(100).body()).await;
    assert_eq!(firing(&server, "Orphaned Spans").await["value"], json!(100));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_deeper_than_fifty_fires_trace_depth_exceeded() {
    let server = TestServer::start().await;
    server.send(&a_trace(1).nested_to(51).body()).await;
    let alert = firing(&server, "Trace Depth Exceeded").await;
    assert_eq!((&alert["value"], &alert["peak"]), (&json!(1), &json!(51.0)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn traffic_just_under_every_threshold_fires_nothing() {
    let rules = std::env::temp_dir().join(format!("tracetab-quiet-{}", std::process::id()));
    std::fs::create_dir_all(&rules).unwrap();
    // Under every threshold of an alert is far over the limit of one trace.
    std::fs::write(rules.join("budgets.yaml"), "trace_limit_usd: none").unwrap();
    let server = TestServer::with(|config| config.rules = Some(rules.clone())).await;
    let quiet = [
        a_trace(1).costing(0.1),
        a_trace(2).costing(0.0).with_unpriced_children(990),
        a_trace(3).costing(0.0).with_orphans(99),
        a_trace(4).costing(0.0).nested_to(50),
    ];
    for trace in &quiet {
        server.send(&trace.body()).await;
    }
    for trace in &quiet {
        server.eventually(&format!("/api/v1/traces/{}", trace.id()), |trace| !trace["max_depth"].is_null()).await;
    }
    // Once this one has fired, every rule has looked at all of the above.
    an_anomaly(&server, 5).await;
    let alerts = server.get("/api/v1/alerts").await;
    assert_eq!(alerts["counts"], json!({"firing": 1, "held": 0, "resolved_24h": 0}));
    assert_eq!(alerts["alerts"][0]["evidence"], json!([a_trace(5).id()]));
    server.stop().await;
    std::fs::remove_dir_all(&rules).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_resolves_by_itself_when_its_window_has_passed() {
    let rules = std::env::temp_dir().join(format!("tracetab-rules-{}", std::process::id()));
    std::fs::create_dir_all(&rules).unwrap();
    let text = include_str!("../fixtures/trace_alerts.yaml").replace("window: 1m", "window: 2s");
    std::fs::write(rules.join("trace_alerts.yaml"), text).unwrap();
    let server = TestServer::with(|config| config.rules = Some(rules.clone())).await;
    let id = an_anomaly(&server, 1).await["id"].clone();
    let alert = server.eventually(&format!("/api/v1/alerts/{id}"), |alert| alert["state"] == "resolved").await;
    assert!(!alert["resolved_at"].is_null());
    let states: Vec<_> = alert["history"].as_array().unwrap().iter().map(|entry| &entry["state"]).collect();
    assert_eq!(states, ["resolved", "firing"]);
    server.stop().await;
    std::fs::remove_dir_all(&rules).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_survives_a_restart_and_whoever_comes_second_learns_who_was_first() {
    let server = TestServer::start().await;
    let path = format!("/api/v1/alerts/{}", an_anomaly(&server, 1).await["id"]);
    let mine = json!({"by": "Ines R.", "note": "rolling back", "until": "+2h"});
    let (status, alert) = server.post(&format!("{path}/acknowledge"), &mine).await;
    assert_eq!((status, &alert["state"]), (StatusCode::OK, &json!("acknowledged")), "{alert}");
    assert_eq!((&alert["hold"]["by"], &alert["hold"]["note"]), (&json!("Ines R."), &json!("rolling back")));
    assert_eq!(alert["history"][0]["by"], "Ines R.");

    let server = server.restart().await;
    assert_eq!(server.get(&path).await["hold"], alert["hold"]);
    let (status, problem) = server.post(&format!("{path}/acknowledge"), &json!({"by": "Mara"})).await;
    assert_eq!((status, &problem["by"]), (StatusCode::CONFLICT, &json!("Ines R.")), "{problem}");
    assert_eq!(problem["state"], "acknowledged");

    // The same anomaly again is no news; one twice as bad is.
    let more = a_trace(2).costing(0.26);
    server.send(&more.body()).await;
    server.eventually(&path, |alert| alert["evidence"].as_array().unwrap().len() == 2).await;
    assert_eq!(server.get(&path).await["state"], "acknowledged");
    server.send(&a_trace(3).costing(0.51).body()).await;
    server.eventually(&path, |alert| alert["state"] == "firing").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_that_may_grow_by_five_dollars_is_quiet_until_it_has_and_then_fires_again() {
    let server = TestServer::start().await;
    let path = format!("/api/v1/alerts/{}", an_anomaly(&server, 1).await["id"]);
    let body = json!({"by": "Ines", "grows_by_usd": 5.00});
    let (status, alert) = server.post(&format!("{path}/acknowledge"), &body).await;
    assert_eq!((status, &alert["hold"]["grows_by_usd"]), (StatusCode::OK, &json!(5)), "{alert}");
    assert_eq!(alert["history"][0]["text"], "Acknowledged until it grows by $5");
    let server = server.restart().await;
    // Twenty times as bad, and yet not five dollars more.
    server.send(&a_trace(2).costing(5.24).body()).await;
    let alert = server.eventually(&path, |alert| alert["peak"] == json!(5.24)).await;
    assert_eq!(alert["state"], "acknowledged");
    server.send(&a_trace(3).costing(5.25).body()).await;
    let alert = server.eventually(&path, |alert| alert["state"] == "firing").await;
    let why = alert["history"][0]["text"].as_str().unwrap();
    assert!(why.starts_with("Fires again: it is $5 more than what Ines acknowledged"), "{why}");
    assert_eq!(alert["evidence"][0], json!(a_trace(3).id()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_fires_again_and_history_says_who_did_it() {
    let server = TestServer::start().await;
    let path = format!("/api/v1/alerts/{}", an_anomaly(&server, 1).await["id"]);
    let (status, problem) = server.post(&format!("{path}/undo"), &json!({"by": "Ines"})).await;
    assert_eq!(status, StatusCode::CONFLICT, "nobody has taken it: {problem}");
    for (action, body, said) in [
        ("acknowledge", json!({"by": "Ines"}), "Took Ines's acknowledgement back: wrong one"),
        ("snooze", json!({"by": "Ines", "until": "+1h"}), "Took Ines's snooze back: wrong one"),
    ] {
        let (status, alert) = server.post(&format!("{path}/{action}"), &body).await;
        assert_eq!(status, StatusCode::OK, "{alert}");
        let undo = json!({"by": "Mara", "note": "wrong one"});
        let (status, alert) = server.post(&format!("{path}/undo"), &undo).await;
        assert_eq!((status, &alert["state"], &alert["hold"]), (StatusCode::OK, &json!("firing"), &json!(null)));
        assert_eq!((&alert["history"][0]["text"], &alert["history"][0]["by"]), (&json!(said), &json!("Mara")));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snoozed_alert_is_silent_until_its_end() {
    let server = TestServer::start().await;
    let path = format!("/api/v1/alerts/{}", an_anomaly(&server, 1).await["id"]);
    let (status, alert) = server.post(&format!("{path}/snooze"), &json!({"by": "Jonas", "until": "+3s"})).await;
    assert_eq!((status, &alert["state"]), (StatusCode::OK, &json!("snoozed")), "{alert}");
    let held = server.get("/api/v1/alerts?state=snoozed").await;
    assert_eq!((&held["alerts"][0]["rule"], &held["counts"]["held"]), (&json!("Trace Cost Anomaly"), &json!(1)));
    let (status, _) = server.post(&format!("{path}/snooze"), &json!({"by": "Mara", "until": "+1h"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let alert = server.eventually(&path, |alert| alert["state"] != "snoozed").await;
    assert_eq!(alert["state"], "firing", "its condition still holds");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_resolved_by_hand_is_over_and_cannot_be_taken() {
    let server = TestServer::start().await;
    let path = format!("/api/v1/alerts/{}", an_anomaly(&server, 1).await["id"]);
    let (status, alert) = server.post(&format!("{path}/resolve"), &json!({"by": "Ines"})).await;
    assert_eq!((status, &alert["state"]), (StatusCode::OK, &json!("resolved")), "{alert}");
    let (status, problem) = server.post(&format!("{path}/acknowledge"), &json!({"by": "Ines"})).await;
    assert_eq!((status, &problem["state"]), (StatusCode::CONFLICT, &json!("resolved")));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_makes_no_sense_is_refused_with_what_was_expected() {
    let server = TestServer::start().await;
    let path = format!("/api/v1/alerts/{}", an_anomaly(&server, 1).await["id"]);
    for (action, body, status, says) in [
        ("acknowledge", json!({"by": " "}), StatusCode::BAD_REQUEST, "say who"),
        ("acknowledge", json!({"by": "Ines", "until": "-1h"}), StatusCode::BAD_REQUEST, "future"),
        ("acknowledge", json!({"by": "Ines", "until": "soon"}), StatusCode::BAD_REQUEST, "RFC 3339"),
        ("acknowledge", json!({"by": "Ines", "grows_by_usd": "five"}), StatusCode::BAD_REQUEST, "`grows_by_usd`"),
        ("acknowledge", json!({"by": "Ines", "grows_by_usd": 0}), StatusCode::BAD_REQUEST, "more than 0"),
        ("acknowledge", json!({"by": "Ines", "color": "red"}), StatusCode::UNPROCESSABLE_ENTITY, "color"),
        ("snooze", json!({"by": "Ines"}), StatusCode::UNPROCESSABLE_ENTITY, "until"),
    ] {
        let (answered, problem) = server.post(&format!("{path}/{action}"), &body).await;
        assert_eq!(answered, status, "{body}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{body}: {problem}");
    }
    let (status, _) = server.post("/api/v1/alerts/999999/acknowledge", &json!({"by": "Ines"})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_odd_spend_tells_what_is_over_what_is_expected_and_no_figure_of_other_rules() {
    use model::alert::{machine, spend};
    use model::anomaly::{Episode, Kind, Odd, Subject};

    let server = TestServer::start().await;
    server.send(&a_trace(1).costing(6.0).body()).await;
    let subject = Subject { kind: Kind::Tenant, tenant: None, name: "acme".to_owned() };
    let worst = Odd { minutes: 2, usd: 6.0, expected: 0.5, spread: 0.25 };
    let episode = Episode { since: 0, worst, usd: 6.0, expected: 0.5, until: 1 };
    let seen = spend::observation(&subject, &episode, vec![a_trace(1).id().parse().unwrap()], &[]);
    let fired = machine::observe(&spend::rule(&subject, &worst), None, &seen, chrono::Utc::now()).unwrap();
    let id =
        store::alerts::insert(&server.database().await, &fired.alert, &fired.entry.unwrap()).await.unwrap().unwrap();
    let page = server.page(&format!("/alerts/{id}")).await;
    assert!(page.contains("Over what is expected") && page.contains("$5.50"), "{page}");
    assert!(page.contains("anomaly(cost_usd) by tenant"), "{page}");
    for other in ["Excess, traces below", "Over by", " in 1 s"] {
        assert!(!page.contains(other), "{other}: {page}");
    }
    server.stop().await;
}
