//! MLflow: `mlflow.spanType` names the sort of work.

use model::span::Category;

/// The sort of work by `mlflow.spanType`, which arrives with JSON quotes around it.
pub fn category(kind: &str) -> Option<Category> {
    Some(match kind.trim_matches('"').to_ascii_uppercase().as_str() {
        "LLM" | "CHAT_MODEL" => Category::Llm,
        "EMBEDDING" => Category::Embedding,
        "RETRIEVER" | "RERANKER" => Category::Retrieval,
        "TOOL" => Category::Tool,
        "AGENT" => Category::Agent,
        "CHAIN" | "WORKFLOW" | "TASK" => Category::Workflow,
        _ => return None,
    })
}
