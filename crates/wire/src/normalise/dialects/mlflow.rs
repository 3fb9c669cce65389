//! MLflow: every value is JSON, so texts have quotes around them; usage and cost are objects, and usage includes the cache.
//!
//! `mlflow.trace.cost` and `mlflow.trace.tokenUsage` repeat what the spans of the trace say and are never read.

use model::Usd;
use model::attribute::Value;
use model::span::Category;

use crate::normalise::cost::Unusable;
use crate::normalise::field::Field;
use crate::normalise::found::Found;
use crate::normalise::json_text;
use crate::normalise::usage::{Counting, Sent, object};

pub const TYPE: &[&str] = &["mlflow.spanType"];
pub const MODEL: &[&str] = &["mlflow.llm.model"];
pub const PROVIDER: &[&str] = &["mlflow.llm.provider"];
pub const USAGE: &[&str] = &["mlflow.chat.tokenUsage"];
pub const COST: &[&str] = &["mlflow.llm.cost"];
pub const USER: &[&str] = &["mlflow.trace.user"];
pub const SESSION: &[&str] = &["mlflow.trace.session"];

/// The sort of work by `mlflow.spanType`.
pub fn category(found: &Found<'_>) -> Option<Category> {
    Some(match found.word(Field::MlflowType)?.as_ref() {
        "llm" | "chat_model" => Category::Llm,
        "embedding" => Category::Embedding,
        "retriever" | "reranker" | "memory" => Category::Retrieval,
        "tool" => Category::Tool,
        "agent" => Category::Agent,
        "chain" | "workflow" | "task" => Category::Workflow,
        "guardrail" | "evaluator" => Category::Decision,
        _ => return None,
    })
}

/// The tokens of `mlflow.chat.tokenUsage`.
pub fn usage(found: &Found<'_>) -> Option<Sent> {
    let usage = found.all(Field::MlflowUsage).find_map(|candidate| json_text::object(candidate.value))?;
    Some(object::read(&usage, Counting::Within))
}

/// The cost in `mlflow.llm.cost`: its `total_cost`, else input and output.
pub fn cost(value: &Value) -> Result<Usd, Unusable> {
    json_text::cost(value, "total_cost")
}

#[cfg(test)]
mod tests {
    use model::span::Category;
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    /// mlflow 3.17.2 with anthropic 2.11, autologged; the cost is what the tracking server adds.
    #[test]
    fn a_message_of_anthropic_that_came_from_the_cache() {
        let span = a_span("Messages.create")
            .in_scope("mlflow.tracing.provider", "")
            .on_resource(json!({"telemetry.sdk.name": "mlflow", "telemetry.sdk.version": "3.17.2"}))
            .with(json!({
                "mlflow.traceRequestId": "\"tr-1\"",
                "mlflow.spanType": "\"CHAT_MODEL\"",
                "mlflow.message.format": "\"anthropic\"",
                "mlflow.llm.model": "\"claude-sonnet-4-5\"",
                "mlflow.llm.provider": "\"anthropic\"",
                "mlflow.chat.tokenUsage": "{\"input_tokens\": 130213, \"output_tokens\": 40, \"total_tokens\": 130253, \
                    \"cache_read_input_tokens\": 128955, \"cache_creation_input_tokens\": 1253, \
                    \"cache_creation_input_tokens_above_1hr\": 0}",
                "mlflow.llm.cost": "{\"input_cost\": 0.04340025, \"output_cost\": 0.0006, \"total_cost\": 0.04400025}",
                "mlflow.spanLogLevel": "20",
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// mlflow 3.17.2 with openai 3.52.
    #[test]
    fn a_chat_of_openai_names_no_provider() {
        let span = a_span("Completions")
            .in_scope("mlflow.tracing.provider", "")
            .with(json!({
                "mlflow.spanType": "\"CHAT_MODEL\"",
                "model": "\"gpt-4o\"",
                "mlflow.llm.model": "\"gpt-4o-2024-08-06\"",
                "mlflow.chat.tokenUsage": "{\"input_tokens\": 1500, \"output_tokens\": 200, \"total_tokens\": 1700, \
                    \"cache_read_input_tokens\": 1024}",
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    #[test]
    fn every_type_is_some_sort_of_work() {
        for (kind, category) in [
            ("\"LLM\"", Category::Llm),
            ("EMBEDDING", Category::Embedding),
            ("\"RERANKER\"", Category::Retrieval),
            ("\"TOOL\"", Category::Tool),
            ("\"AGENT\"", Category::Agent),
            ("\"CHAIN\"", Category::Workflow),
            ("\"GUARDRAIL\"", Category::Decision),
            ("\"PARSER\"", Category::Other),
            ("\"UNKNOWN\"", Category::Other),
        ] {
            let span = a_span("work").with(json!({"mlflow.spanType": kind})).normalised();
            assert_eq!(span.category, category, "{kind}");
        }
    }

    #[test]
    fn what_a_trace_costs_is_no_cost_of_a_span() {
        let sent =
            json!({"mlflow.trace.cost": "{\"total_cost\": 3}", "mlflow.trace.tokenUsage": "{\"input_tokens\": 9}"});
        let span = a_span("root").with(sent).normalised();
        assert_eq!((span.cost.usd, span.model_call), (None, None));
        let parts = json!({"mlflow.llm.cost": "{\"input_cost\": 0.1, \"output_cost\": 0.2}"});
        assert_eq!(a_span("llm").with(parts).normalised().cost.usd.unwrap().to_string(), "0.3");
    }
}
