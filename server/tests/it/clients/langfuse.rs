//! The Langfuse Python SDK, told that this server is Langfuse.

use serde_json::{Value, json};

use super::environment::Environment;
use super::{arrived, assert_is_child, owner, span};
use crate::server::TestServer;

#[tokio::test(flavor = "multi_thread")]
async fn the_langfuse_sdk_finds_its_path_and_its_costs_are_the_senders_own() {
    let environment = Environment::python("langfuse");
    let server = TestServer::start().await;
    let trace = arrived(&server, &environment.send(&[&server.otlp]), 4).await;
    server.stop().await;

    for (name, category, status) in [
        ("agent", "agent", "unset"),
        ("answer", "llm", "unset"),
        ("summary", "llm", "unset"),
        ("search", "tool", "error"),
    ] {
        let span = span(&trace, name);
        assert_eq!((&span["category"], &span["status"]), (&json!(category), &json!(status)), "{name}");
        assert_eq!((&span["service"], &span["environment"]), (&json!("langfuse-client"), &json!("test")), "{name}");
        assert_eq!(owner(span), ["sdk-langfuse", "user_langfuse", "session_langfuse"], "{name}");
        assert_eq!(span["capability"], "support-chat", "{name}");
        assert_eq!(span["attributes"]["langfuse.trace.tags"], json!(["support", "beta"]), "{name}");
        match name {
            "agent" => assert_eq!(span["parent_span_id"], Value::Null),
            _ => assert_is_child(&trace, span, "agent"),
        }
    }
    let answer = span(&trace, "answer");
    // 0.0021 for what was read, 0.0007 for what was read from the cache, 0.0014 for what was written.
    assert_eq!((&answer["cost_usd"], &answer["cost_source"]), (&json!(0.0042), &json!("reported")));
    let summary = span(&trace, "summary");
    // 600 tokens at 2.50, 400 from the cache at half of that, 100 at 10 dollars per million.
    assert_eq!((&summary["cost_usd"], &summary["cost_source"]), (&json!(0.003), &json!("derived")));
    for generation in [answer, summary] {
        assert_eq!(generation["model"], "gpt-4o");
        // Each token is in one of the SDK's buckets; what was read is all that is not output.
        assert_eq!((&generation["tokens_in"], &generation["tokens_out"]), (&json!(1_000), &json!(100)));
    }
    assert_eq!(span(&trace, "search")["status_message"], "the index is gone");
    assert_eq!((&trace["total_cost_usd"], &trace["error_count"]), (&json!(0.0072), &json!(1)));
    assert_eq!((&trace["unpriced_span_count"], &trace["max_depth"]), (&json!(2), &json!(2)));
}
