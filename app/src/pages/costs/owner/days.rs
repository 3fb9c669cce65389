//! Spend of one owner day by day: the chart as a table.

use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::cost::Owner;
use model::time::TimeRange;

use super::api::Owned;
use crate::components::figures::{Money, ShareBar};
use crate::components::owner::{self, Behind};
use crate::format::{number, time};
use crate::pages::costs::export::exactly;

/// One day, or the part of it that lies in the range.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Day {
    range: TimeRange,
    spent: UsdSum,
}

/// The panel.
#[component]
pub fn Days(
    /// Whose.
    owner: Owner,
    /// What it spent.
    owned: Owned,
) -> impl IntoView {
    let days = days(&owned.buckets, &owned.series, owned.range);
    let most = days.iter().map(|day| day.spent.pico()).max().unwrap_or_default();
    let now = owned.now;
    let rows = days
        .into_iter()
        .rev()
        .map(|day| {
            let behind = owner::traces_href([&owner], &exactly(day.range));
            view! {
                <tr>
                    <th scope="row" class="tnum">{name(day.range, now)}</th>
                    <td class="days__share">
                        <ShareBar share=number::share(day.spent.pico(), most)/>
                    </td>
                    <td class="num strong">
                        <Behind href=behind>
                            <Money amount=day.spent decimals=DECIMALS/>
                        </Behind>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <header>
            <h2 id="days">"By day"</h2>
            <span class="sub">"UTC, newest first"</span>
        </header>
        <div class="scroll-x days" tabindex="0" role="region" aria-label="Spend by day">
            <table class="tbl">
                <thead>
                    <tr>
                        <th scope="col">"Day"</th>
                        <td></td>
                        <th scope="col" class="num">"Spend"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Decimals of the column, so that its points line up.
const DECIMALS: u32 = 4;

/// A day by its date; one that is not whole says what of it is meant.
fn name(day: TimeRange, now: DateTime<Utc>) -> String {
    let date = time::day(day.from, now);
    let (from, to) = (time::hour_minute(day.from), time::hour_minute(day.to));
    match (from.as_str(), to.as_str()) {
        ("00:00", "00:00") => date,
        (_, "00:00") => format!("{date}, from {from}"),
        ("00:00", _) => format!("{date}, to {to}"),
        _ => format!("{date}, {from} to {to}"),
    }
}

/// Buckets added up by day. A bucket lies in one day: widths divide a day, or are whole days, which are then a row each.
fn days(buckets: &[DateTime<Utc>], series: &[UsdSum], range: TimeRange) -> Vec<Day> {
    let mut days: Vec<(NaiveDate, Day)> = Vec::new();
    let ends = buckets.iter().skip(1).copied().chain([range.to]);
    for ((from, to), spent) in buckets.iter().copied().zip(ends).zip(series) {
        match days.last_mut() {
            Some((date, day)) if *date == from.date_naive() => {
                day.range.to = to;
                day.spent += *spent;
            }
            _ => days.push((from.date_naive(), Day { range: TimeRange { from, to }, spent: *spent })),
        }
    }
    days.into_iter().map(|(_, day)| day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up_to_days_and_a_part_of_one_says_so() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().expect("a time") };
        let range = TimeRange { from: at("2026-11-16T12:00:00Z"), to: at("2026-11-18T00:00:00Z") };
        let buckets: Vec<_> = (0..3).map(|index| range.from + chrono::TimeDelta::hours(12 * index)).collect();
        let series = [1, 2, 4].map(UsdSum::from_pico);
        let days = days(&buckets, &series, range);
        assert_eq!(days.iter().map(|day| day.spent.pico()).collect::<Vec<_>>(), [1, 6]);
        let names: Vec<String> = days.iter().map(|day| name(day.range, range.to)).collect();
        assert_eq!(names, ["16 Nov, from 12:00", "17 Nov"]);
    }
}
