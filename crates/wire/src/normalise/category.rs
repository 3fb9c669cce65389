//! What sort of work a span is.

use model::span::{Category, SpanKind};

use super::found::Found;
use super::keys::Field;
use super::{documents, langfuse, mlflow, openinference, otel_genai, traceloop, vercel_ai};

/// A dialect's word for the sort of work, and how to read it.
type Reader = (Field, fn(&str) -> Option<Category>);

/// Dialects that say it outright, in the order they are believed.
const OUTRIGHT: &[Reader] = &[
    (Field::GenAiOperation, otel_genai::category),
    (Field::OpenInferenceKind, openinference::category),
    (Field::LangfuseType, langfuse::category),
    (Field::TraceloopKind, traceloop::category),
    (Field::LlmRequestType, traceloop::request_category),
    (Field::VercelOperation, vercel_ai::category),
    (Field::MlflowType, mlflow::category),
];

/// The sort of work: what a dialect says outright, else what the attributes give away.
pub fn of_span(found: &Found<'_>, kind: SpanKind) -> Category {
    let outright = OUTRIGHT.iter().find_map(|(field, read)| read(&found.text(*field)?));
    outright.unwrap_or_else(|| given_away(found, kind))
}

fn given_away(found: &Found<'_>, kind: SpanKind) -> Category {
    let has = |field| found.has(field);
    if has(Field::Decision) {
        return Category::Decision;
    }
    if has(Field::Tool) {
        return Category::Tool;
    }
    if has(Field::InputTokens) || has(Field::OutputTokens) || has(Field::TotalTokens) || names_ai_model(found) {
        let embeds = found.all(Field::Model).iter().any(|candidate| candidate.key == "embedding.model_name");
        return if embeds { Category::Embedding } else { Category::Llm };
    }
    if has(Field::Agent) {
        return Category::Agent;
    }
    if let Some(category) = found.text(Field::OperationType).and_then(|kind| documents::category(&kind)) {
        return category;
    }
    match kind {
        _ if has(Field::Database) => Category::Database,
        _ if has(Field::Messaging) => Category::Queue,
        SpanKind::Producer | SpanKind::Consumer => Category::Queue,
        _ if has(Field::Http) => Category::Http,
        _ => Category::Other,
    }
}

/// Whether a model is named under an AI key; the bare word `model` may be that of a car.
fn names_ai_model(found: &Found<'_>) -> bool {
    found.all(Field::Model).iter().any(|candidate| candidate.key != "model")
}

/// Whether usage on such a span repeats what the calls below it say: shown, never priced.
pub const fn repeats_usage(category: Category) -> bool {
    matches!(category, Category::Agent | Category::Workflow)
}
