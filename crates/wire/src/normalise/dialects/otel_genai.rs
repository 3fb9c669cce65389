//! OpenTelemetry semantic conventions for generative AI, as they stand and as they were.
//!
//! The convention counts cached tokens within the input and reasoning within the output; [`super::super::usage`] brings
//! everybody else's counts to that. Vendors that follow it add keys of their own, which stand here beside its own.

use model::span::Category;

use crate::normalise::field::Field;
use crate::normalise::found::Found;
use crate::normalise::usage::{ANY_RELEASE, Counting, ScopeRule};

pub const OPERATION: &[&str] = &["gen_ai.operation.name"];
pub const PROVIDER: &[&str] = &["gen_ai.provider.name"];
/// What the provider was called until semantic conventions 1.37.
pub const SYSTEM: &[&str] = &["gen_ai.system"];
pub const RESPONSE_MODEL: &[&str] = &["gen_ai.response.model"];
pub const REQUEST_MODEL: &[&str] = &["gen_ai.request.model"];
pub const INPUT_TOKENS: &[&str] = &["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"];
pub const OUTPUT_TOKENS: &[&str] = &["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"];
pub const TOTAL_TOKENS: &[&str] = &["gen_ai.usage.total_tokens"];
pub const CACHE_READ: &[&str] = &["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens"];
pub const CACHE_WRITE: &[&str] =
    &["gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens"];
/// Anthropic's own SDK (scope `com.anthropic.sdk.python` 2.11) writes what the convention calls creation.
pub const CACHE_WRITE_ANTHROPIC: &[&str] = &["gen_ai.usage.cache_write.input_tokens"];
pub const REASONING: &[&str] = &["gen_ai.usage.reasoning.output_tokens"];
pub const SERVICE_TIER: &[&str] = &[
    "openai.response.service_tier",
    "gen_ai.openai.response.service_tier",
    "openai.request.service_tier",
    "gen_ai.request.service_tier",
];
/// The tier asked for in openai-v2 before 2.4, and the tier Anthropic's own SDK tells.
pub const MORE_SERVICE_TIER: &[&str] = &["gen_ai.openai.request.service_tier", "anthropic.response.service_tier"];
pub const COST_AMOUNT: &[&str] = &["gen_ai.usage.cost.amount"];
pub const COST_CURRENCY: &[&str] = &["gen_ai.usage.cost.currency"];
pub const COST_ORIGIN: &[&str] = &["gen_ai.usage.cost.source"];
pub const COST_USD: &[&str] = &["gen_ai.usage.cost_usd"];
pub const COST_IN: &[&str] = &["gen_ai.usage.input_cost"];
pub const COST_OUT: &[&str] = &["gen_ai.usage.output_cost"];
pub const AGENT: &[&str] = &["gen_ai.agent.name"];
pub const AGENT_ID: &[&str] = &["gen_ai.agent.id"];
pub const TOOL: &[&str] = &["gen_ai.tool.name"];
pub const WORKFLOW: &[&str] = &["gen_ai.workflow.name"];
pub const CONVERSATION: &[&str] = &["gen_ai.conversation.id"];
pub const SESSION: &[&str] = &["gen_ai.session.id"];
pub const USER: &[&str] = &["gen_ai.user.id"];

/// Scopes seen to follow the convention.
pub const SCOPES: &[ScopeRule] = &[
    ("opentelemetry.instrumentation.openai_v2", ANY_RELEASE, Counting::Within),
    ("opentelemetry.util.genai.handler", ANY_RELEASE, Counting::Within),
    ("com.anthropic.sdk.python", ANY_RELEASE, Counting::Within),
];

/// The sort of work by `gen_ai.operation.name`: the convention's words, then those that SDKs add.
pub fn category(found: &Found<'_>) -> Option<Category> {
    Some(match found.word(Field::GenAiOperation)?.as_ref() {
        "chat" | "text_completion" | "generate_content" => Category::Llm,
        "embeddings" => Category::Embedding,
        "retrieval" => Category::Retrieval,
        "execute_tool" => Category::Tool,
        "invoke_agent" | "create_agent" => Category::Agent,
        "invoke_workflow" | "plan" => Category::Workflow,
        // AI SDK 7.
        "agent_step" => Category::Agent,
        "rerank" => Category::Retrieval,
        "decide" => Category::Decision,
        // OpenLIT.
        "execute_task" => Category::Workflow,
        "mcp_tool_call" => Category::Tool,
        memory if memory.ends_with("_memory") || memory.starts_with("memory_") => Category::Retrieval,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use model::span::Category;
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    /// opentelemetry-instrumentation-openai-v2 2.4b0 with opentelemetry-util-genai 1.1b0.
    #[test]
    fn a_chat_as_the_official_instrumentation_of_openai_sends_it() {
        let span = a_span("chat gpt-4o")
            .of_kind(3)
            .in_scope("opentelemetry.util.genai.handler", "1.1b0")
            .with(json!({
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.provider.name": "openai",
                "gen_ai.response.finish_reasons": ["stop"],
                "gen_ai.response.model": "gpt-4o-2024-08-06",
                "gen_ai.usage.input_tokens": 1500,
                "gen_ai.usage.output_tokens": 200,
                "openai.request.service_tier": "flex",
                "openai.response.service_tier": "default",
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// opentelemetry-instrumentation-openai-v2 2.1b0, of the time before `gen_ai.provider.name`; it mixes up the tiers.
    #[test]
    fn a_chat_by_the_deprecated_names() {
        let span = a_span("chat gpt-4o")
            .of_kind(3)
            .in_scope("opentelemetry.instrumentation.openai_v2", "")
            .with(json!({
                "gen_ai.operation.name": "chat",
                "gen_ai.system": "openai",
                "gen_ai.request.model": "gpt-4o",
                "server.address": "api.openai.com",
                "gen_ai.openai.response.service_tier": "flex",
                "gen_ai.openai.request.service_tier": "default",
                "gen_ai.response.model": "gpt-4o-2024-08-06",
                "gen_ai.usage.prompt_tokens": 1500,
                "gen_ai.usage.completion_tokens": 200,
                "error.type": "APIConnectionError",
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// The tracing built into anthropic 2.11 for Python.
    #[test]
    fn a_message_as_anthropics_own_sdk_sends_it() {
        let span = a_span("anthropic.messages.create")
            .of_kind(3)
            .in_scope("com.anthropic.sdk.python", "2.11.0")
            .with(json!({
                "server.address": "api.anthropic.com",
                "gen_ai.provider.name": "anthropic",
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": "claude-sonnet-4-5",
                "http.request.method": "POST",
                "http.route": "/v1/messages",
                "gen_ai.response.model": "claude-sonnet-4-5-20250929",
                "gen_ai.usage.input_tokens": 130_213,
                "gen_ai.usage.cache_write.input_tokens": 1253,
                "gen_ai.usage.cache_read.input_tokens": 128_955,
                "anthropic.response.service_tier": "standard",
                "gen_ai.usage.output_tokens": 40,
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    #[test]
    fn every_operation_is_some_sort_of_work() {
        for (operation, category) in [
            ("chat", Category::Llm),
            ("Generate_Content", Category::Llm),
            ("embeddings", Category::Embedding),
            ("retrieval", Category::Retrieval),
            ("rerank", Category::Retrieval),
            ("search_memory", Category::Retrieval),
            ("memory_search", Category::Retrieval),
            ("execute_tool", Category::Tool),
            ("create_agent", Category::Agent),
            ("agent_step", Category::Agent),
            ("invoke_workflow", Category::Workflow),
            ("plan", Category::Workflow),
            ("decide", Category::Decision),
            ("something_new", Category::Other),
        ] {
            let span = a_span("work").with(json!({"gen_ai.operation.name": operation})).normalised();
            assert_eq!(span.category, category, "{operation}");
        }
    }

    #[test]
    fn usage_of_an_agent_is_that_of_a_group_and_what_is_aggregated_is_shown_and_no_usage() {
        for (key, usage) in
            [("gen_ai.usage.input_tokens", Some(Some(900))), ("gen_ai.aggregated_usage.input_tokens", None)]
        {
            let sent = json!({"gen_ai.operation.name": "invoke_agent", key: 900, "gen_ai.request.model": "gpt-4o"});
            let span = a_span("invoke_agent").with(sent).normalised();
            assert_eq!((span.category, span.category.is_group()), (Category::Agent, true));
            assert_eq!(span.model_call.map(|call| call.usage.input), usage);
            assert!(span.detail.attributes.get(key).is_some());
        }
        let stray = json!({"gen_ai.operation.name": "chat", "gen_ai.aggregated_usage.input_tokens": 900});
        assert_eq!(a_span("chat").with(stray).normalised().model_call.unwrap().usage.input, None);
    }
}
