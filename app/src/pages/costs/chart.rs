//! Spend over time by the chosen dimension.

use std::sync::Arc;

use leptos::prelude::*;
use model::UsdSum;

use super::api::{Costs, PartName};
use super::chart_table::ChartTable;
use super::view_state::{DIMENSIONS, ViewState, dimension_name, group_name, kind};
use crate::charts::figure::Figure;
use crate::charts::readout::{Read, Reading, Readout};
use crate::charts::scale;
use crate::charts::spend::{self, Series, Shape};
use crate::colour::{OTHER, Palette};
use crate::components::figures::Swatch;
use crate::components::states::Empty;
use crate::format::{duration, money, time};

const SHAPES: [(Shape, &str); 3] = [(Shape::Stacked, "Stacked"), (Shape::Lines, "Lines"), (Shape::Share, "Share")];

/// The panel: what to group by, how to draw, the picture, its legend.
#[component]
pub fn Spend(
    /// What was spent.
    costs: Costs,
    /// What the URL says.
    state: Memo<ViewState>,
) -> impl IntoView {
    let shape = state.with_untracked(|state| state.shape);
    let table = state.with_untracked(|state| state.table);
    let series = series(&costs);
    let width = duration::width(costs.bucket_seconds);
    let asked = duration::width(state.with_untracked(|state| state.range_or_default().seconds()));
    let toggle = ViewState { table: !table, ..state.get_untracked() }.href();
    let body = if series.is_empty() {
        view! { <Empty title="Nothing was spent in this range">"Choose a longer one, or send spans with a cost."</Empty> }.into_any()
    } else if table {
        view! { <ChartTable series=series.clone() buckets=costs.buckets.clone() now=costs.now/> }.into_any()
    } else {
        view! { <Picture costs=costs.clone() series=series.clone() shape/> }.into_any()
    };
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
                <a class="link" href=toggle data-noscroll="true">
                    {if table { "Show as chart" } else { "Show as table" }}
                </a>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Switches(state: Memo<ViewState>) -> impl IntoView {
    let by = DIMENSIONS
        .map(|(dimension, name, _)| {
            let href = move || ViewState { by: dimension, ..state.get() }.href();
            let here = move || state.with(|state| state.by == dimension);
            view! {
                <a href=href data-noscroll="true" class:on=here aria-current=move || here().then_some("true")>
                    {name}
                </a>
            }
        })
        .collect_view();
    let shapes = SHAPES
        .map(|(shape, name)| {
            let href = move || ViewState { shape, table: false, ..state.get() }.href();
            let here = move || state.with(|state| state.shape == shape && !state.table);
            view! {
                <a href=href data-noscroll="true" class:on=here aria-current=move || here().then_some("true")>
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
    let read: Read = Arc::new({
        let (series, costs) = (series.clone(), costs.clone());
        move |index| reading(&series, &costs, index)
    });
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
            <Readout places=Arc::new(places) read/>
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

fn reading(series: &[Series], costs: &Costs, index: usize) -> Reading {
    let start = costs.buckets.get(index).copied().unwrap_or(costs.range.from);
    let end = start + chrono::TimeDelta::seconds(costs.bucket_seconds);
    let value = |series: &Series| series.values.get(index).copied().unwrap_or_default();
    // Drawn bottom up, so read top down.
    let rows =
        series.iter().rev().map(|series| (series.slot, series.name.clone(), money::amount(value(series)))).collect();
    Reading {
        title: format!("{} to {}", time::day_minute(start, costs.now), time::hour_minute(end)),
        rows,
        total: money::amount(series.iter().map(value).sum::<UsdSum>()),
    }
}
