//! Spend over time by the chosen dimension.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::UsdSum;

use super::api::{Costs, PartName};
use super::chart_table::ChartTable;
use super::export::{self, ExportLinks};
use super::view_state::{DIMENSIONS, ViewState, dimension_name, group_name, kind};
use crate::charts::figure::Figure;
use crate::charts::scale;
use crate::charts::spend::{self, Series, Shape};
use crate::colour::{OTHER, Palette};
use crate::components::figures::Swatch;
use crate::components::states::Empty;
use crate::format::{duration, money, time};
use crate::islands::readout::{Readings, ReadingsData, Readout};

/// Where the read-out finds its figures.
const READINGS_ID: &str = "spend-readings";

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
    let series = series(&costs);
    let width = duration::width(costs.bucket_seconds);
    let asked = duration::width(state.range_or_default().seconds());
    let toggle = ViewState { table: !table, ..state.clone() }.href();
    let body = if series.is_empty() {
        view! { <Empty title="Nothing was spent in this range">"Choose a longer one, or send spans with a cost."</Empty> }.into_any()
    } else if table {
        view! { <ChartTable series=series.clone() buckets=costs.buckets.clone() now=costs.now/> }.into_any()
    } else {
        view! { <Picture costs=costs.clone() series=series.clone() shape/> }.into_any()
    };
    let export = table.then(|| view! { <ExportLinks of_what=export::of_series(&costs) csv="csv-series"/> });
    let has_previous = !costs.previous.is_empty() && shape != Shape::Share && !table;
    view! {
        <header>
            <h2 id="spend">"Spend"</h2>
            <span class="sub only-wide">{format!("per {width}, UTC")}</span>
            <div class="spacer"></div>
            <Switches state/>
        </header>
        <div class="pb">
            {body}
            <div class="legend chart-leg">
                {series
                    .into_iter()
                    .map(|series| view! { <span><Swatch colour=series.slot/>{series.name}</span> })
                    .collect_view()}
                {has_previous
                    .then(|| {
                        view! {
                            <span>
                                <i class="sw dash"></i>
                                {format!("the {asked} before")}
                            </span>
                        }
                    })}
                <span class="spacer"></span>
                {export}
                <a class="link" href=toggle data-noscroll="true">
                    {if table { "Show as chart" } else { "Show as table" }}
                </a>
            </div>
        </div>
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
        <nav class="seg" aria-label="Group by">
            {by}
        </nav>
        <nav class="seg only-wide" aria-label="Draw as">
            {shapes}
        </nav>
    }
    .into_any()
}

#[component]
fn Picture(costs: Costs, series: Vec<Series>, shape: Shape) -> impl IntoView {
    let points: Vec<_> =
        costs.buckets.iter().map(|bucket| scale::middle(*bucket, costs.bucket_seconds, costs.now)).collect();
    let places: Vec<f64> = points.iter().map(|point| scale::place(*point, costs.range)).collect();
    let summary = format!(
        "Spend by {}, {} in all, {} to {} UTC, per {}",
        dimension_name(costs.by).to_lowercase(),
        money::amount(costs.total.cost),
        time::day_minute(costs.range.from, costs.now),
        time::day_minute(costs.range.to, costs.now),
        duration::width(costs.bucket_seconds),
    );
    let last = places.len().saturating_sub(1);
    let readings = readings(&series, &costs, places);
    let plot = spend::plot(&spend::Spend { range: costs.range, points, series, previous: costs.previous }, shape);
    let now_at = (costs.now < costs.range.to).then(|| scale::place(costs.now, costs.range));
    view! {
        <Figure summary plot class="chart--spend">
            {now_at
                .map(|at| {
                    view! {
                        <div class="now" class:now--end=(at > 0.9) style=format!("left:{:.2}%", at * 100.0)>
                            <span>"now"</span>
                        </div>
                    }
                })}
            <ReadingsData id=READINGS_ID readings/>
            <Readout source=READINGS_ID.to_owned() last/>
        </Figure>
    }
    .into_any()
}

/// The parts as series with their names and colours.
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
            let (name, slot) = match &part.name {
                PartName::Group(key) => {
                    (group_name(costs.by, key.as_deref()), key.as_deref().map_or(OTHER, |key| palette.slot(key)))
                }
                PartName::Others(count) => (format!("{count} others"), OTHER),
            };
            Series { name, slot, values: part.values.clone() }
        })
        .collect()
}

/// Everything the read-out says. The parts are drawn bottom up, so they are read top down.
fn readings(series: &[Series], costs: &Costs, places: Vec<f64>) -> Readings {
    let width = chrono::TimeDelta::seconds(costs.bucket_seconds);
    let title = |start: &DateTime<Utc>| {
        format!("{} to {}", time::day_minute(*start, costs.now), time::hour_minute(*start + width))
    };
    let figures = |series: &Series| series.values.iter().map(|value| money::amount(*value)).collect();
    let total = |index: usize| series.iter().filter_map(|series| series.values.get(index).copied()).sum::<UsdSum>();
    Readings {
        titles: costs.buckets.iter().map(title).collect(),
        parts: series.iter().rev().map(|series| (series.slot, series.name.clone(), figures(series))).collect(),
        totals: (0..places.len()).map(|index| money::amount(total(index))).collect(),
        places,
    }
}
