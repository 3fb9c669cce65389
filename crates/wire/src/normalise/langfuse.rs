//! Langfuse: usage and cost as JSON objects in one attribute, with buckets that exclude each other.

use model::Usd;
use model::span::Category;
use serde_json::{Map, Value as Json};

use super::found::Found;
use super::keys::Field;
use super::usage::Sent;

/// The sort of work by `langfuse.observation.type`; plain spans and events say nothing.
pub fn category(kind: &str) -> Option<Category> {
    Some(match kind.to_ascii_lowercase().as_str() {
        "generation" => Category::Llm,
        "embedding" => Category::Embedding,
        "agent" => Category::Agent,
        "tool" => Category::Tool,
        "chain" => Category::Workflow,
        "retriever" => Category::Retrieval,
        _ => return None,
    })
}

/// `usage_details`: every bucket counts tokens that no other counts, except `total`.
pub fn usage_details(found: &Found<'_>, tokens_max: u64) -> Option<Sent> {
    let details = object(found, Field::UsageDetails)?;
    let count = |names: &[&str]| {
        let counts = names.iter().filter_map(|name| crate::json::unsigned(details.get(*name)?));
        counts.filter(|count| *count <= tokens_max).reduce(u64::saturating_add)
    };
    Some(Sent {
        input: count(&["input"]),
        output: count(&["output"]),
        total: count(&["total"]),
        cache_read: count(&["input_cached_tokens", "cache_read_input_tokens", "input_cache_read"]),
        cache_write: count(&[
            "cache_creation_input_tokens",
            "input_cache_creation",
            "input_cache_creation_5m",
            "input_cache_creation_1h",
        ]),
        reasoning: count(&["output_reasoning_tokens", "output_reasoning"]),
        exclusive: true,
    })
}

/// The total of `cost_details` (or MLflow's `total_cost`), else the sum of its parts.
pub fn cost_details(found: &Found<'_>) -> Option<Usd> {
    let details = object(found, Field::CostDetails)?;
    let amount = |json: &Json| match json {
        Json::Number(_) | Json::String(_) => crate::json::text(json)?.parse::<Usd>().ok(),
        _ => None,
    };
    let total = ["total", "total_cost"].iter().find_map(|name| amount(details.get(*name)?));
    total.or_else(|| details.values().filter_map(amount).try_fold(None, add).flatten())
}

fn add(sum: Option<Usd>, part: Usd) -> Option<Option<Usd>> {
    sum.unwrap_or(Usd::ZERO).checked_add(part).map(Some)
}

/// An attribute that holds a JSON object as text.
fn object(found: &Found<'_>, field: Field) -> Option<Map<String, Json>> {
    found.all(field).iter().find_map(|candidate| match candidate.value {
        model::attribute::Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    })
}
