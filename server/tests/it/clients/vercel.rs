//! The AI SDK with its mock model. Its agent's span repeats the usage of the model calls below it.

use serde_json::{Value, json};

use super::environment::Environment;
use super::{arrived, assert_is_child, owner, span, spans};
use crate::server::TestServer;

const OWNER: [&str; 3] = ["sdk-vercel", "user_vercel", "session_vercel"];

async fn trace(version: &str, spans: usize) -> Value {
    let environment = Environment::javascript("vercel");
    let server = TestServer::start().await;
    let trace = arrived(&server, &environment.send(&[version, &server.otlp]), spans).await;
    server.stop().await;
    trace
}

/// What both versions send, in the words of each: two model calls and a tool below an agent.
fn assert_is_counted_once(trace: &Value, agent: &str, model: &str, tool: &str) {
    let root = span(trace, "POST /v1/chat");
    assert_eq!((&root["parent_span_id"], &root["service"]), (&Value::Null, &json!("vercel-client")));
    let agent = span(trace, agent);
    assert_is_child(trace, agent, "POST /v1/chat");
    assert_eq!(
        (&agent["cost_usd"], &agent["claimed_cost_usd"], &agent["cost_verdict"]),
        (&json!(0), &json!(0.0052), &json!("repeated")),
        "its calls cost, not the agent"
    );
    assert!(agent["cost_note"].as_str().unwrap().contains("spans below it tell the same tokens"), "{agent}");
    assert_eq!(owner(agent), OWNER);
    let calls = spans(trace, model);
    assert_eq!(calls.len(), 2, "{model}");
    // 600 and 1 000 tokens at 2.50, 20 and 100 at 10 dollars per million.
    for (call, [read, written], cost) in [(calls[0], [600, 20], 0.0017), (calls[1], [1_000, 100], 0.0035)] {
        assert_eq!(call["category"], "llm");
        assert_eq!((&call["model"], &call["provider"]), (&json!("gpt-4o-2024-08-06"), &json!("openai")));
        assert_eq!((&call["tokens_in"], &call["tokens_out"]), (&json!(read), &json!(written)));
        assert_eq!((&call["cost_usd"], &call["cost_source"]), (&json!(cost), &json!("derived")));
    }
    let tool = span(trace, tool);
    assert_eq!(
        (&tool["category"], &tool["capability"], &tool["cost_usd"]),
        (&json!("tool"), &json!("search"), &Value::Null)
    );
    assert_eq!((&trace["total_cost_usd"], &trace["error_count"]), (&json!(0.0052), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ai_sdk_6_tells_the_owner_as_metadata_and_its_usage_is_counted_once() {
    let trace = trace("6", 5).await;
    assert_is_counted_once(&trace, "ai.generateText", "ai.generateText.doGenerate", "ai.toolCall");
    let calls = spans(&trace, "ai.generateText.doGenerate");
    for span in [calls[0], calls[1], span(&trace, "ai.toolCall")] {
        assert_is_child(&trace, span, "ai.generateText");
        assert_eq!(owner(span), OWNER, "{}", span["operation_name"]);
    }
    assert_eq!((&trace["unpriced_span_count"], &trace["max_depth"]), (&json!(3), &json!(3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ai_sdk_7_tells_the_owner_as_context_and_its_usage_is_counted_once() {
    let trace = trace("7", 7).await;
    assert_is_counted_once(&trace, "invoke_agent gpt-4o", "chat gpt-4o", "execute_tool search");
    let calls = spans(&trace, "chat gpt-4o");
    for (span, step) in [(calls[0], "step 1"), (span(&trace, "execute_tool search"), "step 1"), (calls[1], "step 2")] {
        assert_is_child(&trace, span, step);
    }
    for step in ["step 1", "step 2"] {
        let step = span(&trace, step);
        assert_is_child(&trace, step, "invoke_agent gpt-4o");
        assert_eq!(owner(step), OWNER, "{}", step["operation_name"]);
    }
    assert_eq!((&trace["unpriced_span_count"], &trace["max_depth"]), (&json!(5), &json!(4)));
}
