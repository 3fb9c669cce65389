//! The call of a model, when a span is one.

use model::cost::Usage;
use model::span::{Category, ModelCall};

use super::found::Found;
use super::keys::Field;
use super::{category, label, usage, vercel_ai};

/// Who answered and how many tokens it took; `None` when the span calls no model, or only repeats what calls below it say.
pub fn of_span(found: &Found<'_>, sort: Category, warnings: &mut Vec<String>) -> Option<ModelCall> {
    if category::repeats_usage(sort) {
        return None;
    }
    let usage = usage::of_span(found);
    let calls_model = match sort {
        Category::Llm | Category::Embedding => true,
        // A rerank has no tokens.
        Category::Retrieval => usage != Usage::default() || found.has(Field::Model),
        // The bare word `model` on anything else may mean anything.
        _ => usage != Usage::default(),
    };
    if !calls_model {
        return None;
    }
    let mut text = |what, field| found.text(field).map(|text| label::fit(what, text, warnings));
    let model = text("the model", Field::Model);
    let request_model = text("the requested model", Field::RequestModel).filter(|asked| Some(asked) != model.as_ref());
    let vercel = || found.text(Field::VercelProvider).and_then(|sent| vercel_ai::provider(&sent));
    let provider = text("the provider", Field::Provider).or_else(vercel);
    Some(ModelCall {
        provider,
        model,
        request_model,
        usage,
        service_tier: text("the service tier", Field::ServiceTier),
    })
}
