//! The other side of a call, by name, for the dependency map.

use model::span::{Category, SpanKind};

use super::dialects::otel_general;
use super::field::Field;
use super::found::Found;
use super::label;

/// The name of what this span calls or reads from, or of who calls it when it says so; `None` for work that calls nobody.
pub fn of_span(
    found: &Found<'_>,
    kind: SpanKind,
    category: Category,
    provider: Option<&str>,
    warnings: &mut Vec<String>,
) -> Option<String> {
    let is_said = found.all(Field::Peer).next().is_some_and(|peer| otel_general::PEER.contains(&peer.key));
    let name = match kind {
        // On the receiving side an address is the span's own; only a name said to be the other side's is the caller's.
        SpanKind::Server if !is_said => None,
        SpanKind::Server => found.text(Field::Peer),
        // A provider has many addresses and one name, which SDKs write in any case.
        _ if !is_said && matches!(category, Category::Llm | Category::Embedding) => {
            provider.map(|provider| provider.to_lowercase().into()).or_else(|| found.text(Field::Peer))
        }
        SpanKind::Internal
            if !matches!(category, Category::Llm | Category::Embedding | Category::Database | Category::Queue) =>
        {
            None
        }
        _ => found.text(Field::Peer),
    };
    name.map(|name| label::fit("the peer", &name, warnings))
}
