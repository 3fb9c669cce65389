//! What sort of work a span is.

use model::span::{Category, SpanKind};

use super::dialects::{
    agentops, documents, langfuse, mlflow, openinference, otel_genai, pydantic_ai, traceloop, vercel_ai,
};
use super::field::Field;
use super::found::Found;

/// Dialects that say it outright, in the order they are believed.
const OUTRIGHT: &[fn(&Found<'_>) -> Option<Category>] = &[
    otel_genai::category,
    openinference::category,
    langfuse::category,
    traceloop::category,
    vercel_ai::category,
    mlflow::category,
    agentops::category,
    pydantic_ai::category,
];

/// The sort of work: what a dialect says outright, else what the attributes give away.
pub fn of_span(found: &Found<'_>, kind: SpanKind) -> Category {
    OUTRIGHT.iter().find_map(|read| read(found)).unwrap_or_else(|| given_away(found, kind))
}

fn given_away(found: &Found<'_>, kind: SpanKind) -> Category {
    let has = |field| found.has(field);
    if has(Field::Decision) {
        return Category::Decision;
    }
    match documents::category(found) {
        // A call that took tokens was that of a model, whatever it went over.
        Some(Category::Http) if calls_model(found) => return model_category(found),
        Some(category) => return category,
        None => {}
    }
    if found.all(Field::Tool).any(|candidate| !documents::TARGET_TOOL.contains(&candidate.key)) {
        return Category::Tool;
    }
    if calls_model(found) {
        return model_category(found);
    }
    if names_agent(found) {
        return Category::Agent;
    }
    match kind {
        _ if has(Field::Database) => Category::Database,
        _ if has(Field::Messaging) => Category::Queue,
        SpanKind::Producer | SpanKind::Consumer => Category::Queue,
        _ if has(Field::Http) => Category::Http,
        _ => Category::Other,
    }
}

/// Whether tokens or a model are named under an AI key; the bare word `model` may be that of a car.
fn calls_model(found: &Found<'_>) -> bool {
    found.has(Field::InputTokens)
        || found.has(Field::OutputTokens)
        || found.has(Field::TotalTokens)
        || found.all(Field::Model).any(|candidate| !documents::MODEL.contains(&candidate.key))
}

fn model_category(found: &Found<'_>) -> Category {
    let embeds = found.all(Field::Model).any(|candidate| openinference::embeds(candidate.key));
    if embeds { Category::Embedding } else { Category::Llm }
}

/// Whether an agent is named. An entity and a function are agents only where their span says so, which it says outright.
fn names_agent(found: &Found<'_>) -> bool {
    let anything = [traceloop::ENTITY, vercel_ai::FUNCTION];
    found.all(Field::Agent).any(|candidate| !anything.iter().any(|keys| keys.contains(&candidate.key)))
}
