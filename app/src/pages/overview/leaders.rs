//! The most remarkable traces: dearest, slowest, or the newest that failed.

use leptos::prelude::*;
use model::trace::TraceSummary;

use super::api::Rank;
use crate::components::states::Empty;
use crate::components::trace_table::TraceTable;

const RANKS: [(Rank, &str, &str, &str); 3] = [
    (Rank::Cost, "Cost", "/", "Most expensive, 24 h"),
    (Rank::Duration, "Duration", "/?by=duration", "Slowest, 24 h"),
    (Rank::Errors, "Errors", "/?by=errors", "Failed last, 24 h"),
];

/// Name of the panel and the choice of rank, as links.
#[component]
pub fn Header(
    /// The rank in force.
    rank: Rank,
) -> impl IntoView {
    let title = RANKS.iter().find(|(each, ..)| *each == rank).map(|(.., title)| *title);
    view! {
        <header>
            <h2 id="leaders">{title}</h2>
            <div class="spacer"></div>
            <nav class="seg" aria-label="Rank by">
                {RANKS
                    .map(|(each, name, href, _)| {
                        let here = rank == each;
                        view! {
                            <a href=href data-noscroll="true" class:on=here aria-current=here.then_some("true")>
                                {name}
                            </a>
                        }
                    })
                    .collect_view()}
            </nav>
        </header>
    }
    .into_any()
}

/// The traces.
#[component]
pub fn Leaders(
    /// In rank order.
    traces: Vec<TraceSummary>,
) -> impl IntoView {
    if traces.is_empty() {
        return view! {
            <Empty title="No such trace in the last 24 hours">
                <a class="link" href="/traces?from=-30d">
                    "Look further back"
                </a>
            </Empty>
        }
        .into_any();
    }
    view! { <TraceTable traces/> }.into_any()
}
