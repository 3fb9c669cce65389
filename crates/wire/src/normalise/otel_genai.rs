//! OpenTelemetry GenAI semantic conventions: `gen_ai.operation.name` names the sort of work.

use model::span::Category;

/// The sort of work by `gen_ai.operation.name`.
pub fn category(operation: &str) -> Option<Category> {
    Some(match operation.to_ascii_lowercase().as_str() {
        "chat" | "text_completion" | "generate_content" => Category::Llm,
        "embeddings" => Category::Embedding,
        "retrieval" => Category::Retrieval,
        "execute_tool" => Category::Tool,
        "invoke_agent" | "create_agent" => Category::Agent,
        "invoke_workflow" | "plan" => Category::Workflow,
        memory if memory.ends_with("_memory") => Category::Retrieval,
        _ => return None,
    })
}
