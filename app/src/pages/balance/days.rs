//! The spans day by day beside what their traces say: where a difference is, and when each day was added up.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::cost::Day;

use super::api::{Books, SumAgain};
use crate::components::figures::Money;
use crate::format::money::UNKNOWN;
use crate::format::{number, time};

/// Days of the table: what is older agrees with its traces, or is listed all the same.
const DAYS_SHOWN_MAX: usize = 31;

/// Decimals of the columns.
const DECIMALS: u32 = 6;

/// The panel.
#[component]
pub fn SpansByDay(
    /// The books.
    books: Books,
    /// Adds all days up anew.
    sum_again: ServerAction<SumAgain>,
) -> impl IntoView {
    let now = books.now;
    let days = books.balance.days;
    let differ = |day: &Day| day.spans.is_none_or(|spans| !spans.agrees(&day.traces));
    let off = days.iter().any(differ);
    let shown: Vec<Day> =
        days.iter().enumerate().filter(|(at, day)| *at < DAYS_SHOWN_MAX || differ(day)).map(|(_, day)| *day).collect();
    let left_out = days.len() - shown.len();
    let kept = days.iter().filter(|day| day.summed_at.is_some()).count();
    let sub = match kept {
        0 => "all of them added up just now".to_owned(),
        kept => format!(
            "{} of {} kept from when they were added up last; their traces still say the same",
            kept,
            days.len()
        ),
    };
    let rows = shown.into_iter().map(|day| view! { <Row day now/> }).collect_view();
    view! {
        <header>
            <h2 id="days">"Spans by day"</h2>
            <span class="sub">{sub}</span>
            <div class="spacer"></div>
            <ActionForm action=sum_again>
                <button type="submit" class="btn">"Sum again"</button>
            </ActionForm>
        </header>
        <details class="balance__days" open=off>
            <summary>{format!("{}, as traces begin", number::counted(days.len() as i64, "day"))}</summary>
            <div class="scroll-x" tabindex="0" role="group" aria-labelledby="days">
                <table class="tbl">
                    <thead>
                        <tr>
                            <th scope="col">"Day, UTC"</th>
                            <th scope="col" class="num">"Spans"</th>
                            <th scope="col" class="num only-wide">"Without a cost"</th>
                            <th scope="col" class="num">"Sum of spans"</th>
                            <th scope="col" class="num">"Sum of traces"</th>
                            <th scope="col" class="num">"Added up"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {(left_out > 0).then(|| view! { <p class="pb balance__words">{format!("{left_out} older days agree and are not listed.")}</p> })}
        </details>
    }
    .into_any()
}

#[component]
fn Row(day: Day, now: DateTime<Utc>) -> impl IntoView {
    let Day { day, spans, traces, summed_at } = day;
    let differs = spans.is_some_and(|spans| !spans.agrees(&traces));
    let count = |value: Option<i64>| value.map_or_else(|| UNKNOWN.to_owned(), number::count);
    let when = match (spans, summed_at) {
        (None, _) => "not yet".to_owned(),
        (Some(_), None) => "just now".to_owned(),
        (Some(_), Some(at)) => time::near(at, now),
    };
    let cost = spans.map(|spans| view! { <Money amount=spans.cost decimals=DECIMALS/> }.into_any());
    view! {
        <tr>
            <th scope="row">{time::day(day, now)}</th>
            <td class="num">{count(spans.map(|spans| spans.spans))}</td>
            <td class="num only-wide">{count(spans.map(|spans| spans.unknown))}</td>
            <td class="num" class:crit=differs>
                {cost.unwrap_or_else(|| UNKNOWN.into_any())}
            </td>
            <td class="num" class:crit=differs>
                <Money amount=traces.cost decimals=DECIMALS/>
            </td>
            <td class="num muted">{when}</td>
        </tr>
    }
    .into_any()
}
