//! Who hears of alerts: real listeners, some of which fail, hang or ask to wait; and a server that is killed in between.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

use crate::process::{DataFolder, ServerProcess};
use crate::server::TestServer;
use crate::traffic::a_trace;

/// Longest until somebody is told, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// One request as it came.
#[derive(Clone)]
struct Heard {
    path: String,
    headers: HeaderMap,
    raw: Bytes,
    body: Value,
}

/// What answers a request: a status, and seconds that it asks to be left alone; `None` is never.
type Answer = Option<(StatusCode, Option<u32>)>;

/// Listens, writes down what it hears, and answers as it is told to, then that all is well.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Notebook>>);

#[derive(Default)]
struct Notebook {
    heard: Vec<Heard>,
    answers: HashMap<String, VecDeque<Answer>>,
}

impl Listener {
    async fn open(address: SocketAddr) -> (Self, SocketAddr) {
        let listener = Self::default();
        let socket = TcpListener::bind(address).await.unwrap();
        let address = socket.local_addr().unwrap();
        let routes = Router::new().fallback(hear).with_state(listener.clone());
        tokio::spawn(async move { axum::serve(socket, routes).await });
        (listener, address)
    }

    async fn anywhere() -> (Self, SocketAddr) {
        Self::open(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    fn answers(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        self.0.lock().unwrap().answers.insert(path.to_owned(), answers.into_iter().collect());
    }

    fn heard_at(&self, path: &str) -> Vec<Heard> {
        self.0.lock().unwrap().heard.iter().filter(|heard| heard.path == path).cloned().collect()
    }

    /// What was heard at a path, as soon as there is something of it that fits.
    async fn hears(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Heard {
        let waiting = async {
            loop {
                if let Some(heard) = self.heard_at(path).into_iter().find(|heard| fits(&heard.body)) {
                    return heard;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let result = tokio::time::timeout(PATIENCE, waiting).await;
        result.unwrap_or_else(|_| {
            let bodies: Vec<Value> = self.heard_at(path).into_iter().map(|heard| heard.body).collect();
            panic!("{path} heard only {bodies:?}")
        })
    }
}

async fn hear(State(listener): State<Listener>, uri: Uri, headers: HeaderMap, raw: Bytes) -> Response {
    let path = uri.path().to_owned();
    let answer = {
        let mut state = listener.0.lock().unwrap();
        let body = serde_json::from_slice(&raw).unwrap();
        state.heard.push(Heard { path: path.clone(), headers, raw, body });
        state.answers.get_mut(&path).and_then(VecDeque::pop_front).unwrap_or(Some((StatusCode::OK, None)))
    };
    match answer {
        Some((status, None)) => (status, "so it is").into_response(),
        Some((status, Some(seconds))) => (status, [("retry-after", seconds.to_string())]).into_response(),
        None => std::future::pending().await,
    }
}

fn rules(name: &str, address: SocketAddr, receivers: &[&str]) -> DataFolder {
    let folder = DataFolder::new(name);
    let receivers: String = receivers
        .iter()
        .map(|receiver| format!("  - {{{}, private: true}}\n", receiver.replace("HERE", &format!("http://{address}"))))
        .collect();
    folder.write("notifications.yaml", &format!("receivers:\n{receivers}"));
    folder.write("budgets.yaml", "trace_limit_usd: none\n");
    folder
}

async fn server_with(folder: &DataFolder) -> TestServer {
    TestServer::with(|config| config.rules = Some(folder.path().to_owned())).await
}

async fn anomaly(server: &TestServer) -> i64 {
    let is_it = |alert: &&Value| alert["rule"] == "Trace Cost Anomaly";
    let find =
        |alerts: &Value| alerts["alerts"].as_array().unwrap().iter().find(is_it).map(|alert| alert["id"].clone());
    let alerts = server.eventually("/api/v1/alerts", |alerts| find(alerts).is_some()).await;
    find(&alerts).unwrap().as_i64().unwrap()
}

const EVERY_KIND: [&str; 4] = [
    "name: bridge, type: webhook, url: 'HERE/webhook', secret: hush",
    "name: '#costs', type: slack, url: 'HERE/slack'",
    "name: on-call, type: pagerduty, url: 'HERE/pagerduty', routing_key: R0",
    "name: prometheus, type: alertmanager, url: 'HERE'",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_receiver_is_told_and_what_is_taken_here_is_taken_there() {
    let (listener, address) = Listener::anywhere().await;
    let folder = rules("every-kind", address, &EVERY_KIND);
    let server = server_with(&folder).await;
    server.send(&a_trace(1).costing(0.25).body()).await;

    let webhook = listener.hears("/webhook", |body| body["status"] == "firing").await;
    let told = &webhook.body["alerts"][0];
    assert_eq!(
        (&told["labels"]["alertname"], &told["labels"]["tenant"]),
        (&json!("Trace Cost Anomaly"), &json!("acme"))
    );
    assert!(told["annotations"]["trace"].as_str().unwrap().ends_with(a_trace(1).id()), "{told}");
    let mut mac = Hmac::<Sha256>::new_from_slice(b"hush").unwrap();
    mac.update(&webhook.raw);
    let signed: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(webhook.headers["x-tracetab-signature-256"], format!("sha256={signed}"));
    let slack = listener.hears("/slack", |body| body["text"].as_str().unwrap().contains("is firing")).await;
    assert!(slack.body["blocks"][0]["text"]["text"].as_str().unwrap().contains("Trace Cost Anomaly"));
    let triggered = listener.hears("/pagerduty", |body| body["event_action"] == "trigger").await;
    assert_eq!(
        (&triggered.body["routing_key"], &triggered.body["payload"]["severity"]),
        (&json!("R0"), &json!("critical"))
    );
    let pushed = listener.hears("/api/v2/alerts", |body| body[0]["labels"]["alertname"] == "Trace Cost Anomaly").await;
    assert_eq!(pushed.body[0]["labels"], told["labels"], "known there by the same labels");

    let id = anomaly(&server).await;
    let (status, _) =
        server.post(&format!("/api/v1/alerts/{id}/acknowledge"), &json!({"by": "ann", "note": "mine"})).await;
    assert_eq!(status, StatusCode::OK);
    let taken = listener.hears("/pagerduty", |body| body["event_action"] == "acknowledge").await;
    assert_eq!(taken.body["dedup_key"], triggered.body["dedup_key"]);
    listener.hears("/slack", |body| body["text"].as_str().unwrap().contains("is acknowledged")).await;
    server.post(&format!("/api/v1/alerts/{id}/resolve"), &json!({"by": "ann"})).await;
    listener.hears("/pagerduty", |body| body["event_action"] == "resolve").await;
    listener.hears("/webhook", |body| body["status"] == "resolved").await;
    assert_eq!(listener.heard_at("/webhook").len(), 2, "a webhook is not told who takes what");
    let told =
        |detail: &Value| detail["notifications"].as_array().unwrap().iter().all(|told| told["outcome"] == "delivered");
    let detail = server.eventually(&format!("/api/v1/alerts/{id}"), told).await;
    assert_eq!(detail["notifications"].as_array().unwrap().len(), 2 + 3 + 3 + 2);
    assert!(server.page(&format!("/alerts/{id}")).await.contains("Sent to "));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_is_told_again_when_it_asks_to_be_and_one_that_hangs_keeps_nobody_waiting() {
    let (listener, address) = Listener::anywhere().await;
    let busy = Some((StatusCode::TOO_MANY_REQUESTS, Some(6)));
    listener.answers("/fails", [Some((StatusCode::INTERNAL_SERVER_ERROR, None)), busy]);
    listener.answers("/hangs", [None]);
    let all = ["fails", "hangs", "works"].map(|name| format!("name: {name}, type: webhook, url: 'HERE/{name}'"));
    let folder = rules("failing", address, &all.each_ref().map(String::as_str));
    let server = server_with(&folder).await;
    server.send(&a_trace(1).costing(0.25).body()).await;
    listener.hears("/works", |body| body["status"] == "firing").await;
    let id = anomaly(&server).await;
    let path = format!("/api/v1/alerts/{id}");
    let of = |detail: &Value, name: &str| {
        let all = detail["notifications"].as_array().unwrap();
        all.iter().find(|told| told["receiver"] == name).cloned().unwrap_or_default()
    };
    let failed = server.eventually(&path, |detail| of(detail, "fails")["attempts"] == 1).await;
    assert_eq!(of(&failed, "fails")["problem"], "it was answered with 500 Internal Server Error: so it is");
    assert!(server.page(&format!("/alerts/{id}")).await.contains("fails is not told yet, after 1 attempt"));
    let hung = server.eventually(&path, |detail| of(detail, "hangs")["attempts"] == 1).await;
    assert_eq!(of(&hung, "hangs")["problem"], "it did not answer within 10 seconds");
    let delivered =
        |detail: &Value| ["fails", "hangs", "works"].iter().all(|name| of(detail, name)["outcome"] == "delivered");
    let waiting = async {
        while !delivered(&server.get(&path).await) {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("all are told in the end");
    assert_eq!(listener.heard_at("/fails").len(), 3);
    let keys: Vec<_> =
        listener.heard_at("/fails").iter().map(|heard| heard.headers["idempotency-key"].clone()).collect();
    assert_eq!((&keys[0], &keys[1]), (&keys[2], &keys[2]), "the same message");
    assert_eq!(listener.heard_at("/works").len(), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_between_an_alert_and_its_delivery_tells_of_it_once_after_its_restart() {
    // Nobody listens there yet.
    let socket = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = socket.local_addr().unwrap();
    drop(socket);
    let folder = rules("killed", address, &["name: bridge, type: webhook, url: 'HERE/webhook'"]);
    let server = ServerProcess::start_with_rules(&folder);
    let client = reqwest::Client::new();
    let sent = client.post(format!("{}/api/v1/traces", server.http)).json(&a_trace(1).costing(0.25).body()).send();
    assert!(sent.await.unwrap().status().is_success());
    let get = async |path: &str| -> Value {
        reqwest::get(format!("{}{path}", server.http)).await.unwrap().json().await.unwrap()
    };
    let fired = async {
        while get("/api/v1/alerts").await["alerts"].as_array().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, fired).await.unwrap();
    server.kill();
    let (listener, _) = Listener::open(address).await;
    let server = ServerProcess::start_with_rules(&folder);
    listener.hears("/webhook", |body| body["alerts"][0]["labels"]["alertname"] == "Trace Cost Anomaly").await;
    // Another round or two.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let firing = listener.heard_at("/webhook").iter().filter(|heard| heard.body["status"] == "firing").count();
    assert_eq!(firing, 1);
    assert!(server.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_database_tell_of_an_alert_once() {
    let (listener, address) = Listener::anywhere().await;
    let folder = rules("two-servers", address, &["name: bridge, type: webhook, url: 'HERE/webhook'"]);
    let server = server_with(&folder).await;
    let other = server.beside().await;
    other.send(&a_trace(1).costing(0.25).body()).await;
    listener.hears("/webhook", |body| body["status"] == "firing").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(listener.heard_at("/webhook").len(), 1);
    assert_eq!(server.get("/api/v1/alerts").await["alerts"].as_array().unwrap().len(), 1);
    other.stop().await;
    server.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_address_is_not_reached_unless_the_receiver_may_be_there() {
    let (listener, address) = Listener::anywhere().await;
    let folder = DataFolder::new("public-only");
    folder.write("budgets.yaml", "trace_limit_usd: none\n");
    let port = address.port();
    let receivers = format!("receivers:\n  - {{name: inside, type: slack, url: 'https://localhost:{port}/slack'}}\n");
    folder.write("notifications.yaml", &receivers);
    let server = server_with(&folder).await;
    server.send(&a_trace(1).costing(0.25).body()).await;
    let id = anomaly(&server).await;
    let told = |detail: &Value| detail["notifications"][0]["attempts"] == 1;
    let detail = server.eventually(&format!("/api/v1/alerts/{id}"), told).await;
    let problem = &detail["notifications"][0]["problem"];
    assert_eq!(problem, "localhost is at a private address; `private: true` allows that");
    assert!(listener.0.lock().unwrap().heard.is_empty());
    server.stop().await;
}
