//! Rules of alerts that programs make, try, change and delete.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::process::DataFolder;
use crate::server::TestServer;
use crate::traffic::a_trace;

const FILE: &str = "alerts:\n  - {name: Deep, query: trace depth > 50, threshold: 1, window: 5m, severity: warning}\n";

async fn ask(server: &TestServer, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    let request =
        reqwest::Client::new().request(method, format!("{}/api/v1/alert-rules{path}", server.http)).json(body);
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
}

fn dear(limit: &str) -> Value {
    json!({"name": "Dear", "query": format!("sum(cost_usd) by tenant > {limit}"), "window": "10m", "severity": "critical",
        "labels": {"team": "desk"}, "recovery": 0.1, "by": "Robin"})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_tried_made_fires_is_changed_by_one_at_a_time_and_deleted() {
    let folder = DataFolder::new("rules-by-program");
    folder.write("trace_alerts.yaml", FILE);
    folder.write("budgets.yaml", "trace_limit_usd: none\n");
    let server = TestServer::with(|config| config.rules = Some(folder.path().to_owned())).await;
    server.send(&a_trace(1).costing(0.3).body()).await;
    let (status, trial) = ask(&server, Method::POST, "/trial", &dear("0.2")).await;
    assert_eq!((status, &trial["complete"]), (StatusCode::OK, &json!(true)), "{trial}");
    assert_eq!(
        (&trial["firings"][0]["group"], &trial["firings"][0]["worst"]),
        (&json!({"tenant": "acme"}), &json!(0.3))
    );
    assert_eq!(server.get("/api/v1/alert-rules").await["rules"].as_array().unwrap().len(), 1, "trying makes nothing");

    let (status, made) = ask(&server, Method::POST, "", &dear("0.2")).await;
    assert_eq!((status, &made["source"], &made["version"]), (StatusCode::CREATED, &json!("here"), &json!(1)), "{made}");
    let said = (&made["threshold"], &made["for"], &made["recovery"], &made["labels"]);
    assert_eq!(said, (&json!(1), &json!("0s"), &json!("0.1"), &json!({"team": "desk"})));
    server.eventually("/api/v1/alerts?state=firing", |alerts| alerts.to_string().contains("Dear, tenant acme")).await;
    let all = server.get("/api/v1/alert-rules").await;
    let sources =
        |all: &Value| all["rules"].as_array().unwrap().iter().map(|rule| rule["source"].clone()).collect::<Vec<_>>();
    assert_eq!((sources(&all), &all["file_problem"]), (vec![json!("file"), json!("here")], &Value::Null));

    let path = format!("/{}", made["id"]);
    let mut changed = dear("2");
    changed["version"] = json!(1);
    let (status, now) = ask(&server, Method::PUT, &path, &changed).await;
    assert_eq!(
        (status, &now["version"], &now["query"]),
        (StatusCode::OK, &json!(2), &json!("sum(cost_usd) by tenant > 2"))
    );
    let (status, problem) = ask(&server, Method::PUT, &path, &changed).await;
    assert_eq!((status, &problem["by"], &problem["version"]), (StatusCode::CONFLICT, &json!("Robin"), &json!(2)));
    let (status, _) = ask(&server, Method::DELETE, &format!("{path}?by=Ines&version=1"), &json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, _) = ask(&server, Method::DELETE, &format!("{path}?by=Ines"), &json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(sources(&server.get("/api/v1/alert-rules").await), [json!("file")]);
    for (method, path) in [(Method::DELETE, "/999?by=Ines"), (Method::PUT, "/999")] {
        assert_eq!(ask(&server, method, path, &dear("1")).await.0, StatusCode::NOT_FOUND);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_cannot_stand_is_refused_with_every_field_that_is_wrong() {
    let server = TestServer::start().await;
    let mut wrong = dear("much");
    wrong["severity"] = json!("fatal");
    wrong["labels"] = json!({"team": "a,b"});
    wrong["by"] = json!("");
    let (status, problem) = ask(&server, Method::POST, "", &wrong).await;
    let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fields, [json!("query"), json!("severity"), json!("labels"), json!("by")], "{problem}");
    let (status, problem) = ask(&server, Method::POST, "/trial", &json!({"name": "x", "colour": "red"})).await;
    assert!(status.is_client_error() && problem["detail"].as_str().unwrap().contains("colour"), "{problem}");
    assert_eq!(ask(&server, Method::POST, "", &dear("1")).await.0, StatusCode::CREATED);
    let (status, problem) = ask(&server, Method::POST, "", &dear("2")).await;
    assert_eq!((status, &problem["field"]), (StatusCode::CONFLICT, &json!("name")));
    server.stop().await;
}
