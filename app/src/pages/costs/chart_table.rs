//! The chart's figures as a table.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::UsdSum;

use crate::charts::spend::Series;
use crate::components::figures::Money;
use crate::format::time;

/// Decimals of the columns, so that points line up and rows visibly add up.
const DECIMALS: u32 = 4;

/// One row per bucket, newest first; buckets without any spend are left out.
#[component]
pub fn ChartTable(
    /// The parts.
    series: Vec<Series>,
    /// Start of every bucket.
    buckets: Vec<DateTime<Utc>>,
    /// The server's clock.
    now: DateTime<Utc>,
) -> impl IntoView {
    let value = |series: &Series, index: usize| series.values.get(index).copied().unwrap_or_default();
    let rows = buckets
        .iter()
        .enumerate()
        .rev()
        .filter(|(index, _)| series.iter().any(|series| value(series, *index) > UsdSum::ZERO))
        .map(|(index, bucket)| {
            let total: UsdSum = series.iter().map(|series| value(series, index)).sum();
            let cells = series
                .iter()
                .map(|series| {
                    let amount = value(series, index);
                    view! {
                        <td class="num">
                            <Money amount decimals=DECIMALS/>
                        </td>
                    }
                })
                .collect_view();
            view! {
                <tr>
                    <th scope="row" class="tnum">{time::day_minute(*bucket, now)}</th>
                    {cells}
                    <td class="num strong">
                        <Money amount=total decimals=DECIMALS/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll-x chart-table" tabindex="0" role="region" aria-label="Spend over time as a table">
            <table class="tbl">
                <thead>
                    <tr>
                        <th scope="col">"From, UTC"</th>
                        {series.iter().map(|series| view! { <th scope="col" class="num">{series.name.clone()}</th> }).collect_view()}
                        <th scope="col" class="num">"Total"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
