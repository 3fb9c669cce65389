//! The chart's figures as a table; each leads to the traces behind it.

use leptos::prelude::*;
use model::UsdSum;
use model::time::TimeRange;

use super::drawn::Drawn;
use super::export::exactly;
use crate::charts::spend::Series;
use crate::components::figures::Money;
use crate::components::owner::{self, Behind};
use crate::format::{number, time};

/// Decimals of the columns, so that points line up and rows visibly add up.
const DECIMALS: u32 = 4;

/// One row per bucket, newest first; buckets without any spend are left out, and the table says so.
#[component]
pub fn ChartTable(
    /// What the chart is made of.
    drawn: Drawn,
) -> impl IntoView {
    let ends = drawn.buckets.iter().skip(1).copied().chain([drawn.range.to]);
    let ranges: Vec<TimeRange> =
        drawn.buckets.iter().zip(ends).map(|(from, to)| TimeRange { from: *from, to }).collect();
    let figure = |figures: &[UsdSum], index: usize| figures.get(index).copied().unwrap_or_default();
    let before = drawn.previous.as_ref();
    let has_figures = |index: usize| {
        let now = drawn.series.iter().any(|series| figure(&series.values, index) > UsdSum::ZERO);
        now || before.is_some_and(|(_, figures)| figure(figures, index) > UsdSum::ZERO)
    };
    let kept: Vec<usize> = (0..ranges.len()).rev().filter(|index| has_figures(*index)).collect();
    let left_out = ranges.len() - kept.len();
    let rows = kept
        .into_iter()
        .map(|index| {
            let before = before.map(|(_, figures)| figure(figures, index));
            view! { <Row drawn=drawn.clone() range=ranges[index] index before/> }
        })
        .collect_view();
    view! {
        <div class="scroll-x chart-table" tabindex="0" role="region" aria-label="Spend over time as a table">
            <table class="tbl">
                <thead>
                    <tr>
                        <th scope="col">"Time, UTC"</th>
                        {drawn
                            .series
                            .iter()
                            .map(|series| view! { <th scope="col" class="num">{series.name.clone()}</th> })
                            .collect_view()}
                        <th scope="col" class="num">"Total"</th>
                        {before.map(|(name, _)| view! { <th scope="col" class="num">{name.clone()}</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {(left_out > 0)
            .then(|| {
                let rows = number::counted(left_out as i64, "row");
                view! { <p class="muted fs-12 chart-table__left">{format!("Left out: {rows} without any spend.")}</p> }
            })}
    }
    .into_any()
}

#[component]
fn Row(drawn: Drawn, range: TimeRange, index: usize, before: Option<UsdSum>) -> impl IntoView {
    let exact = exactly(range);
    let value = |series: &Series| series.values.get(index).copied().unwrap_or_default();
    let total: UsdSum = drawn.series.iter().map(value).sum();
    // Where nothing was spent there is nothing to look at.
    let behind = |conditions: Option<&String>, amount: UsdSum| {
        conditions.filter(|_| amount > UsdSum::ZERO).map(|conditions| owner::traces_where(&exact, conditions))
    };
    let cells = drawn
        .series
        .iter()
        .map(|series| {
            let amount = value(series);
            view! { <Cell amount href=behind(series.behind.as_ref(), amount)/> }
        })
        .collect_view();
    let is_open = range.from <= drawn.now && drawn.now < range.to;
    view! {
        <tr>
            <th scope="row" class="tnum">
                {time::between(range, drawn.now)}
                {is_open.then(|| view! { <span class="muted">" in progress"</span> })}
            </th>
            {cells}
            <Cell amount=total href=behind(drawn.behind.as_ref(), total) strong=true/>
            {before.map(|amount| view! { <Cell amount href=None/> })}
        </tr>
    }
    .into_any()
}

#[component]
fn Cell(amount: UsdSum, href: Option<String>, #[prop(optional)] strong: bool) -> impl IntoView {
    view! {
        <td class="num" class:strong=strong>
            <Behind href>
                <Money amount decimals=DECIMALS/>
            </Behind>
        </td>
    }
    .into_any()
}
