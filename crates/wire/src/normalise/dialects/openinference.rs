//! OpenInference (Arize Phoenix): the span kind names the sort of work, costs and counts have details that are part of them.
//!
//! `llm.cost.prompt_details.*` and `llm.cost.completion_details.*` split what `llm.cost.prompt` and `llm.cost.completion`
//! already say, so they are never added.

use model::span::Category;

use crate::normalise::field::Field;
use crate::normalise::found::Found;
use crate::normalise::usage::{ANY_RELEASE, Counting, ScopeRule};

pub const KIND: &[&str] = &["openinference.span.kind"];
pub const PROJECT: &[&str] = &["openinference.project.name"];
pub const RESPONSE_MODEL: &[&str] = &["llm.response.model_name"];
pub const MODEL: &[&str] = &["llm.model_name"];
pub const REQUEST_MODEL: &[&str] = &["llm.request.model_name"];
pub const EMBEDDING_MODEL: &[&str] = &["embedding.model_name"];
pub const RERANKER_MODEL: &[&str] = &["reranker.model_name"];
/// Models that answer with a choice instead of text.
pub const DECISION_MODEL: &[&str] = &["decision.response.model_name", "decision.model_name"];
pub const PROVIDER: &[&str] = &["llm.provider", "llm.system"];
pub const DECISION_PROVIDER: &[&str] = &["decision.provider"];
pub const INPUT_TOKENS: &[&str] = &["llm.token_count.prompt"];
pub const DECISION_INPUT_TOKENS: &[&str] = &["decision.token_count.input"];
pub const OUTPUT_TOKENS: &[&str] = &["llm.token_count.completion"];
pub const DECISION_OUTPUT_TOKENS: &[&str] = &["decision.token_count.output"];
pub const TOTAL_TOKENS: &[&str] = &["llm.token_count.total"];
pub const CACHE_READ: &[&str] = &["llm.token_count.prompt_details.cache_read"];
pub const CACHE_WRITE: &[&str] = &["llm.token_count.prompt_details.cache_write"];
pub const REASONING: &[&str] = &["llm.token_count.completion_details.reasoning"];
pub const PARAMETERS: &[&str] = &["llm.invocation_parameters"];
pub const COST: &[&str] = &["llm.cost.total"];
pub const COST_IN: &[&str] = &["llm.cost.prompt"];
pub const COST_OUT: &[&str] = &["llm.cost.completion"];
/// The documents name agents and tools so, too.
pub const AGENT: &[&str] = &["agent.name"];
pub const TOOL: &[&str] = &["tool.name"];

/// Seen to count cached tokens within the input; for Anthropic in Python since 0.1.14, which before told none.
pub const SCOPES: &[ScopeRule] = &[
    ("openinference.instrumentation.openai", ANY_RELEASE, Counting::Within),
    ("openinference.instrumentation.anthropic", ANY_RELEASE, Counting::Within),
    ("@arizeai/openinference-instrumentation-anthropic", ANY_RELEASE, Counting::Within),
];

/// The sort of work by `openinference.span.kind`.
pub fn category(found: &Found<'_>) -> Option<Category> {
    Some(match found.word(Field::OpenInferenceKind)?.as_ref() {
        "llm" => Category::Llm,
        "embedding" => Category::Embedding,
        "chain" => Category::Workflow,
        "retriever" | "reranker" => Category::Retrieval,
        "tool" => Category::Tool,
        "agent" => Category::Agent,
        "guardrail" | "evaluator" | "decision" => Category::Decision,
        // A prompt that is put together calls nobody.
        "prompt" => Category::Other,
        _ => return None,
    })
}

/// Whether the model only turns text into vectors.
pub fn embeds(key: &str) -> bool {
    EMBEDDING_MODEL.contains(&key)
}

#[cfg(test)]
mod tests {
    use model::span::Category;
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    /// openinference-instrumentation-openai 0.1.66 with openai 3.52; the cost is what Phoenix adds.
    #[test]
    fn a_chat_of_openai() {
        let span = a_span("ChatCompletion")
            .of_kind(1)
            .in_scope("openinference.instrumentation.openai", "0.1.66")
            .on_resource(json!({"service.name": "unknown_service:python", "openinference.project.name": "support"}))
            .with(json!({
                "openinference.span.kind": "LLM",
                "llm.system": "openai",
                "input.value": "{\"model\": \"gpt-4o\"}",
                "session.id": "s-1",
                "user.id": "u-1",
                "metadata": "{\"tenant\": \"acme\"}",
                "llm.invocation_parameters": "{\"model\": \"gpt-4o\", \"service_tier\": \"flex\"}",
                "llm.model_name": "gpt-4o-2024-08-06",
                "llm.token_count.total": 1700,
                "llm.token_count.prompt": 1500,
                "llm.token_count.completion": 200,
                "llm.token_count.prompt_details.cache_read": 1024,
                "llm.token_count.prompt_details.audio": 0,
                "llm.token_count.completion_details.reasoning": 64,
                "llm.cost.total": 0.00447,
                "llm.cost.prompt": 0.00247,
                "llm.cost.prompt_details.cache_read": 0.00128,
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// openinference-instrumentation-anthropic 3.1.0.
    #[test]
    fn a_message_of_anthropic_that_came_from_the_cache() {
        let span = a_span("messages.create")
            .in_scope("openinference.instrumentation.anthropic", "3.1.0")
            .with(json!({
                "openinference.span.kind": "LLM",
                "llm.provider": "anthropic",
                "llm.system": "anthropic",
                "llm.request.model_name": "claude-sonnet-4-5",
                "llm.model_name": "claude-sonnet-4-5-20250929",
                "llm.response.model_name": "claude-sonnet-4-5-20250929",
                "llm.token_count.prompt": 130_213,
                "llm.token_count.completion": 40,
                "llm.token_count.prompt_details.cache_read": 128_955,
                "llm.token_count.prompt_details.cache_write": 1253,
                "llm.token_count.total": 130_253,
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// openinference-instrumentation-openai 0.1.66: the kind is set last, so a crash may lose it.
    #[test]
    fn an_embedding_is_told_by_its_kind_or_by_the_key_of_its_model() {
        let mut sent = json!({
            "openinference.span.kind": "EMBEDDING",
            "llm.system": "openai",
            "embedding.model_name": "text-embedding-3-small",
            "llm.token_count.total": 8,
            "llm.token_count.prompt": 8,
        });
        let span = a_span("CreateEmbeddings").with(sent.clone()).normalised();
        insta::assert_json_snapshot!(decided(&span));
        sent.as_object_mut().unwrap().remove("openinference.span.kind");
        assert_eq!(a_span("CreateEmbeddings").with(sent).normalised().category, Category::Embedding);
    }

    #[test]
    fn a_decision_model_is_a_decision_that_costs_tokens() {
        let span = a_span("decide")
            .with(json!({
                "openinference.span.kind": "DECISION",
                "decision.model_name": "jev-latest",
                "decision.provider": "typesafe",
                "decision.token_count.input": 210,
                "decision.token_count.output": 3,
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    #[test]
    fn every_kind_is_some_sort_of_work() {
        for (kind, category) in [
            ("CHAIN", Category::Workflow),
            ("RETRIEVER", Category::Retrieval),
            ("RERANKER", Category::Retrieval),
            ("TOOL", Category::Tool),
            ("agent", Category::Agent),
            ("GUARDRAIL", Category::Decision),
            ("EVALUATOR", Category::Decision),
            ("PROMPT", Category::Other),
            ("UNKNOWN", Category::Other),
        ] {
            let span = a_span("work").with(json!({"openinference.span.kind": kind})).normalised();
            assert_eq!(span.category, category, "{kind}");
        }
    }

    #[test]
    fn details_of_a_cost_are_part_of_it_and_never_added() {
        let parts = json!({
            "llm.cost.prompt": 0.1, "llm.cost.completion": 0.2,
            "llm.cost.prompt_details.input": 0.06, "llm.cost.prompt_details.cache_read": 0.04,
            "llm.cost.completion_details.output": 0.15, "llm.cost.completion_details.reasoning": 0.05,
        });
        let span = a_span("llm").with(parts).normalised();
        assert_eq!(span.cost.usd.unwrap().to_string(), "0.3");
        assert_eq!(span.cost.note.as_deref(), Some("reported as llm.cost.prompt and llm.cost.completion"));
    }
}
