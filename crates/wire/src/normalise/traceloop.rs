//! Traceloop (OpenLLMetry): its own span kinds, and the request type on calls of models.

use model::span::Category;

/// The sort of work by `traceloop.span.kind`.
pub fn category(kind: &str) -> Option<Category> {
    Some(match kind.to_ascii_lowercase().as_str() {
        "workflow" | "task" => Category::Workflow,
        "agent" => Category::Agent,
        "tool" => Category::Tool,
        _ => return None,
    })
}

/// The sort of work by `llm.request.type`.
pub fn request_category(kind: &str) -> Option<Category> {
    Some(match kind.to_ascii_lowercase().as_str() {
        "chat" | "completion" => Category::Llm,
        "embedding" => Category::Embedding,
        "rerank" => Category::Retrieval,
        _ => return None,
    })
}
