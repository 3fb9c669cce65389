//! Overrides of verdicts, from outside: what somebody says counts, for what comes, for what comes in parts, and for what is there.

use chrono::{SecondsFormat, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::server::TestServer;

/// A call of a gateway that costs a cent, and below it the same of the service it calls, which names no cost of tokens.
fn spans(trace: u64) -> [Value; 2] {
    let time = |offset: i64| (Utc::now() + TimeDelta::milliseconds(offset)).to_rfc3339_opts(SecondsFormat::Nanos, true);
    let span = |number: u64, parent: Option<u64>, service: &str, name: &str| {
        json!({"trace_id": format!("{trace:032x}"), "span_id": format!("{number:016x}"),
               "parent_span_id": parent.map(|parent| format!("{parent:016x}")), "operation_name": name, "service": service,
               "start_time": time(-2_000 + number as i64), "end_time": time(-1_000), "attributes": {"cost_usd": 0.01}})
    };
    [span(1, None, "gateway", "bill"), span(2, Some(1), "planner", "chat")]
}

async fn say(server: &TestServer, body: Value) -> Value {
    let (status, said) = server.post("/api/v1/verdicts", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{said}");
    said
}

async fn delete(server: &TestServer, path: &str) -> (StatusCode, Value) {
    let answer = reqwest::Client::new().delete(format!("{}{path}", server.http)).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

/// The trace as soon as it has been settled with both its spans.
async fn settled(server: &TestServer, trace: u64) -> Value {
    let is_settled = |trace: &Value| trace["span_count"] == 2 && !trace["max_depth"].is_null();
    server.eventually(&format!("/api/v1/traces/{trace:032x}"), is_settled).await
}

/// The spans of a trace, by their ids.
fn by_id(trace: &Value) -> Vec<&Value> {
    let mut spans: Vec<&Value> = trace["spans"].as_array().unwrap().iter().collect();
    spans.sort_by_key(|span| span["span_id"].as_str());
    spans
}

fn verdicts(trace: &Value) -> Vec<&str> {
    by_id(trace).into_iter().map(|span| span["cost_verdict"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_to_be_counted_elsewhere_is_set_aside_whichever_span_comes_first() {
    let server = TestServer::start().await;
    let asked = json!({"service": "gateway", "ruling": "rolled_up", "by": "Robin", "note": "bills again"});
    let said = say(&server, asked.clone()).await;
    assert_eq!(
        (&said["added_by"], &said["operation"], &said["deleted_by"]),
        (&json!("Robin"), &Value::Null, &Value::Null)
    );
    assert_eq!(server.post("/api/v1/verdicts", &asked).await.0, StatusCode::CONFLICT, "there is one already");
    let [gateway, planner] = spans(1);
    server.send(&json!({"spans": [gateway, planner]})).await;
    for (trace, order) in [(2, [0, 1]), (3, [1, 0])] {
        for place in order {
            server.send(&json!({"spans": [spans(trace)[place]]})).await;
        }
    }
    for trace in 1..=3 {
        let trace = settled(&server, trace).await;
        assert_eq!(verdicts(&trace), ["set aside", "own"]);
        assert_eq!((&trace["total_cost_usd"], &by_id(&trace)[0]["claimed_cost_usd"]), (&json!(0.01), &json!(0.01)));
    }
    let books = server.get("/api/v1/balance").await;
    assert_eq!((&books["balanced"], &books["total_cost_usd"]), (&json!(true), &json!(0.03)), "{books}");
    let page = server.page(&format!("/traces/{:032x}?span=0000000000000001", 1)).await;
    for told in ["set aside", "Set by an override for service gateway (Robin, ", "bills again"] {
        assert!(page.contains(told), "{told} in {page}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_heard_where_spans_come_in_within_seconds() {
    // Nothing is settled but what each request tells.
    let server = TestServer::with(|config| config.quiet_seconds = 3_600).await;
    say(&server, json!({"service": "gateway", "operation": "bill", "ruling": "rolled_up", "by": "Robin"})).await;
    let heard = async {
        for trace in 1.. {
            server.send(&json!({"spans": spans(trace)})).await;
            let trace = server.get(&format!("/api/v1/traces/{trace:032x}")).await;
            if verdicts(&trace) == ["set aside", "own"] {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), heard).await.expect("it is heard");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_already_is_settled_again_when_somebody_asks_and_comes_back_likewise() {
    let server = TestServer::start().await;
    for trace in 1..=4 {
        server.send(&json!({"spans": spans(trace)})).await;
        settled(&server, trace).await;
    }
    let said = say(&server, json!({"service": "planner", "ruling": "rolled_up", "by": "Robin"})).await;
    assert_eq!(server.get("/api/v1/balance").await["total_cost_usd"], json!(0.08));
    let path = format!("/api/v1/verdicts/{}", said["id"]);
    let ask = json!({"by": "Ines", "days": 7});
    let (status, run) = server.post(&format!("{path}/settle"), &ask).await;
    assert_eq!((status, &run["service"]), (StatusCode::ACCEPTED, &json!("planner")), "{run}");
    let is_done = |told: &Value| !told["runs"][0]["finished_at"].is_null();
    let told = server.eventually("/api/v1/verdicts", is_done).await;
    assert_eq!((&told["runs"][0]["trace_count"], &told["runs"][0]["put_count"]), (&json!(4), &json!(4)));
    let halved = |books: &Value| books["total_cost_usd"] == json!(0.04);
    assert_eq!(server.eventually("/api/v1/balance", halved).await["balanced"], true);

    assert_eq!(delete(&server, &path).await.0, StatusCode::BAD_REQUEST, "nobody does it");
    let (status, gone) = delete(&server, &format!("{path}?by=Mara")).await;
    assert_eq!((status, &gone["deleted_by"]), (StatusCode::OK, &json!("Mara")));
    assert_eq!(delete(&server, &format!("{path}?by=Ines")).await.0, StatusCode::CONFLICT);
    let page = server.page(&format!("/traces/{:032x}?span=0000000000000002", 1)).await;
    assert!(page.contains(", which Mara took away"), "{page}");
    assert_eq!(server.post(&format!("{path}/settle"), &ask).await.0, StatusCode::ACCEPTED);
    let back = |books: &Value| books["total_cost_usd"] == json!(0.08);
    assert_eq!(server.eventually("/api/v1/balance", back).await["balanced"], true);
    let page = server.page("/settings/verdicts").await;
    for told in ["No overrides", "taken away by ", "Mara", "never counts", "4 traces looked at, 4 settled again"] {
        assert!(page.contains(told), "{told} in {page}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_nobody_or_says_nothing_is_refused_with_what_was_expected() {
    let server = TestServer::start().await;
    for (body, words) in [
        (json!({"operation": "chat", "ruling": "own", "by": "Robin"}), "name a service or an instrumentation scope"),
        (
            json!({"service": "planner", "ruling": "half", "by": "Robin"}),
            "expected own, rolled_up or default, got `half`",
        ),
        (json!({"service": "planner", "ruling": "own", "by": " "}), "say who"),
    ] {
        let (status, problem) = server.post("/api/v1/verdicts", &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
    let (status, _) = server.post("/api/v1/verdicts/7/settle", &json!({"by": "Robin", "days": 7})).await;
    assert_eq!(
        (status, delete(&server, "/api/v1/verdicts/7?by=Robin").await.0),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    let said = say(&server, json!({"service": "planner", "ruling": "own", "by": "Robin"})).await;
    let (status, problem) =
        server.post(&format!("/api/v1/verdicts/{}/settle", said["id"]), &json!({"by": "Robin", "days": 91})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    // A page of another site says nothing.
    let request = reqwest::Client::new().post(format!("{}/api/v1/verdicts", server.http));
    let request =
        request.header("origin", "https://evil.example").json(&json!({"service": "a", "ruling": "own", "by": "b"}));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    server.stop().await;
}
