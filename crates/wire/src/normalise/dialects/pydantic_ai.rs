//! Pydantic AI and Logfire: the OpenTelemetry names, a cost as `operation.cost`, details of usage as numbers or as JSON.
//!
//! What an agent's run used in all is `gen_ai.aggregated_usage.*` and never read. Until version 2 it stood under the names
//! of a call, on a span that only `agent_name` tells from one.

use model::span::Category;

use crate::normalise::field::Field;
use crate::normalise::found::Found;
use crate::normalise::json_text;
use crate::normalise::usage::{ANY_RELEASE, Counting, ScopeRule, Sent, object};

pub const COST: &[&str] = &["operation.cost"];
pub const CACHE_READ: &[&str] = &["gen_ai.usage.details.cache_read_tokens"];
pub const CACHE_WRITE: &[&str] = &["gen_ai.usage.details.cache_write_tokens"];
pub const REASONING: &[&str] = &["gen_ai.usage.details.reasoning_tokens"];
/// The provider's own usage object, in Logfire's spans of OpenAI and Anthropic clients.
pub const RAW_USAGE: &[&str] = &["gen_ai.usage.raw"];
pub const OLD_AGENT: &[&str] = &["agent_name"];

const SCOPE: &str = "pydantic-ai";

/// Seen to count cached tokens within the input.
pub const SCOPES: &[ScopeRule] = &[
    (SCOPE, ANY_RELEASE, Counting::Within),
    ("logfire.anthropic", ANY_RELEASE, Counting::Within),
    ("logfire.openai", ANY_RELEASE, Counting::Within),
];

/// An agent's run as it was before it had an operation name.
pub fn category(found: &Found<'_>) -> Option<Category> {
    (found.has(Field::PydanticAgent) && found.scope().name == SCOPE).then_some(Category::Agent)
}

/// Cached and reasoning tokens out of `gen_ai.usage.raw`; its input and output may count in another way than the attributes.
pub fn usage(found: &Found<'_>) -> Option<Sent> {
    let raw = found.all(Field::RawUsage).find_map(|candidate| json_text::object(candidate.value))?;
    let Sent { cache_read, cache_write, reasoning, .. } = object::read(&raw, Counting::Unsaid);
    Some(Sent { cache_read, cache_write, reasoning, ..Sent::default() })
}

#[cfg(test)]
mod tests {
    use model::span::Category;
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    /// pydantic-ai 2.68.0, instrumentation format 5.
    #[test]
    fn a_chat() {
        let span = a_span("chat gpt-4o")
            .of_kind(3)
            .in_scope("pydantic-ai", "2.68.0")
            .with(json!({
                "gen_ai.operation.name": "chat",
                "gen_ai.agent.name": "capital_agent",
                "gen_ai.conversation.id": "c-1",
                "gen_ai.provider.name": "openai",
                "gen_ai.system": "openai",
                "server.address": "api.openai.com",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.usage.input_tokens": 1500,
                "gen_ai.usage.output_tokens": 200,
                "gen_ai.usage.cache_read.input_tokens": 1024,
                "gen_ai.usage.details.audio_tokens": 0,
                "gen_ai.usage.details.reasoning_tokens": 64,
                "gen_ai.usage.details.cache_read_tokens": 1024,
                "gen_ai.response.model": "gpt-4o-2024-08-06",
                "operation.cost": 0.00447,
                "pydantic_ai.cache.hit_ratio": 0.682_666_666_666_666_6,
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// pydantic-ai 2.68.0, then 1.0.5 with instrumentation formats 1 to 3.
    #[test]
    fn the_run_of_an_agent_repeats_what_its_calls_used() {
        let now = json!({
            "model_name": "gpt-4o",
            "agent_name": "capital_agent",
            "gen_ai.agent.name": "capital_agent",
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.aggregated_usage.input_tokens": 1500,
            "gen_ai.aggregated_usage.output_tokens": 200,
        });
        let before = json!({
            "model_name": "gpt-4o",
            "agent_name": "capital_agent",
            "gen_ai.usage.input_tokens": 1500,
            "gen_ai.usage.output_tokens": 200,
        });
        for (sent, usage) in [(now, None), (before.clone(), Some(Some(1500)))] {
            let run = a_span("agent run").in_scope("pydantic-ai", "1.0.5").with(sent).normalised();
            assert_eq!((run.category, run.model_call.map(|call| call.usage.input)), (Category::Agent, usage));
        }
        let anybodys = a_span("call").in_scope("acme", "").with(before).normalised();
        assert_eq!(anybodys.category, Category::Llm);
    }

    /// logfire 5.2.0 with anthropic 2.11.
    #[test]
    fn a_message_of_anthropic_as_logfire_sends_it() {
        let span = a_span("Message with {request_data[model]!r}")
            .of_kind(3)
            .in_scope("logfire.anthropic", "5.2.0")
            .with(json!({
                "gen_ai.provider.name": "anthropic",
                "gen_ai.request.model": "claude-sonnet-4-5",
                "gen_ai.operation.name": "chat",
                "gen_ai.response.model": "claude-sonnet-4-5-20250929",
                "gen_ai.usage.input_tokens": 130_213,
                "gen_ai.usage.output_tokens": 40,
                "gen_ai.usage.raw": "{\"cache_creation\": {\"ephemeral_5m_input_tokens\": 1253}, \
                    \"cache_creation_input_tokens\": 1253, \"cache_read_input_tokens\": 128955, \"input_tokens\": 5, \
                    \"output_tokens\": 40, \"service_tier\": \"standard\"}",
                "operation.cost": 0.044_000_25,
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }
}
