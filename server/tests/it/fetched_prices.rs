//! Prices that are fetched from an address: taken over when they are good, and never when they are not.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use server::rules::fetched::address::Address;

use crate::process::DataFolder;
use crate::server::TestServer;

/// What is to be fetched, and how often that was asked for and was the same as before.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<(String, u32)>>);

impl Shelf {
    /// Puts something there, at an address of its own.
    async fn open(text: &str) -> (Self, Address) {
        let shelf = Self::default();
        shelf.put(text);
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = format!("http://{}/moved/prices.yaml?token=secret", listener.local_addr().unwrap());
        let moved = |headers: HeaderMap| async move {
            assert!(headers.contains_key("host"));
            (StatusCode::FOUND, [("location", "/prices.yaml")])
        };
        let routes = Router::new().route("/moved/prices.yaml", get(moved)).route("/prices.yaml", get(serve));
        let routes = routes.with_state(shelf.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (shelf, Address::parse(&address).unwrap())
    }

    fn put(&self, text: &str) {
        self.0.lock().unwrap().0 = text.to_owned();
    }

    fn unchanged(&self) -> u32 {
        self.0.lock().unwrap().1
    }
}

async fn serve(State(shelf): State<Shelf>, headers: HeaderMap) -> (StatusCode, [(&'static str, String); 1], String) {
    let mut shelf = shelf.0.lock().unwrap();
    let etag = format!("\"{:x}\"", shelf.0.len());
    if headers.get("if-none-match").is_some_and(|known| known == etag.as_str()) {
        shelf.1 += 1;
        return (StatusCode::NOT_MODIFIED, [("etag", etag)], String::new());
    }
    (StatusCode::OK, [("etag", etag)], shelf.0.clone())
}

const GOOD: &str = "prices:\n  - {model: acme, per_call: 0.05}\n  - {model: bolt, per_call: 2}\n";

async fn server_with(address: Address) -> TestServer {
    TestServer::with(|config| {
        config.prices_url = Some(address);
        config.prices_seconds = 1;
    })
    .await
}

/// What a call of `acme` costs that comes now, and by which prices.
async fn call(server: &TestServer, number: u32) -> (Value, Value) {
    told(server, number, json!({"gen_ai.request.model": "acme"})).await
}

/// The same of any call.
async fn told(server: &TestServer, number: u32, attributes: Value) -> (Value, Value) {
    let trace_id = format!("{number:032x}");
    let now = chrono::Utc::now().to_rfc3339();
    let span = json!({"span_id": "00000000000000a1", "operation_name": "chat", "service": "s", "start_time": now, "end_time": now,
                      "attributes": attributes});
    server.send(&json!({"trace_id": trace_id, "spans": [span]})).await;
    let trace = server.get(&format!("/api/v1/traces/{trace_id}")).await;
    let span = &trace["spans"][0];
    (span["cost_usd"].clone(), span["cost_detail"]["derived"]["price_revision"].clone())
}

async fn fetched_when(server: &TestServer, wanted: impl Fn(&Value) -> bool) -> Value {
    server.eventually("/api/v1/prices", |prices| wanted(&prices["fetched"])).await["fetched"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_or_suspicious_file_keeps_the_old_book_and_says_why_also_after_a_restart() {
    let (shelf, address) = Shelf::open(GOOD).await;
    let server = server_with(address).await;
    let good = fetched_when(&server, |fetched| fetched["revision"].is_string()).await;
    assert_eq!((&good["models"], &good["problem"]), (&json!(2), &Value::Null));
    assert!(!good["url"].as_str().unwrap().contains("secret"), "{good}");
    assert_eq!(call(&server, 1).await, (json!(0.05), good["revision"].clone()));
    let waiting = async {
        while shelf.unchanged() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), waiting)
        .await
        .expect("it asks for what it does not know yet");

    shelf.put("prices: [{model: acme, per_call: half}]");
    let broken = fetched_when(&server, |fetched| fetched["problem"].is_object()).await;
    assert!(broken["problem"]["reason"].as_str().unwrap().contains("\"half\""), "{broken}");
    assert_eq!(broken["revision"], good["revision"]);
    assert_eq!(call(&server, 2).await, (json!(0.05), good["revision"].clone()));
    let (_, page) = server.try_get("/settings").await;
    let page = page.as_str().unwrap();
    assert!(page.contains("The prices that are fetched cannot be used") && page.contains("half"), "{page}");
    assert!(!page.contains("secret"), "{page}");

    for (odd, why) in [
        (GOOD.replace("0.05", "5.1"), "more than 100 times"),
        (GOOD.replace("0.05", "0"), "acme call 0 USD, 0.05 before"),
        ("prices: []".to_owned(), "0 models where there were 2"),
        ("x".repeat(9 * 1024 * 1024), "larger than"),
        ("[{\"id\": 1}]".to_owned(), "id"),
    ] {
        shelf.put(&odd);
        fetched_when(&server, |fetched| {
            fetched["problem"]["reason"].as_str().is_some_and(|reason| reason.contains(why))
        })
        .await;
    }
    let odd = fetched_when(&server, |_| true).await;
    assert_eq!(odd["problem"]["since"], broken["problem"]["since"], "it has been broken all the time");

    let server = server.restart().await;
    assert_eq!(call(&server, 3).await, (json!(0.05), good["revision"].clone()), "the last good ones are there at once");
    shelf.put(&GOOD.replace("0.05", "0.075"));
    let better =
        fetched_when(&server, |fetched| fetched["problem"].is_null() && fetched["revision"] != good["revision"]).await;
    assert_eq!(call(&server, 4).await, (json!(0.075), better["revision"].clone()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_of_ones_own_come_before_fetched_ones_and_a_whole_book_takes_the_place_of_the_built_in_one() {
    let folder = DataFolder::new("prices-fetched");
    folder.write("prices.yaml", "prices: [{model: acme, per_call: 9}]");
    let (shelf, address) = Shelf::open(GOOD).await;
    let server = TestServer::with(|config| {
        config.rules = Some(folder.path().to_owned());
        config.prices_url = Some(address);
        config.prices_seconds = 1;
    })
    .await;
    fetched_when(&server, |fetched| fetched["revision"].is_string()).await;
    assert_eq!(call(&server, 1).await.0, json!(9));
    shelf.put(&book(1_500));
    let fetched = fetched_when(&server, |fetched| {
        fetched["revision"].as_str().is_some_and(|revision| revision.starts_with("genai-prices "))
    })
    .await;
    assert_eq!(fetched["models"], 1_500);
    assert_eq!(call(&server, 2).await.0, json!(9), "one's own still come first");
    let chat = |model: &str| json!({"gen_ai.request.model": model, "gen_ai.provider.name": "acme", "gen_ai.usage.input_tokens": 1_000_000});
    let (usd, revision) = told(&server, 3, chat("m7")).await;
    assert_eq!((usd, &revision), (json!(8), &fetched["revision"]));
    let (usd, _) = told(&server, 4, chat("gpt-4o")).await;
    assert_eq!(usd, Value::Null, "the built-in book is not asked any more");
    server.stop().await;
}

/// A price book of so many models: the first costs a dollar per million tokens, the next two.
fn book(models: usize) -> String {
    let models = (0..models).map(|number| {
        let name = format!("m{number}");
        json!({"id": name, "match": {"equals": name}, "prices": {"input_mtok": number + 1, "output_mtok": 1}})
    });
    let models: Vec<Value> = models.collect();
    json!([{"id": "acme", "name": "Acme", "api_pattern": "https://acme\\.test", "models": models}]).to_string()
}
