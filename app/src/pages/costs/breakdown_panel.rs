//! The breakdown with its heading: what it is taken apart by, the choice of something more, and the way to take it along.

use leptos::prelude::*;
use model::cost::{Dimension, Facet};
use model::time::TimeRange;

use super::alarms::Alarms;
use super::api::Table;
use super::breakdown::Breakdown;
use super::export::{self, ExportLinks};
use super::view_state::{DIMENSIONS, ViewState, facet_name};
use crate::components::icon::{Glyph, Icon, Size};

/// The panel.
#[component]
pub fn BreakdownPanel(
    /// What the URL says.
    state: ViewState,
    /// The range the figures are of.
    range: TimeRange,
    /// What was spent.
    table: Table,
    /// Alerts that fired, for those they are about.
    alarms: Alarms,
) -> impl IntoView {
    let grouping = state.grouping();
    let names: Vec<String> = grouping.facets().map(lower).collect();
    // Where nothing could be read there is nothing to take along.
    let of_what = table.refused.is_none().then(|| export::of_groups(&grouping, range));
    view! {
        <section class="panel sp-8" aria-labelledby="breakdown">
            <header>
                <h2 id="breakdown">{format!("Breakdown by {}", names.join(" and "))}</h2>
                <div class="spacer"></div>
                <Further state=state.clone()/>
                {of_what.map(|of_what| view! { <ExportLinks of_what/> })}
            </header>
            <Breakdown table state exactly=export::exactly(range) alarms/>
        </section>
    }
    .into_any()
}

fn lower(facet: &Facet) -> String {
    match facet {
        Facet::Dimension(_) => facet_name(facet).to_lowercase(),
        Facet::Attribute(name) => name.clone(),
    }
}

/// The choice of something to take every group apart by.
#[component]
fn Further(state: ViewState) -> impl IntoView {
    let further = DIMENSIONS.into_iter().filter(|(dimension, ..)| *dimension != state.by);
    let links = further
        .map(|(dimension, name, _)| {
            let also = Some(Facet::Dimension(dimension));
            let here = state.also == also;
            let href = if state.by == Dimension::Total {
                ViewState { by: dimension, also: state.also.clone(), ..state.clone() }.href()
            } else {
                ViewState { also, ..state.clone() }.href()
            };
            view! {
                <a href=href data-noscroll="true" class:on=here aria-current=here.then_some("true")>
                    {name}
                </a>
            }
        })
        .collect_view();
    let nothing = ViewState { also: None, by: first(&state), ..state.clone() };
    let attribute = match &state.also {
        Some(Facet::Attribute(name)) => Some(name.clone()),
        _ => None,
    };
    let label = state.also.as_ref().map_or_else(|| "Then by".to_owned(), |facet| format!("Then by {}", lower(facet)));
    let keep = ViewState { also: None, by: first(&state), ..state.clone() }.pairs();
    let range = state.range_or_default().to_query();
    let range: Vec<(String, String)> = range
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    view! {
        <details class="picker">
            <summary class="picker__now">
                <b>{label}</b>
                <Icon glyph=Glyph::CaretDown size=Size::Small/>
            </summary>
            <div class="menu picker__menu">
                <a href=nothing.href() data-noscroll="true" class:on=state.also.is_none()>
                    "Nothing more"
                </a>
                {links}
                <hr/>
                <form class="picker__form" action="/costs" method="get">
                    {range
                        .into_iter()
                        .chain(keep)
                        .map(|(key, value)| view! { <input type="hidden" name=key value=value/> })
                        .collect_view()}
                    <label>
                        <span>"Any attribute, 24 h at most"</span>
                        <input name="attribute" required value=attribute placeholder="http.route" autocomplete="off" spellcheck="false"/>
                    </label>
                    <button type="submit" class="btn">"Apply"</button>
                </form>
            </div>
        </details>
    }
    .into_any()
}

/// What remains when nothing more is asked for.
const fn first(state: &ViewState) -> Dimension {
    match state.by {
        Dimension::Total => Dimension::Tenant,
        by => by,
    }
}
