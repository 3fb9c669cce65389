//! What the colours of the chart mean, each name a way to its traces; the range before; the figures as a table.

use leptos::prelude::*;

use super::view_state::ViewState;
use crate::charts::spend::Series;
use crate::components::figures::Swatch;
use crate::components::owner;

/// The line under the chart.
#[component]
pub fn Legend(
    /// The parts.
    series: Vec<Series>,
    /// The range they are of, as query pairs.
    range: String,
    /// How long the range before is, when there is one to compare with.
    previous: Option<String>,
    /// Not every alert that fired is marked.
    is_cut: bool,
    /// What the URL says.
    state: ViewState,
    /// What stands before the switch to the table.
    children: Children,
) -> impl IntoView {
    let table = state.table;
    let toggle = ViewState { table: !table, ..state.clone() }.href();
    let previous = previous.map(|length| {
        let shown = state.previous;
        let href = ViewState { previous: !shown, ..state }.href();
        let title = if shown { "Hide it" } else { "Show it" };
        view! {
            <a class="legend__switch" class:is-off=!shown href=href data-noscroll="true" title=title>
                <i class="sw dash"></i>
                <span class="vh">{if shown { "Hide " } else { "Show " }}</span>
                {format!("the {length} before")}
            </a>
        }
    });
    view! {
        <div class="legend chart-leg">
            {series.into_iter().map(|series| view! { <Entry series range=range.clone()/> }).collect_view()}
            {previous}
            {is_cut.then(|| view! { <span>"only the newest alerts are marked"</span> })}
            <span class="spacer"></span>
            {children()}
            {(!table).then(|| view! { <span class="legend__hint only-wide">"Drag to zoom"</span> })}
            <a class="link" href=toggle data-noscroll="true">
                {if table { "Show as chart" } else { "Show as table" }}
            </a>
        </div>
    }
    .into_any()
}

/// A name and its colour.
#[component]
fn Entry(series: Series, range: String) -> impl IntoView {
    let Series { name, slot, behind, .. } = series;
    match behind {
        Some(conditions) => view! {
            <a href=owner::traces_where(&range, &conditions) title="The traces behind it, dearest first">
                <Swatch colour=slot/>
                {name}
            </a>
        }
        .into_any(),
        None => view! {
            <span>
                <Swatch colour=slot/>
                {name}
            </span>
        }
        .into_any(),
    }
}
