//! The dialect of the documents this product is built from: short keys, and `operation_type`, the key into the base price table.

use std::borrow::Cow;

use model::span::Category;

use crate::normalise::field::Field;
use crate::normalise::found::Found;

pub const SERVICE: &[&str] = &["service"];
pub const TENANT: &[&str] = &["tenant", "tenant.id", "tenant_id"];
pub const CAPABILITY: &[&str] = &["capability"];
pub const FEATURE: &[&str] = &["feature.name"];
pub const USER: &[&str] = &["user_id"];
pub const SESSION: &[&str] = &["thread_id"];
pub const DATA_TAG: &[&str] = &["data_tag"];
pub const DATA_SIZE: &[&str] = &["data_size_bytes", "request.size"];
pub const COST: &[&str] = &["cost_usd", "cost.usd", "ai.cost"];
/// Running totals that travel along with a request: `x-cost-usd` is the header, kept as an attribute.
pub const ACCUMULATED: &[&str] = &["accumulated_cost_usd", "x-cost-usd"];
pub const AI_MODEL: &[&str] = &["ai.model"];
pub const MODEL: &[&str] = &["model"];
pub const PROVIDER: &[&str] = &["ai.provider"];
pub const INPUT_TOKENS: &[&str] = &["ai.prompt_tokens", "tokens_in"];
pub const OUTPUT_TOKENS: &[&str] = &["ai.completion_tokens", "tokens_out"];
pub const TOTAL_TOKENS: &[&str] = &["ai.total_tokens"];
pub const OPERATION_TYPE: &[&str] = &["operation_type"];
pub const DECISION: &[&str] = &["decision.type"];
pub const AGENT: &[&str] = &["agent"];
/// The tool a message is on its way to. The span that sends it there is not the tool's.
pub const TARGET_TOOL: &[&str] = &["target_tool"];
pub const SUCCEEDED: &[&str] = &["execution.success"];

/// The sort of work by `operation_type`.
pub fn category(found: &Found<'_>) -> Option<Category> {
    Some(match found.text(Field::OperationType)?.as_ref() {
        "api_call" => Category::Http,
        "database_query" | "storage_read" | "storage_write" => Category::Database,
        "ml_inference" => Category::Llm,
        "robot_actuation" => Category::Tool,
        _ => return None,
    })
}

/// What the base price table may have a price for: the operation, else the tool that ran.
pub fn priced_as<'a>(found: &Found<'a>) -> Option<Cow<'a, str>> {
    let ran = || found.text_unless(Field::Tool, |key| TARGET_TOOL.contains(&key));
    found.text(Field::OperationType).or_else(ran)
}

#[cfg(test)]
mod tests {
    use model::attribute::Attributes;
    use model::span::{Category, Span};
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    #[test]
    fn a_model_call_names_provider_model_tokens_and_cost() {
        let span = a_span("llm.generate")
            .on_resource(json!({"service.name": "assistant"}))
            .with(json!({
                "ai.provider": "openai",
                "ai.model": "gpt-4o",
                "ai.prompt_tokens": 5,
                "ai.completion_tokens": 20,
                "ai.total_tokens": 25,
                "ai.cost": 0.00015,
                "ai.duration_ms": 320,
                "ai.stream": false,
                "feature.name": "chat",
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    #[test]
    fn the_sample_trace_costs_what_it_says() {
        let sample = include_bytes!("../../../fixtures/sample_trace.json");
        let spans = crate::native::decode(sample).unwrap().spans;
        let spans: Vec<Span> = spans.into_iter().map(crate::normalise::span).collect();
        let costs: Vec<_> = spans.iter().map(|span| span.cost.usd.unwrap().to_string()).collect();
        assert_eq!(costs, ["0.0001", "0.00005", "0.0011"]);
        assert_eq!(spans[1].cost.accumulated.unwrap().to_string(), "0.00115");
        assert_eq!((spans[2].category, spans[2].capability.as_deref()), (Category::Tool, Some("code_generator")));
        assert!(spans.iter().all(|span| span.detail.warnings.is_empty()));
        assert!(spans.iter().all(|span| span.tenant.as_deref() == Some("tenant_123")));
    }

    #[test]
    fn a_message_on_its_way_to_a_tool_is_not_the_tool_and_is_not_priced_as_it() {
        let span = a_span("process_queue_message").with(json!({"target_tool": "code_generator"})).normalised();
        assert_eq!((span.category, span.priced_as), (Category::Other, None));
        assert_eq!(span.capability.as_deref(), Some("code_generator"));
        let tool = a_span("execute").with(json!({"tool.name": "code_generator"})).normalised();
        assert_eq!((tool.category, tool.priced_as.as_deref()), (Category::Tool, Some("code_generator")));
    }

    #[test]
    fn an_operation_type_tells_the_sort_of_work_and_the_base_price() {
        for (attributes, category) in [
            (json!({"operation_type": "database_query"}), Category::Database),
            (json!({"operation_type": "robot_actuation"}), Category::Tool),
            (json!({"operation_type": "ml_inference", "tool.name": "llm_inference"}), Category::Llm),
            (json!({"operation_type": "api_call"}), Category::Http),
            (json!({"operation_type": "api_call", "tokens_in": 3, "model": "gpt-4o"}), Category::Llm),
            (json!({"operation_type": "dancing"}), Category::Other),
        ] {
            let span = a_span("work").with(attributes.clone()).normalised();
            assert_eq!(span.category, category, "{attributes}");
            assert_eq!(span.priced_as.as_deref(), attributes["operation_type"].as_str());
        }
    }

    #[test]
    fn nothing_of_a_decision_is_lost() {
        let sent = json!({
            "decision.type": "code_analysis",
            "decision.confidence": 0.95,
            "decision.factors": "[\"size\", \"age\"]",
            "decision.result": "refactor",
        });
        let span = a_span("agent.decide").with(sent).normalised();
        assert_eq!(span.category, Category::Decision);
        let Attributes(kept) = &span.detail.attributes;
        assert_eq!(kept.len(), 4);
    }
}
