//! Traces that are long and deep.

use serde_json::json;

use super::door::Door;
use super::sent::Sent;
use crate::server::TestServer;

/// Spans each door tells of.
const SPANS_EACH: u64 = 2_300;

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_twenty_thousand_levels_deep_is_told_by_all_doors_together() {
    let server = TestServer::start().await;
    for (number, door) in (0..).zip(Door::ALL) {
        let first = number * SPANS_EACH + 1;
        // Each is the child of the one before; the first of all has a parent of zero, and so none.
        let spans: Vec<_> = (first..first + SPANS_EACH).map(|number| Sent::new(1, number).under(number - 1)).collect();
        let answer = door.post(&server, door.body(&spans)).await;
        assert!(answer.is_success() && answer.rejected == 0, "{door:?}: {answer:?}");
    }
    let all = SPANS_EACH * Door::ALL.len() as u64;
    let path = format!("/traces/{:032x}", 1);
    let trace = server.eventually(&format!("/api/v1{path}"), |trace| trace["max_depth"] == all).await;
    assert_eq!((&trace["span_count"], trace["spans"].as_array().unwrap().len() as u64), (&json!(all), all));
    assert_eq!(trace["total_cost_usd"], json!(20.7));
    for path in [path.clone(), format!("{path}?span={all:016x}")] {
        assert_eq!(reqwest::get(format!("{}{path}", server.http)).await.unwrap().status(), 200);
    }
    assert_eq!(server.get("/api/v1/balance").await["balanced"], true);
    server.stop().await;
}
