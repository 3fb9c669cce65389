//! The other side of a call, by name, for the dependency map.

use model::span::{Category, SpanKind};

use super::found::Found;
use super::keys::Field;

/// The name of what this span calls or reads from, or of who calls it when it says so; `None` for work that calls nobody.
pub fn of_span(found: &Found<'_>, kind: SpanKind, category: Category, provider: Option<&str>) -> Option<String> {
    let said = found.all(Field::Peer).first().filter(|peer| matches!(peer.key, "service.peer.name" | "peer.service"));
    // On the receiving side an address is the span's own; only a name that is said to be the other side's is the caller's.
    if kind == SpanKind::Server {
        return said.and_then(|_| found.text(Field::Peer));
    }
    let calls_out = kind != SpanKind::Internal
        || matches!(category, Category::Llm | Category::Embedding | Category::Database | Category::Queue);
    if !calls_out {
        return None;
    }
    // A provider has many addresses and one name, which SDKs write in any case.
    let by_provider = said.is_none() && matches!(category, Category::Llm | Category::Embedding);
    provider.filter(|_| by_provider).map(str::to_lowercase).or_else(|| found.text(Field::Peer))
}
