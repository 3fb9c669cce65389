//! Vercel AI SDK: `ai.operationId` tells an outer call from the model calls within it.

use model::span::Category;

/// The sort of work by `ai.operationId` or `operation.name`, which has the function's id after a space.
///
/// `ai.generateText` repeats the usage of the `ai.generateText.doGenerate` calls below it, so it is a workflow.
pub fn category(operation: &str) -> Option<Category> {
    let id = operation.split_whitespace().next()?.strip_prefix("ai.")?;
    Some(match id.rsplit('.').next()? {
        "doGenerate" | "doStream" => Category::Llm,
        "doEmbed" => Category::Embedding,
        "toolCall" => Category::Tool,
        _ => Category::Workflow,
    })
}

/// The provider in `ai.model.provider`, which has the API's flavour after a dot: `openai.chat`.
pub fn provider(sent: &str) -> Option<String> {
    sent.split('.').next().filter(|provider| !provider.is_empty()).map(str::to_owned)
}
