//! OpenInference (Arize Phoenix): the span kind names the sort of work.

use model::span::Category;

/// The sort of work by `openinference.span.kind`.
pub fn category(kind: &str) -> Option<Category> {
    Some(match kind.to_ascii_uppercase().as_str() {
        "LLM" => Category::Llm,
        "EMBEDDING" => Category::Embedding,
        "CHAIN" => Category::Workflow,
        "RETRIEVER" | "RERANKER" => Category::Retrieval,
        "TOOL" => Category::Tool,
        "AGENT" => Category::Agent,
        "GUARDRAIL" | "EVALUATOR" => Category::Decision,
        _ => return None,
    })
}
