//! OpenLIT: the OpenTelemetry names and a cost of its own, which is zero whenever it knows no price.
//!
//! Its instrumentations of Anthropic and Bedrock hand on what those count, cached tokens beside the input (seen in 1.45.0).
//! They send no version, so the rule holds for all of them.

use model::Usd;

use crate::normalise::found::Scope;
use crate::normalise::usage::{ANY_RELEASE, Counting, ScopeRule};

pub const COST: &[&str] = &["gen_ai.usage.cost"];
pub const TOKEN_COST: &[&str] = &["gen_ai.token.cost.total"];
pub const USER: &[&str] = &["gen_ai.request.user"];
pub const ENVIRONMENT: &[&str] = &["gen_ai.environment"];

/// What its instrumentations are known to do.
pub const SCOPES: &[ScopeRule] = &[
    ("openlit.instrumentation.anthropic", ANY_RELEASE, Counting::CacheBeside),
    ("openlit.instrumentation.bedrock", ANY_RELEASE, Counting::CacheBeside),
    ("openlit.instrumentation.openai", ANY_RELEASE, Counting::Within),
];

/// Whether a reported cost only says that no price was found. Unknown is never zero.
pub fn is_unknown(scope: Scope<'_>, cost: Usd) -> bool {
    cost == Usd::ZERO && scope.name.starts_with("openlit.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    /// openlit 1.45.0 with anthropic, on a machine that could not fetch the price list.
    #[test]
    fn a_message_of_anthropic_that_came_from_the_cache_and_has_no_price() {
        let span = a_span("chat claude-sonnet-4-5")
            .of_kind(3)
            .in_scope("openlit.instrumentation.anthropic", "")
            .on_resource(json!({"service.name": "support", "deployment.environment": "production"}))
            .with(json!({
                "telemetry.sdk.name": "openlit",
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "anthropic",
                "server.address": "api.anthropic.com",
                "gen_ai.request.model": "claude-sonnet-4-5",
                "gen_ai.response.model": "claude-sonnet-4-5-20250929",
                "gen_ai.request.user": "u-7",
                "gen_ai.usage.input_tokens": 5,
                "gen_ai.usage.output_tokens": 40,
                "gen_ai.client.token.usage": 45,
                "gen_ai.usage.cost": 0,
                "gen_ai.usage.cache_read.input_tokens": 128_955,
                "gen_ai.usage.cache_creation.input_tokens": 1253,
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    #[test]
    fn the_rule_holds_where_the_counts_alone_would_not_give_it_away() {
        let input = |scope| {
            let sent = json!({
                "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 5000, "gen_ai.usage.output_tokens": 40,
                "gen_ai.usage.cache_read.input_tokens": 2000,
            });
            a_span("chat").in_scope(scope, "").with(sent).normalised().model_call.unwrap().usage.input
        };
        assert_eq!(input("openlit.instrumentation.bedrock"), Some(7000));
        assert_eq!(input("openlit.instrumentation.openai"), Some(5000));
    }

    #[test]
    fn a_cost_that_is_known_counts_and_a_zero_of_anybody_else_is_free() {
        let cost = |scope, usd: f64| {
            a_span("chat").in_scope(scope, "").with(json!({"gen_ai.usage.cost": usd})).normalised().cost.usd
        };
        assert_eq!(cost("openlit.instrumentation.openai", 0.5).unwrap().to_string(), "0.5");
        assert_eq!(cost("openlit.otel.tracing", 0.0), None);
        assert_eq!(cost("acme", 0.0).unwrap().to_string(), "0");
    }
}
