//! The call of a model, when a span is one.

use model::cost::Usage;
use model::span::{Category, ModelCall};

use super::dialects::vercel_ai;
use super::field::Field;
use super::found::Found;
use super::{label, service_tier, usage};

/// Who answered and how many tokens it took; `None` when the span calls no model. A group may tell the tokens of the calls
/// below it; whether it does is seen when the trace is settled.
pub fn of_span(found: &Found<'_>, sort: Category, warnings: &mut Vec<String>) -> Option<ModelCall> {
    let usage = usage::of_span(found, sort, warnings);
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
    let mut text = |what, field| found.text(field).map(|text| label::fit(what, &text, warnings));
    let model = text("the model", Field::Model);
    let request_model = text("the requested model", Field::RequestModel).filter(|asked| Some(asked) != model.as_ref());
    let service_tier = service_tier::of_span(found).map(|tier| label::fit("the service tier", &tier, warnings));
    let provider = found.text(Field::Provider);
    let provider = provider.map(|sent| label::fit("the provider", vercel_ai::provider(found, &sent), warnings));
    Some(ModelCall { provider, model, request_model, usage, service_tier })
}
