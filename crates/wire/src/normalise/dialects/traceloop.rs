//! Traceloop (OpenLLMetry): its own span kinds, properties that are passed down, and the request type on calls of models.
//!
//! Two of its instrumentations hand on what Anthropic and Bedrock count: cached tokens beside the input, and a total that
//! leaves them out (traceloop/openllmetry#4449). Seen in Python 0.62.4 and JavaScript 0.27.0.

use model::span::Category;

use crate::normalise::field::Field;
use crate::normalise::found::Found;
use crate::normalise::usage::{ANY_RELEASE, Counting, ScopeRule};

pub const KIND: &[&str] = &["traceloop.span.kind"];
/// Older releases, and LiteLLM, say on the call itself what is asked for.
pub const REQUEST_TYPE: &[&str] = &["llm.request.type"];
/// The name of whatever the span is; that of an agent only when its kind says so.
pub const ENTITY: &[&str] = &["traceloop.entity.name"];
pub const TENANT: &[&str] = &["traceloop.association.properties.tenant", "traceloop.association.properties.tenant_id"];
pub const WORKFLOW: &[&str] = &["traceloop.workflow.name"];
pub const USER: &[&str] = &["traceloop.association.properties.user_id"];
pub const SESSION: &[&str] = &["traceloop.association.properties.session_id"];
pub const INPUT_TOKENS: &[&str] = &["llm.usage.prompt_tokens"];
pub const OUTPUT_TOKENS: &[&str] = &["llm.usage.completion_tokens"];
pub const TOTAL_TOKENS: &[&str] = &["llm.usage.total_tokens"];
pub const REASONING: &[&str] = &["gen_ai.usage.reasoning_tokens"];
pub const OLD_REASONING: &[&str] = &["llm.usage.reasoning_tokens"];

/// What its instrumentations are known to do, and until which release.
pub const SCOPES: &[ScopeRule] = &[
    ("opentelemetry.instrumentation.bedrock", (0, 63), Counting::CacheBeside),
    ("@traceloop/instrumentation-anthropic", (0, 28), Counting::CacheBeside),
    ("opentelemetry.instrumentation.anthropic", ANY_RELEASE, Counting::Within),
    ("opentelemetry.instrumentation.openai.v1", ANY_RELEASE, Counting::Within),
];

/// The sort of work by `traceloop.span.kind`, else by `llm.request.type`.
pub fn category(found: &Found<'_>) -> Option<Category> {
    by_kind(found).or_else(|| by_request_type(found))
}

fn by_kind(found: &Found<'_>) -> Option<Category> {
    Some(match found.word(Field::TraceloopKind)?.as_ref() {
        "workflow" | "task" => Category::Workflow,
        "agent" => Category::Agent,
        "tool" => Category::Tool,
        _ => return None,
    })
}

fn by_request_type(found: &Found<'_>) -> Option<Category> {
    Some(match found.word(Field::LlmRequestType)?.as_ref() {
        "chat" | "completion" => Category::Llm,
        "embedding" => Category::Embedding,
        "rerank" => Category::Retrieval,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use model::span::Category;
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    /// traceloop-sdk 0.62.4 with openai 3.52.
    #[test]
    fn a_chat_within_an_agent_of_a_workflow() {
        let span = a_span("openai.chat")
            .of_kind(3)
            .in_scope("opentelemetry.instrumentation.openai.v1", "0.62.4")
            .on_resource(json!({"service.name": "support"}))
            .with(json!({
                "gen_ai.operation.name": "chat",
                "traceloop.workflow.name": "triage",
                "gen_ai.agent.name": "planner",
                "traceloop.entity.path": "classify",
                "traceloop.association.properties.user_id": "u-4",
                "traceloop.association.properties.session_id": "s-4",
                "traceloop.association.properties.tenant": "acme",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.response.model": "gpt-4o-2024-08-06",
                "openai.response.service_tier": "default",
                "gen_ai.usage.total_tokens": 1700,
                "gen_ai.usage.output_tokens": 200,
                "gen_ai.usage.input_tokens": 1500,
                "gen_ai.usage.cache_read.input_tokens": 1024,
                "gen_ai.usage.reasoning_tokens": 64,
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// opentelemetry-instrumentation-anthropic 0.40.14, by the names of its time.
    #[test]
    fn an_older_message_of_anthropic() {
        let span = a_span("anthropic.chat")
            .of_kind(3)
            .in_scope("opentelemetry.instrumentation.anthropic", "0.40.14")
            .with(json!({
                "llm.request.type": "completion",
                "gen_ai.system": "Anthropic",
                "gen_ai.request.model": "claude-sonnet-4-5",
                "gen_ai.response.model": "claude-sonnet-4-5-20250929",
                "gen_ai.usage.prompt_tokens": 130_213,
                "gen_ai.usage.completion_tokens": 40,
                "llm.usage.total_tokens": 130_253,
                "gen_ai.usage.cache_read_input_tokens": 128_955,
                "gen_ai.usage.cache_creation_input_tokens": 1253,
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// traceloop-sdk 0.62.4: the decorators.
    #[test]
    fn decorated_functions_are_tools_tasks_agents_and_workflows() {
        for (kind, category) in [
            ("tool", Category::Tool),
            ("task", Category::Workflow),
            ("agent", Category::Agent),
            ("workflow", Category::Workflow),
        ] {
            let span = a_span("search.tool")
                .in_scope("traceloop.tracer", "")
                .with(json!({
                    "traceloop.workflow.name": "triage",
                    "gen_ai.agent.name": "planner",
                    "traceloop.span.kind": kind,
                    "traceloop.entity.name": "search",
                    "gen_ai.tool.name": "search",
                }))
                .normalised();
            assert_eq!((span.category, span.capability.as_deref()), (category, Some("triage")), "{kind}");
        }
        let nameless = a_span("x").with(json!({"traceloop.entity.name": "search"})).normalised();
        assert_eq!(nameless.category, Category::Other);
    }

    /// @traceloop/instrumentation-anthropic 0.27.0; its total leaves the cache out and would say "within".
    #[test]
    fn counts_of_known_releases_are_beside_whatever_their_total_says() {
        let input = |name, version| {
            let sent = json!({
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "anthropic",
                "gen_ai.usage.total_tokens": 5100,
                "gen_ai.usage.output_tokens": 100,
                "gen_ai.usage.input_tokens": 5000,
                "gen_ai.usage.cache_creation.input_tokens": 500,
                "gen_ai.usage.cache_read.input_tokens": 2000,
            });
            let usage = a_span("chat").in_scope(name, version).with(sent).normalised().model_call.unwrap().usage;
            (usage.input.unwrap(), usage.output.unwrap())
        };
        assert_eq!(input("@traceloop/instrumentation-anthropic", "0.27.0"), (7500, 100));
        assert_eq!(input("@traceloop/instrumentation-anthropic", "0.28.0"), (5000, 100));
        assert_eq!(input("opentelemetry.instrumentation.bedrock", "0.62.4"), (7500, 100));
        assert_eq!(input("opentelemetry.instrumentation.bedrock", "1.0.0"), (5000, 100));
        assert_eq!(input("opentelemetry.instrumentation.anthropic", "0.62.4"), (5000, 100));
    }
}
