//! LiteLLM: the OpenTelemetry names, costs of its own, and the cached tokens only in a Python object written out as text.
//!
//! `gen_ai.cost.cache_read_cost`, `cache_creation_cost`, `reasoning_cost` and `tool_usage_cost` are parts of the input and
//! output cost; `original_cost`, `discount_*` and `margin_*` tell how the total came about. None of them is ever added.

use model::attribute::Value;

use crate::normalise::field::Field;
use crate::normalise::found::Found;
use crate::normalise::usage::{ANY_RELEASE, Counting, ScopeRule, Sent, TOKENS_MAX};

pub const COST: &[&str] = &["gen_ai.cost.total_cost", "gen_ai.cost.total", "gen_ai.cost.usd"];
pub const COST_IN: &[&str] = &["gen_ai.cost.input_cost"];
pub const COST_OUT: &[&str] = &["gen_ai.cost.output_cost"];
pub const COST_CURRENCY: &[&str] = &["gen_ai.cost.currency"];
/// The names of its rewritten tracing (`LITELLM_OTEL_V2`).
pub const V2_COST: &[&str] = &["litellm.cost.total"];
pub const V2_COST_IN: &[&str] = &["litellm.cost.input"];
pub const V2_COST_OUT: &[&str] = &["litellm.cost.output"];
pub const USER: &[&str] = &["llm.user"];
pub const V2_USER: &[&str] = &["litellm.end_user.id"];
pub const USAGE: &[&str] = &["metadata.usage_object"];

/// Whatever the provider counts, it counts cached tokens within the input.
pub const SCOPES: &[ScopeRule] = &[("litellm", ANY_RELEASE, Counting::Within)];

/// Cached and reasoning tokens out of `metadata.usage_object`; input and output have attributes of their own.
pub fn usage(found: &Found<'_>) -> Option<Sent> {
    let candidate = found.all(Field::LitellmUsage).next()?;
    let Value::String(object) = candidate.value else { return None };
    Some(Sent {
        cache_read: python_number(object, "'cached_tokens': "),
        cache_write: python_number(object, "'cache_write_tokens': "),
        reasoning: python_number(object, "'reasoning_tokens': "),
        ..Sent::default()
    })
}

/// The number after `name` in what Python prints for a dict. `None` and anything else are no number.
fn python_number(object: &str, name: &str) -> Option<u64> {
    let (_, after) = object.split_once(name)?;
    let digits = after.split(|next: char| !next.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|count| *count <= TOKENS_MAX)
}

#[cfg(test)]
mod tests {
    use model::span::{Category, Status};
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    /// litellm 1.106.2 with its `otel` callback; input tokens already include what came from the cache.
    #[test]
    fn a_request_to_anthropic_that_came_from_the_cache() {
        let span = a_span("litellm_request")
            .of_kind(1)
            .in_scope("litellm", "")
            .on_resource(json!({"service.name": "litellm", "deployment.environment": "production"}))
            .with(json!({
                "metadata.user_api_key_team_id": "",
                "metadata.usage_object": "{'completion_tokens': 40, 'prompt_tokens': 130213, 'total_tokens': 130253, \
                    'completion_tokens_details': {'reasoning_tokens': 0, 'text_tokens': 40}, 'prompt_tokens_details': \
                    {'audio_tokens': None, 'cache_write_tokens': 1253, 'cached_tokens': 128955}}",
                "gen_ai.cost.input_cost": 0.043_400_25,
                "gen_ai.cost.output_cost": 0.000_6,
                "gen_ai.cost.total_cost": 0.044_000_25,
                "gen_ai.cost.tool_usage_cost": 0.0,
                "gen_ai.cost.cache_read_cost": 0.038_686_5,
                "gen_ai.cost.cache_creation_cost": 0.004_698_75,
                "gen_ai.cost.original_cost": 0.044_000_25,
                "gen_ai.cost.discount_amount": 0.0,
                "gen_ai.cost.margin_total_amount": 0.0,
                "gen_ai.request.model": "claude-sonnet-4-5-20250929",
                "llm.request.type": "completion",
                "gen_ai.system": "anthropic",
                "llm.is_streaming": "False",
                "llm.user": "u-5",
                "gen_ai.response.model": "claude-sonnet-4-5-20250929",
                "gen_ai.openai.response.service_tier": "standard",
                "gen_ai.usage.total_tokens": 130_253,
                "gen_ai.usage.output_tokens": 40,
                "gen_ai.usage.input_tokens": 130_213,
                "gen_ai.operation.name": "chat",
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// litellm 1.106.2: the operation is `embedding`, the provider empty.
    #[test]
    fn an_embedding_is_told_by_the_request_type() {
        let span = a_span("litellm_request")
            .in_scope("litellm", "")
            .with(json!({
                "metadata.usage_object": "{'completion_tokens': 0, 'prompt_tokens': 8, 'prompt_tokens_details': None}",
                "gen_ai.cost.total_cost": 1.6e-7,
                "gen_ai.request.model": "text-embedding-3-small",
                "llm.request.type": "embedding",
                "gen_ai.system": "",
                "gen_ai.response.model": "text-embedding-3-small",
                "gen_ai.usage.total_tokens": 8,
                "gen_ai.usage.output_tokens": 0,
                "gen_ai.usage.input_tokens": 8,
                "gen_ai.operation.name": "embedding",
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// litellm 1.106.2: the span below the request repeats it in the provider's words.
    #[test]
    fn the_raw_request_below_counts_nothing_again() {
        let span = a_span("raw_gen_ai_request")
            .in_scope("litellm", "")
            .with(json!({
                "llm.anthropic.model": "claude-sonnet-4-5-20250929",
                "llm.anthropic.usage": "{'input_tokens': 5, 'cache_read_input_tokens': 128955, 'output_tokens': 40}",
            }))
            .normalised();
        assert_eq!((span.category, span.model_call, span.cost.usd), (Category::Other, None, None));
    }

    /// litellm 1.106.2.
    #[test]
    fn a_failed_request_has_a_reason_and_no_cost() {
        let span = a_span("litellm_request")
            .with(json!({
                "gen_ai.operation.name": "chat",
                "metadata.usage_object": "{}",
                "http.response.status_code": 429,
                "error.type": "RateLimitError",
                "error.message": "litellm.RateLimitError: rate limited",
            }))
            .normalised();
        assert_eq!((span.status, span.cost.usd), (Status::Error, None));
        assert_eq!(span.status_message.as_deref(), Some("litellm.RateLimitError: rate limited"));
    }

    /// By the source of litellm 1.106.2; its rewritten tracing runs in the proxy only.
    #[test]
    fn a_request_by_the_names_of_the_rewritten_tracing() {
        let span = a_span("chat gpt-4o")
            .of_kind(3)
            .with(json!({
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.usage.input_tokens": 1500,
                "gen_ai.usage.output_tokens": 200,
                "gen_ai.usage.cache_read.input_tokens": 1024,
                "litellm.cost.total": 0.00447,
                "litellm.cost.input": 0.00247,
                "litellm.cost.margin_total_amount": 0.1,
                "litellm.end_user.id": "u-5",
            }))
            .normalised();
        assert_eq!(span.cost.note.as_deref(), Some("reported as litellm.cost.total"));
        assert_eq!((span.cost.usd.unwrap().to_string().as_str(), span.user.as_deref()), ("0.00447", Some("u-5")));
    }
}
