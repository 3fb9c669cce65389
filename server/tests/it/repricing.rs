//! Calls are priced again while the server is killed and the same traces go on growing.

use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::process::{DataFolder, ServerProcess};

/// Enough for several transactions of changes, so that a kill falls between two of them.
const TRACES: usize = 1_500;
const CALLS_PER_TRACE: usize = 4;

fn price(per_million: &str) -> String {
    format!("prices:\n  - {{model: acme-large, input_per_million: {per_million}}}\n")
}

fn rfc3339(seconds_ago: i64) -> String {
    (Utc::now() - TimeDelta::seconds(seconds_ago)).to_rfc3339_opts(SecondsFormat::Nanos, true)
}

/// Calls of a million tokens each, under a span of a workflow that says nothing of its own.
fn trace(number: usize, spans: std::ops::Range<usize>) -> Value {
    let spans = spans.map(|span| {
        let parent = if span == 0 { Value::Null } else { json!(format!("{:016x}", 1)) };
        let mut told = json!({"span_id": format!("{:016x}", span + 1), "parent_span_id": parent, "operation_name": "work",
                              "service": "priced", "tenant": format!("tenant-{}", number % 3), "start_time": rfc3339(60),
                              "end_time": rfc3339(59), "attributes": {}});
        if span > 0 {
            told["attributes"] = json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "acme",
                                        "gen_ai.request.model": "acme-large", "gen_ai.usage.input_tokens": 1_000_000});
        }
        told
    });
    json!({"trace_id": format!("{:032x}", number + 1), "spans": spans.collect::<Vec<_>>()})
}

async fn send(server: &ServerProcess, spans: std::ops::Range<usize>) {
    let client = reqwest::Client::new();
    let traces: Vec<Value> = (0..TRACES).map(|number| trace(number, spans.clone())).collect();
    for some in traces.chunks(250) {
        let answer = client.post(format!("{}/api/v1/traces", server.http)).json(&some).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
}

async fn get(server: &ServerProcess, path: &str) -> Value {
    let text = reqwest::get(format!("{}{path}", server.http)).await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}"))
}

async fn post(server: &ServerProcess, path: &str, body: Value) -> Value {
    let answer = reqwest::Client::new().post(format!("{}{path}", server.http)).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// The newest run as soon as it is as wanted.
async fn run_when(server: &ServerProcess, wanted: impl Fn(&Value) -> bool) -> Value {
    let waiting = async {
        loop {
            let run = get(server, "/api/v1/prices/repricing").await["runs"][0].clone();
            if wanted(&run) {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), waiting).await.expect("the run goes on")
}

async fn assert_balanced(server: &ServerProcess, total_usd: usize) {
    let balance = get(server, "/api/v1/balance").await;
    assert_eq!(balance["balanced"], true, "{balance}");
    assert_eq!(balance["total_cost_usd"].as_f64(), Some(total_usd as f64));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_in_the_middle_goes_on_and_changes_every_call_once() {
    let folder = DataFolder::new("repricing-killed");
    folder.write("prices.yaml", &price("1"));
    let server = ServerProcess::start_with_rules(&folder);
    send(&server, 0..CALLS_PER_TRACE + 1).await;
    let calls = TRACES * CALLS_PER_TRACE;
    assert_balanced(&server, calls).await;
    folder.write("prices.yaml", &price("3"));
    let waiting = async {
        while get(&server, "/api/v1/prices").await["file"]["entries"][0] != "acme-large: 3 USD per million input tokens"
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap();

    post(&server, "/api/v1/prices/repricing", json!({"from": "-1h"})).await;
    let ready = run_when(&server, |run| run["state"] == "ready").await;
    assert_eq!((&ready["calls"], &ready["changed_calls"]), (&json!(calls), &json!(calls)));
    let path = format!("/api/v1/prices/repricing/{}/apply", ready["id"]);
    post(&server, &path, json!({"by": "Robin"})).await;
    let applied = |run: &Value| run["application"]["applied_calls"].as_u64().unwrap_or_default();
    // The same traces get more spans, some of them calls at the new price, while their calls are changed.
    let growing = send(&server, CALLS_PER_TRACE + 1..CALLS_PER_TRACE + 2);
    let ((), half_way) = tokio::join!(growing, run_when(&server, |run| applied(run) > 0));
    server.kill();
    let was_killed_in_the_middle = half_way["state"] == "applying";

    let server = ServerProcess::start_with_rules(&folder);
    let done = run_when(&server, |run| run["state"] == "applied").await;
    assert_eq!((applied(&done), &done["application"]["skipped_calls"]), (calls as u64, &json!(0)), "{half_way}");
    assert_eq!(done["application"]["moved_usd"].as_f64(), Some((2 * calls) as f64));
    assert_balanced(&server, 3 * calls + 3 * TRACES).await;
    let shown = get(&server, &format!("/api/v1/prices/repricing/{}", done["id"])).await;
    let lines = shown["lines"].as_array().unwrap();
    let moved: Vec<_> =
        lines.iter().map(|line| (line["tenant"].as_str().unwrap(), line["applied_calls"].as_u64().unwrap())).collect();
    let each = (calls / 3) as u64;
    assert_eq!(moved, [("tenant-0", each), ("tenant-1", each), ("tenant-2", each)]);
    assert!(was_killed_in_the_middle, "it was over before it could be killed: {half_way}");
    assert!(server.stop().success());
}
