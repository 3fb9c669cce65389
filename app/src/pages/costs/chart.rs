//! Spend over time by the chosen dimension.

use leptos::prelude::*;
use model::cost::{Dimension, Owner};

use super::api::{Costs, PartName};
use super::chart_table::ChartTable;
use super::drawn::{Drawn, Picture};
use super::export::{self, ExportLinks, exactly};
use super::legend::Legend;
use super::view_state::{DIMENSIONS, ViewState, dimension_name, group_name, kind};
use crate::charts::spend::{Series, Shape};
use crate::colour::{OTHER, Palette};
use crate::components::owner;
use crate::components::states::Empty;
use crate::format::{duration, money, time};

const SHAPES: [(Shape, &str); 3] = [(Shape::Stacked, "Stacked"), (Shape::Lines, "Lines"), (Shape::Share, "Share")];

/// The panel: what to group by, how to draw, the picture, its legend.
#[component]
pub fn Spend(
    /// What was spent.
    costs: Costs,
    /// What the URL says.
    state: ViewState,
) -> impl IntoView {
    let (shape, table) = (state.shape, state.table);
    let width = duration::width(costs.bucket_seconds);
    let asked = duration::width(state.range_or_default().seconds());
    let (summary, of_series) = (summary(&costs), export::of_series(&costs));
    let range = exactly(costs.range);
    // A share of the range before would be one of another whole.
    let has_previous = !costs.previous.is_empty() && (table || shape != Shape::Share);
    let is_cut = costs.alarms.is_cut && !table;
    let drawn = drawn(costs, &state, &asked);
    let series = drawn.series.clone();
    let body = if series.is_empty() {
        view! { <Empty title="Nothing was spent in this range">"Choose a longer one, or send spans with a cost."</Empty> }.into_any()
    } else if table {
        view! { <ChartTable drawn/> }.into_any()
    } else {
        view! { <Picture drawn shape summary/> }.into_any()
    };
    let export = table.then(|| view! { <ExportLinks of_what=of_series csv="csv-series"/> });
    let zoomed_out = state.zoomed_out().map(|out| (out.range_or_default().label(), out.href()));
    view! {
        <header>
            <h2 id="spend">"Spend"</h2>
            <span class="sub only-wide">{format!("per {width}, UTC")}</span>
            {zoomed_out.map(|(label, href)| view! { <ZoomOut label href/> })}
            <div class="spacer"></div>
            <Switches state=state.clone()/>
        </header>
        <div class="pb">
            {body}
            <Legend series range previous=has_previous.then_some(asked) is_cut state>{export}</Legend>
        </div>
    }
    .into_any()
}

/// The way back to the range that was zoomed into.
#[component]
pub fn ZoomOut(
    /// The range it leads to.
    label: String,
    /// Its address.
    href: String,
) -> impl IntoView {
    view! {
        <a class="btn" href=href data-noscroll="true" title=format!("Zoom out to: {label}")>
            "Zoom out"
        </a>
    }
    .into_any()
}

#[component]
fn Switches(state: ViewState) -> impl IntoView {
    let by = DIMENSIONS
        .map(|(dimension, name, _)| {
            let href = ViewState { by: dimension, ..state.clone() }.href();
            let here = state.by == dimension;
            view! {
                <a href=href data-noscroll="true" class:on=here aria-current=here.then_some("true")>
                    {name}
                </a>
            }
        })
        .collect_view();
    let shapes = SHAPES
        .map(|(shape, name)| {
            let href = ViewState { shape, table: false, ..state.clone() }.href();
            let here = state.shape == shape && !state.table;
            view! {
                <a href=href data-noscroll="true" class:on=here aria-current=here.then_some("true")>
                    {name}
                </a>
            }
        })
        .collect_view();
    view! {
        <span class="lbl only-wide" aria-hidden="true">"Group by"</span>
        <nav class="seg" aria-label="Group by">
            {by}
        </nav>
        <nav class="seg only-wide" aria-label="Draw as">
            {shapes}
        </nav>
    }
    .into_any()
}

fn summary(costs: &Costs) -> String {
    format!(
        "Spend by {}, {} in all, {} to {} UTC, per {}",
        dimension_name(costs.by).to_lowercase(),
        money::amount(costs.total.cost),
        time::day_minute(costs.range.from, costs.now),
        time::day_minute(costs.range.to, costs.now),
        duration::width(costs.bucket_seconds),
    )
}

/// What the picture and the table are made of.
fn drawn(costs: Costs, state: &ViewState, asked: &str) -> Drawn {
    let is_compared = state.previous && !costs.previous.is_empty();
    Drawn {
        now: costs.now,
        range: costs.range,
        bucket_seconds: costs.bucket_seconds,
        series: series(&costs),
        previous: is_compared.then(|| (format!("the {asked} before"), costs.previous)),
        buckets: costs.buckets,
        alarms: costs.alarms,
        behind: Some(String::new()),
        zoom: state.zoomed(),
    }
}

/// The parts as series with their names, colours and the traces behind them.
fn series(costs: &Costs) -> Vec<Series> {
    let keys = costs.parts.iter().filter_map(|part| match &part.name {
        PartName::Group(Some(key)) => Some(key.as_str()),
        _ => None,
    });
    let palette = Palette::assign(kind(costs.by), keys);
    costs
        .parts
        .iter()
        .map(|part| {
            let values = part.values.clone();
            match &part.name {
                PartName::Group(key) => Series {
                    name: group_name(costs.by, key.as_deref()),
                    slot: key.as_deref().map_or(OTHER, |key| palette.slot(key)),
                    values,
                    behind: condition(costs.by, key.clone()),
                },
                PartName::Others(count) => {
                    Series { name: format!("{count} others"), slot: OTHER, values, behind: None }
                }
            }
        })
        .collect()
}

/// The condition on the traces of a group; all spend is that of all traces.
fn condition(by: Dimension, key: Option<String>) -> Option<String> {
    match by {
        Dimension::Total => Some(String::new()),
        dimension => owner::condition(&Owner { dimension, key }),
    }
}
