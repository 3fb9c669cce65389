//! What is said of a span that took its trace over the limit of one trace.

use leptos::prelude::*;
use model::budget::crossing::Over;

use crate::components::icon::{Glyph, Icon, Size};
use crate::format::money;
use crate::islands::waterfall::limit::limit;

/// Nothing, for every other span.
#[component]
pub fn Crossed(
    /// By how much the trace is over, when it is this span that crossed.
    #[prop(optional_no_strip)]
    over: Option<Over>,
) -> impl IntoView {
    over.map(|over| {
        let words = format!(
            "With this span the trace crossed its limit of {}: the running total is {} with it, and {} in the end. Costs are \
             added in the order spans began.",
            limit(&over),
            money::amount(over.crossing.sum),
            money::amount(over.total)
        );
        view! {
            <p class="banner crit over-limit-note" role="note">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                <span>{words}</span>
            </p>
        }
    })
}
