//! Who pays and what counts: the same figures whichever part of a trace comes first.

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::server::TestServer;

/// A span of a trace, `number` of it.
fn a_span(trace: u64, number: u64, parent: Option<u64>, name: &str, attributes: Value) -> Value {
    let time = |offset: i64| (Utc::now() + TimeDelta::milliseconds(offset)).to_rfc3339_opts(SecondsFormat::Nanos, true);
    json!({"trace_id": format!("{trace:032x}"), "span_id": format!("{number:016x}"),
           "parent_span_id": parent.map(|parent| format!("{parent:016x}")), "operation_name": name, "service": "agents",
           "start_time": time(-2_000 + number as i64), "end_time": time(-1_000), "attributes": attributes})
}

/// A call of gpt-4o: 1 000 tokens at 2.50 and 100 at 10 dollars per million are 0.0035.
fn a_call(keys: [&str; 3], more: Value) -> Value {
    let mut attributes = json!({keys[0]: "gpt-4o", keys[1]: 1_000, keys[2]: 100});
    attributes.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    attributes
}

const GEN_AI: [&str; 3] = ["gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"];
const OPEN_INFERENCE: [&str; 3] = ["llm.model_name", "llm.token_count.prompt", "llm.token_count.completion"];

/// An agent that repeats what its two calls below tell, in three dialects, each costing 0.007.
fn agents(trace: u64) -> [Vec<Value>; 3] {
    let call = a_call(GEN_AI, json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}));
    let agent = json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.provider.name": "openai", "user.id": "user_123",
                       "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 2_000, "gen_ai.usage.output_tokens": 200});
    let otel = vec![
        a_span(trace, 1, None, "invoke_agent", agent),
        a_span(trace, 2, Some(1), "chat", call.clone()),
        a_span(trace, 3, Some(1), "chat", call),
    ];
    let call = a_call(OPEN_INFERENCE, json!({"openinference.span.kind": "LLM", "llm.provider": "openai"}));
    let agent = json!({"openinference.span.kind": "AGENT", "llm.cost.total": 0.00701, "user.id": "user_123"});
    let openinference = vec![
        a_span(trace + 1, 1, None, "agent", agent),
        a_span(trace + 1, 2, Some(1), "llm", call.clone()),
        a_span(trace + 1, 3, Some(1), "llm", call),
    ];
    let cost = |usd: f64| json!({"total": usd}).to_string();
    let langfuse = |kind: &str, usd: f64| json!({"langfuse.observation.type": kind, "langfuse.observation.cost_details": cost(usd), "langfuse.user.id": "user_123"});
    let observations = vec![
        a_span(trace + 2, 1, None, "observed", langfuse("span", 0.007)),
        a_span(trace + 2, 2, Some(1), "agent", langfuse("agent", 0.007)),
        a_span(trace + 2, 3, Some(2), "generation", langfuse("generation", 0.003)),
        a_span(trace + 2, 4, Some(2), "generation", langfuse("generation", 0.004)),
    ];
    [otel, openinference, observations]
}

/// Whether the trace has been settled, with all its spans.
fn is_settled(spans: usize) -> impl Fn(&Value) -> bool {
    move |trace| trace["span_count"] == spans && !trace["max_depth"].is_null()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_repeats_its_calls_costs_once_whichever_part_of_it_comes_first() {
    let server = TestServer::start().await;
    let mut total = 0;
    for (round, backwards) in [(0, false), (1, true)] {
        for (at_once, base) in [(true, 0x100), (false, 0x200)] {
            for mut spans in agents(base + round * 0x1000) {
                let (count, trace_id) = (spans.len(), spans[0]["trace_id"].as_str().unwrap().to_owned());
                if backwards {
                    spans.reverse();
                }
                let requests: Vec<Vec<Value>> =
                    if at_once { vec![spans] } else { spans.into_iter().map(|span| vec![span]).collect() };
                for spans in requests {
                    server.send(&json!({"spans": spans})).await;
                }
                let path = format!("/api/v1/traces/{trace_id}");
                let settled = is_settled(count);
                // One that is settled while it is read says so, since its spans are older than its totals.
                let is_whole = |trace: &Value| trace["total_cost_usd"] == json!(0.007) && trace["partial"] == json!([]);
                let trace = server.eventually(&path, |trace| settled(trace) && is_whole(trace)).await;
                let own = trace["spans"].as_array().unwrap().iter().filter(|span| span["cost_verdict"] == "own");
                assert_eq!(own.count(), 2, "{trace}");
                assert_eq!(trace["unpriced_span_count"], 0, "{trace}");
                total += 7;
            }
        }
    }
    let costs = server.get("/api/v1/costs?from=-1h&group_by=user").await;
    let whole = json!(f64::from(total) / 1_000.0);
    assert_eq!((&costs["groups"][0]["key"], &costs["groups"][0]["cost_usd"]), (&json!("user_123"), &whole));
    assert_eq!(costs["groups"].as_array().unwrap().iter().filter(|group| group["cost_usd"] != json!(0)).count(), 1);
    let models = server.get("/api/v1/costs?from=-1h&group_by=model").await;
    let of_gpt = &models["groups"].as_array().unwrap().iter().find(|group| group["key"] == "gpt-4o").unwrap();
    assert_eq!(of_gpt["tokens_in"], json!(16_000), "eight traces with two calls of a thousand");
    let balance = server.get("/api/v1/balance").await;
    assert_eq!((&balance["balanced"], &balance["total_cost_usd"]), (&json!(true), &whole), "{balance}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_two_instrumentations_tell_side_by_side_costs_once_whichever_comes_first() {
    let server = TestServer::start().await;
    let answer =
        |id: &str| json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.response.id": id});
    let spans = |trace: u64| {
        [
            a_span(trace, 1, None, "turn", json!({"user.id": "user_123"})),
            a_span(trace, 2, Some(1), "chat gpt-4o", a_call(GEN_AI, answer("resp_1"))),
            a_span(trace, 3, Some(1), "openai.chat", a_call(GEN_AI, answer("resp_1"))),
            // As many tokens by chance: another answer, and one that has no id.
            a_span(trace, 4, Some(1), "chat gpt-4o", a_call(GEN_AI, answer("resp_2"))),
            a_span(trace, 5, Some(1), "chat gpt-4o", a_call(GEN_AI, json!({"gen_ai.provider.name": "openai"}))),
        ]
    };
    server.send(&json!({"spans": spans(0x51)})).await;
    for (trace, order) in [(0x52, [0, 1, 2, 3, 4]), (0x53, [4, 3, 2, 1, 0])] {
        let spans = spans(trace);
        for place in order {
            server.send(&json!({"spans": [spans[place]]})).await;
        }
    }
    for trace in 0x51..=0x53 {
        let is_whole = |trace: &Value| trace["total_cost_usd"] == json!(0.0105) && is_settled(5)(trace);
        let trace = server.eventually(&format!("/api/v1/traces/{trace:032x}"), is_whole).await;
        let told_twice = trace["spans"].as_array().unwrap().iter().filter(|span| span["cost_verdict"] == "told twice");
        let of_it: Vec<_> = told_twice.map(|span| (span["span_id"].as_str(), &span["claimed_cost_usd"])).collect();
        assert_eq!(of_it, [(Some("0000000000000003"), &json!(0.0035))], "{trace}");
    }
    let models = server.get("/api/v1/costs?from=-1h&group_by=model").await;
    let of_gpt = models["groups"].as_array().unwrap().iter().find(|group| group["key"] == "gpt-4o").unwrap();
    assert_eq!(of_gpt["tokens_in"], json!(9_000), "three traces with three answers of a thousand");
    let balance = server.get("/api/v1/balance").await;
    assert_eq!((&balance["balanced"], &balance["total_cost_usd"]), (&json!(true), &json!(0.0315)), "{balance}");
    let page = server.page(&format!("/traces/{:032x}?span=0000000000000003", 0x52)).await;
    assert!(page.contains("another span tells the same answer"), "{page}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_of_a_parent_pays_for_its_children_and_the_drawer_says_so() {
    let server = TestServer::start().await;
    // The child comes first, in a request of its own.
    server.send(&json!({"spans": [a_span(7, 2, Some(1), "tool", json!({"cost_usd": 0.25}))]})).await;
    let by_user = "/api/v1/costs?from=-1h&group_by=user";
    assert_eq!(server.get(by_user).await["groups"][0]["key"], Value::Null, "nobody is known yet");
    let parent = json!({"user.id": "user_123", "tenant": "acme", "accumulated_cost_usd": 0.25});
    server.send(&json!({"spans": [a_span(7, 1, None, "parent_request", parent)]})).await;
    let moved =
        |costs: &Value| costs["groups"][0]["key"] == "user_123" && costs["groups"][0]["cost_usd"] == json!(0.25);
    let costs = server.eventually(by_user, moved).await;
    assert_eq!(costs["total_cost_usd"], json!(0.25), "a running total is never summed");
    let trace = server.get(&format!("/api/v1/traces/{:032x}", 7)).await;
    let child = trace["spans"].as_array().unwrap().iter().find(|span| span["operation_name"] == "tool").unwrap();
    assert_eq!((&child["user"], &child["tenant"]), (&json!("user_123"), &json!("acme")));
    assert_eq!(child["owners"]["user"], json!({"source": "span", "inherited": true}));
    let page = format!("{}/traces/{:032x}?span={:016x}", server.http, 7, 2);
    let page = reqwest::get(page).await.unwrap().text().await.unwrap();
    assert!(page.contains("user: inherited from parent_request"), "{page}");
    assert_eq!(server.get("/api/v1/balance").await["balanced"], true);
    server.stop().await;
}
