//! AgentOps: its own span kinds, and a cost that is set on a tool by hand.

use model::span::Category;

use crate::normalise::field::Field;
use crate::normalise::found::Found;

pub const KIND: &[&str] = &["agentops.span.kind"];
/// What is asked of a model.
pub const REQUEST_TYPE: &[&str] = &["gen_ai.request.type"];
pub const COST: &[&str] = &["gen_ai.usage.total_cost"];
pub const USER: &[&str] = &["gen_ai.user"];

/// The sort of work by `agentops.span.kind`.
pub fn category(found: &Found<'_>) -> Option<Category> {
    Some(match found.word(Field::AgentOpsKind)?.as_ref() {
        "session" | "workflow" | "task" | "operation" | "chain" | "workflow.step" => Category::Workflow,
        "agent" | "agent.action" | "agent.thinking" => Category::Agent,
        "tool" => Category::Tool,
        "llm" | "llm.call" => Category::Llm,
        "agent.decision" | "guardrail" => Category::Decision,
        "http" => Category::Http,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use model::span::Category;
    use serde_json::json;

    use crate::normalise::testing::{a_span, decided};

    /// agentops 0.4.21 with openai 1.109.
    #[test]
    fn a_chat_of_openai() {
        let span = a_span("openai.chat.completion")
            .of_kind(3)
            .in_scope("openai", "1.109.1")
            .on_resource(json!({"service.name": "agentops", "agentops.project.id": "temporary"}))
            .with(json!({
                "gen_ai.request.type": "chat",
                "gen_ai.system": "OpenAI",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.response.model": "gpt-4o-2024-08-06",
                "gen_ai.usage.total_tokens": 1700,
                "gen_ai.usage.prompt_tokens": 1500,
                "gen_ai.usage.completion_tokens": 200,
            }))
            .normalised();
        insta::assert_json_snapshot!(decided(&span));
    }

    /// agentops 0.4.21: `@tool(cost=0.05)`. Its `operation.name` is a function's, not one of Vercel's.
    #[test]
    fn a_tool_with_a_price() {
        let span = a_span("search.tool")
            .in_scope("agentops", "")
            .with(json!({"agentops.span.kind": "tool", "operation.name": "search", "gen_ai.usage.total_cost": 0.05}))
            .normalised();
        assert_eq!((span.category, span.cost.usd.unwrap().to_string().as_str()), (Category::Tool, "0.05"));
    }

    #[test]
    fn every_kind_is_some_sort_of_work() {
        for (kind, category) in [
            ("session", Category::Workflow),
            ("task", Category::Workflow),
            ("agent", Category::Agent),
            ("llm", Category::Llm),
            ("guardrail", Category::Decision),
            ("text", Category::Other),
        ] {
            let span = a_span("work").with(json!({"agentops.span.kind": kind})).normalised();
            assert_eq!(span.category, category, "{kind}");
        }
    }
}
