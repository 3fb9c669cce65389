//! Langfuse: usage and cost as JSON objects in one attribute, everything else under names of its own.
//!
//! Buckets of `usage_details` exclude each other: `input` is what came neither from the cache nor as audio. Its wrapper of
//! the OpenAI client hands on OpenAI's object instead, whose counts are inclusive. Metadata arrives with JSON quotes.

use model::Usd;
use model::attribute::Value;
use model::span::Category;

use crate::normalise::cost::Unusable;
use crate::normalise::field::Field;
use crate::normalise::found::Found;
use crate::normalise::json_text;
use crate::normalise::usage::{Counting, Sent, object};

pub const TYPE: &[&str] = &["langfuse.observation.type"];
pub const MODEL: &[&str] = &["langfuse.observation.model.name"];
pub const USAGE_DETAILS: &[&str] = &["langfuse.observation.usage_details"];
pub const COST_DETAILS: &[&str] = &["langfuse.observation.cost_details"];
/// Its wrapper of the OpenAI client puts the tier that was served here.
pub const PARAMETERS: &[&str] = &["langfuse.observation.model.parameters"];
pub const TENANT: &[&str] = &["langfuse.trace.metadata.tenant"];
pub const TRACE_NAME: &[&str] = &["langfuse.trace.name"];
pub const USER: &[&str] = &["langfuse.user.id"];
pub const SESSION: &[&str] = &["langfuse.session.id"];
pub const ENVIRONMENT: &[&str] = &["langfuse.environment"];
/// `ERROR` is a failure; `DEBUG`, `DEFAULT` and `WARNING` are not.
pub const LEVEL: &[&str] = &["langfuse.observation.level"];
pub const STATUS_MESSAGE: &[&str] = &["langfuse.observation.status_message"];

/// The sort of work by `langfuse.observation.type`; plain spans and events say nothing.
pub fn category(found: &Found<'_>) -> Option<Category> {
    Some(match found.word(Field::LangfuseType)?.as_ref() {
        "generation" => Category::Llm,
        "embedding" => Category::Embedding,
        "agent" => Category::Agent,
        "tool" => Category::Tool,
        "chain" => Category::Workflow,
        "retriever" => Category::Retrieval,
        "evaluator" | "guardrail" => Category::Decision,
        _ => return None,
    })
}

/// The tokens of `usage_details`.
pub fn usage(found: &Found<'_>) -> Option<Sent> {
    let details = found.all(Field::LangfuseUsage).find_map(|candidate| json_text::object(candidate.value))?;
    let counting = if object::is_openai(&details) { Counting::Within } else { Counting::Apart };
    Some(object::read(&details, counting))
}

/// The cost in `cost_details`: its `total`, else the sum of all its parts.
pub fn cost(value: &Value) -> Result<Usd, Unusable> {
    json_text::cost(value, "total")
}

#[cfg(test)]
mod tests {
    use model::span::{Category, Status};
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    /// langfuse 5.0.4 for Python.
    #[test]
    fn a_generation() {
        let span = a_span("answer")
            .in_scope("langfuse-sdk", "5.0.4")
            .on_resource(json!({"service.name": "unknown_service:python", "langfuse.environment": "production"}))
            .with(json!({
                "user.id": "u-3",
                "session.id": "s-3",
                "langfuse.trace.metadata.tenant": "\"acme\"",
                "langfuse.trace.tags": ["a"],
                "langfuse.trace.name": "support-answer",
                "langfuse.environment": "production",
                "langfuse.observation.model.name": "claude-sonnet-4-5",
                "langfuse.observation.type": "generation",
                "langfuse.observation.usage_details": "{\"input\": 476, \"input_cached_tokens\": 1024, \"output\": 170, \
                    \"output_reasoning_tokens\": 30, \"total\": 1700}",
                "langfuse.observation.cost_details": "{\"input\": 0.001, \"output\": 0.002}",
                "langfuse.observation.completion_start_time": "\"2026-11-01T00:00:00Z\"",
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// `langfuse.openai` of langfuse 5.0.4 with openai 3.52: the provider's own object.
    #[test]
    fn a_call_of_the_wrapped_openai_client() {
        let span = a_span("OpenAI-generation")
            .in_scope("langfuse-sdk", "5.0.4")
            .with(json!({
                "langfuse.observation.type": "generation",
                "langfuse.observation.model.name": "gpt-4o-2024-08-06",
                "langfuse.observation.usage_details": "{\"completion_tokens\": 200, \"prompt_tokens\": 1500, \
                    \"total_tokens\": 1700, \"completion_tokens_details\": {\"audio_tokens\": 0, \"reasoning_tokens\": 64}, \
                    \"prompt_tokens_details\": {\"audio_tokens\": 0, \"cached_tokens\": 1024}}",
                "langfuse.observation.model.parameters": "{\"service_tier\": \"default\"}",
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    #[test]
    fn buckets_add_up_to_the_whole_input_and_output() {
        for (details, counts) in [
            // By name, as the documentation has it.
            (
                r#"{"input": 5, "cache_read_input_tokens": 128955, "cache_creation_input_tokens": 1253, "output": 40}"#,
                (130_213, 40),
            ),
            // Anthropic's object as it is.
            (r#"{"input_tokens": 5000, "cache_read_input_tokens": 2000, "output_tokens": 40}"#, (7000, 40)),
            // The LangChain callback: whatever begins with input or output is a bucket, priority tiers are not.
            (
                r#"{"input": 10, "input_cache_read": 20, "input_cache_creation_5m": 30, "input_cache_creation_1h": 40,
                 "input_audio": 50, "input_priority": 150, "output": 7, "output_reasoning": 3}"#,
                (150, 10),
            ),
            // A sender that counts inclusively after all is found out by its total.
            (
                r#"{"input": 1500, "input_cached_tokens": 1024, "output": 200, "output_reasoning_tokens": 64, "total": 1700}"#,
                (1500, 200),
            ),
            // The Responses API.
            (
                r#"{"input_tokens": 1500, "input_tokens_details": {"cached_tokens": 1024}, "output_tokens": 200,
                 "output_tokens_details": {"reasoning_tokens": 64}, "total_tokens": 1700}"#,
                (1500, 200),
            ),
        ] {
            let sent =
                json!({"langfuse.observation.type": "generation", "langfuse.observation.usage_details": details});
            let usage = a_span("g").with(sent).normalised().model_call.unwrap().usage;
            assert_eq!((usage.input.unwrap(), usage.output.unwrap()), counts, "{details}");
        }
    }

    #[test]
    fn a_cost_is_the_total_or_all_parts_or_nothing() {
        for (details, usd) in [
            (r#"{"total": 0.5, "input": 0.1}"#, Some("0.5")),
            (r#"{"input": 0.001, "output": "0.002", "input_cached_tokens": 1e-7, "tool": null}"#, Some("0.0030001")),
            (r#"{"input": 0.001, "output": "a lot"}"#, None),
            (r#"{"input": -0.001}"#, None),
            (r#"{"total": true}"#, None),
            ("{}", None),
            ("no JSON", None),
        ] {
            let sent = json!({"langfuse.observation.cost_details": details});
            let span = a_span("g").with(sent).normalised();
            assert_eq!(span.cost.usd.map(|usd| usd.to_string()).as_deref(), usd, "{details}");
            assert_eq!(span.detail.warnings.len(), usize::from(usd.is_none()), "{details}");
        }
    }

    /// langfuse 5.0.4 says it both ways; an exporter in between may keep only the attributes.
    #[test]
    fn the_level_error_is_a_failure_with_its_message() {
        let sent = json!({
            "langfuse.observation.type": "evaluator",
            "langfuse.observation.level": "ERROR",
            "langfuse.observation.status_message": "rate limited",
        });
        let span = a_span("g").with(sent).normalised();
        assert_eq!((span.category, span.status), (Category::Decision, Status::Error));
        assert_eq!(span.status_message.as_deref(), Some("rate limited"));
        let calm = a_span("g").with(json!({"langfuse.observation.level": "WARNING"})).normalised();
        assert_eq!(calm.status, Status::Unset);
    }
}
