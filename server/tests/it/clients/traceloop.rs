//! The Traceloop Python SDK: its decorators, and its instrumentation of the OpenAI client.

use serde_json::{Value, json};

use super::environment::Environment;
use super::{arrived, assert_is_child, owner, span};
use crate::server::TestServer;

#[tokio::test(flavor = "multi_thread")]
async fn the_traceloop_sdk_sends_its_workflow_and_the_model_call_in_it() {
    let environment = Environment::python("traceloop");
    let server = TestServer::start().await;
    let trace = arrived(&server, &environment.send(&[&server.otlp]), 4).await;
    server.stop().await;

    for (name, kind, category, parent) in [
        ("support-chat.workflow", "internal", "workflow", None),
        ("search.tool", "internal", "tool", Some("support-chat.workflow")),
        ("answer.task", "internal", "workflow", Some("support-chat.workflow")),
        ("openai.chat", "client", "llm", Some("answer.task")),
    ] {
        let span = span(&trace, name);
        assert_eq!((&span["kind"], &span["category"]), (&json!(kind), &json!(category)), "{name}");
        assert_eq!((&span["service"], &span["environment"]), (&json!("traceloop-client"), &json!("test")), "{name}");
        assert_eq!(owner(span), ["sdk-traceloop", "user_traceloop", "session_traceloop"], "{name}");
        assert_eq!(span["capability"], "support-chat", "{name}");
        match parent {
            Some(parent) => assert_is_child(&trace, span, parent),
            None => assert_eq!(span["parent_span_id"], Value::Null),
        }
    }
    let model = span(&trace, "openai.chat");
    assert_eq!((&model["model"], &model["provider"]), (&json!("gpt-4o-2024-08-06"), &json!("openai")));
    assert_eq!((&model["tokens_in"], &model["tokens_out"]), (&json!(1_000), &json!(100)));
    // 600 tokens at 2.50, 400 from the cache at half of that, 100 at 10 dollars per million.
    assert_eq!((&model["cost_usd"], &model["cost_source"]), (&json!(0.003), &json!("derived")));
    assert_eq!((&trace["total_cost_usd"], &trace["error_count"]), (&json!(0.003), &json!(0)));
    assert_eq!((&trace["unpriced_span_count"], &trace["max_depth"]), (&json!(3), &json!(3)));
}
