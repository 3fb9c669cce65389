//! The documented sample: its figures, and that sending it again changes none.

use serde_json::{Value, json};

use crate::server::TestServer;
use crate::traffic::{SAMPLE_ID, sample};

/// Around the sample's 15 January 2024.
const RANGE: &str = "from=2024-01-15T00:00:00Z&to=2024-01-16T00:00:00Z";

async fn figures(server: &TestServer) -> Vec<Value> {
    let mut balance = server.get("/api/v1/balance").await;
    // When it was added up is another moment each time.
    for of_the_moment in ["as_of", "days", "open"] {
        balance.as_object_mut().unwrap().remove(of_the_moment);
    }
    let mut figures = vec![balance];
    for path in ["costs?group_by=tenant&", "costs?group_by=service&", "traces?", "dependencies?"] {
        figures.push(server.get(&format!("/api/v1/{path}{RANGE}")).await);
    }
    figures.push(server.get(&format!("/api/v1/traces/{SAMPLE_ID}")).await);
    figures
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_sent_eleven_times_counts_once_everywhere() {
    let server = TestServer::start().await;
    server.send(&sample()).await;
    // Its edges and depth are on the map once the finaliser has seen it.
    server.eventually(&format!("/api/v1/traces/{SAMPLE_ID}"), |trace| trace["max_depth"] == 3).await;
    // Latencies come with the roller.
    let rolled = |map: &Value| map["nodes"][0]["p95_ms"].is_number();
    server.eventually(&format!("/api/v1/dependencies?{RANGE}"), rolled).await;
    let once = figures(&server).await;
    for _ in 0..10 {
        let (_, answer) = server.post("/api/v1/traces", &sample()).await;
        assert_eq!(answer["rejected"], json!([]), "a span that is there already is no mistake of the sender");
    }
    assert_eq!(figures(&server).await, once);

    let [balance, by_tenant, by_service, traces, map, trace] = once.as_slice() else { panic!("six figures") };
    assert_eq!((&balance["balanced"], &balance["total_cost_usd"]), (&json!(true), &json!(0.00125)));
    for (name, sum) in balance["by"].as_object().unwrap() {
        assert_eq!(sum, &json!(0.00125), "by {name}");
    }
    assert_eq!(by_tenant["groups"][0]["key"], "tenant_123");
    assert_eq!((&by_tenant["total_cost_usd"], &by_tenant["span_count"]), (&json!(0.00125), &json!(3)));
    let services: Vec<_> = by_service["groups"].as_array().unwrap().iter().map(|group| &group["key"]).collect();
    assert_eq!(services, ["tool_executor", "orchestrator", "queue_processor"], "dearest first");
    assert_eq!((&traces["total"]["traces"], &traces["total"]["cost_usd"]), (&json!(1), &json!(0.00125)));
    assert_eq!(map["edges"].as_array().unwrap().len(), 2);
    assert_eq!((&trace["total_cost_usd"], &trace["total_duration_ms"]), (&json!(0.00125), &json!(250)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_comes_back_in_the_shape_it_was_sent_in() {
    let server = TestServer::start().await;
    server.send(&sample()).await;
    let path = format!("/api/v1/traces/{SAMPLE_ID}");
    let back = server.eventually(&path, |trace| trace["max_depth"] == 3).await;
    let sent = sample();
    assert_eq!(back["trace_id"], sent["trace_id"]);
    for key in ["total_cost_usd", "total_duration_ms"] {
        assert_eq!(back[key], sent[key], "{key}");
    }
    assert_eq!((&back["span_count"], &back["error_count"], &back["partial"]), (&json!(3), &json!(0), &json!([])));
    let spans = sent["spans"].as_array().unwrap();
    for (back, sent) in back["spans"].as_array().unwrap().iter().zip(spans) {
        for key in ["span_id", "parent_span_id", "operation_name", "service", "capability", "tenant", "attributes"] {
            assert_eq!(back[key], sent[key], "{key}");
        }
        assert_eq!(back["cost_usd"], sent["attributes"]["cost_usd"]);
        assert_eq!(back["cost_source"], "reported");
        assert!(back["cost_note"].as_str().unwrap().contains("cost_usd"));
    }
    assert_eq!(back["spans"][1]["cost_detail"]["accumulated_usd"], json!(0.00115));

    let (_, answer) = server.post("/api/v1/traces", &back).await;
    assert_eq!(answer["rejected"], json!([]), "what comes back can be sent");
    assert_eq!(server.get("/api/v1/balance").await["total_cost_usd"], json!(0.00125));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_is_written_with_all_its_digits() {
    let server = TestServer::start().await;
    server.send(&sample()).await;
    let text = reqwest::get(format!("{}/api/v1/traces/{SAMPLE_ID}", server.http)).await.unwrap().text().await.unwrap();
    assert!(text.contains(r#""cost_usd":0.00005"#), "{text}");
    assert!(!text.contains("e-"), "no scientific notation in {text}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_larger_than_a_page_are_whole() {
    let server = TestServer::start().await;
    let trace = crate::traffic::a_trace(1).with_unpriced_children(2_500);
    server.send(&trace.body()).await;
    let path = format!("/api/v1/traces/{}", trace.id());
    // Settled, it changes no more: a trace that changes while it is read says so.
    server.eventually(&path, |trace| !trace["max_depth"].is_null()).await;
    let back = server.get(&path).await;
    let ids: std::collections::HashSet<_> =
        back["spans"].as_array().unwrap().iter().map(|span| span["span_id"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), &back["span_count"]), (2_501, &json!(2_501)));
    assert_eq!(back["partial"], json!(["the cost of 2501 spans is unknown: the total is a lower bound"]));
    server.stop().await;
}
