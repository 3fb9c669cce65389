//! A trace as tables: sums by service, operation or model, and single spans. Every heading is a link.

use leptos::prelude::*;
use model::trace::waterfall::statistics::GroupBy;

use self::read::GROUPINGS;
use super::read::TraceView;
use crate::format::number;
use crate::islands::waterfall::links::TraceUrl;

mod groups;
pub mod read;
mod spans;

/// Both tables.
#[component]
pub fn Tables(
    /// What they show.
    tables: read::Tables,
    /// The trace.
    view: TraceView,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    let left_out = view.sheet.spans.saturating_sub(view.sheet.laid_out as i64);
    let left_out = (left_out > 0).then(|| {
        let (left_out, all) = (number::count(left_out), number::count(view.sheet.spans));
        view! { <p class="banner warn">{format!("{left_out} of {all} spans are too many to be laid out and are left out of these sums.")}</p> }
    });
    let cut = tables.calls_cut.map(|calls| {
        let calls = number::count(calls as i64);
        view! { <p class="banner warn">{format!("Models and tokens are those of {calls} calls; this trace has more.")}</p> }
    });
    view! {
        <div class="tt">
            <div class="tt-bar">
                <span class="lbl">"By"</span>
                <By by=tables.asked.by view=view.clone() url=url.clone()/>
            </div>
            {left_out}
            {cut}
            <groups::Groups tables=tables.clone() view=view.clone() url=url.clone()/>
            <spans::Spans tables view url/>
        </div>
    }
    .into_any()
}

/// What spans are grouped by.
#[component]
fn By(by: GroupBy, view: TraceView, url: TraceUrl) -> impl IntoView {
    let choices = GROUPINGS.map(|(choice, word, name)| {
        let word = (!word.is_empty()).then(|| word.to_owned());
        // A group of one grouping is none of another.
        let url = url.with_option("group", word).with_option("like", None).with_option("page", None);
        view! {
            <a href=url.href(view.sheet.trace_id) class:on=choice == by aria-current=(choice == by).then_some("true") data-noscroll>
                {name}
            </a>
        }
    });
    view! {
        <nav class="seg" aria-label="Group spans by">
            {choices.collect_view()}
        </nav>
    }
    .into_any()
}
