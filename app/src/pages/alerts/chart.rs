//! The figure of the alert's rule over time, against its limit.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use model::alert::Alert;
use model::time::TimeRange;

use super::api::Detail;
use super::words::{self, Measured};
use crate::charts::figure::Figure;
use crate::charts::scale;
use crate::charts::trend::{self, Against};
use crate::format::time;

/// The quiet before an alert that is shown with it, at least.
const BEFORE_SECONDS: i64 = 60 * 60;

/// The longest stretch shown: an alert open for weeks is read from its history, not from a line.
const RANGE_SECONDS_MAX: i64 = 24 * 60 * 60;

/// Points marked by themselves; beyond that the line says it all.
const MARKED_MAX: usize = 60;

/// What the chart of an alert that was `opened` then spans: an hour before that until now, or until a little after it was over.
pub fn range_of(alert: &Alert, opened: DateTime<Utc>, now: DateTime<Utc>) -> TimeRange {
    let after = TimeDelta::seconds(alert.window_seconds.clamp(60, 900));
    let to = alert.resolved_at.map_or(now, |at| (at + after).min(now));
    let from = (opened - TimeDelta::seconds(BEFORE_SECONDS)).max(to - TimeDelta::seconds(RANGE_SECONDS_MAX));
    TimeRange { from, to }
}

/// The chart.
#[component]
pub fn Chart(
    /// The alert.
    detail: Detail,
) -> impl IntoView {
    let measured = words::measured(&detail.alert);
    let against = if detail.band.is_empty() { Against::Limit(measured.limit) } else { Against::Band(&detail.band) };
    let trend = trend::plot(detail.range, &detail.series, against, |value| measured.unit.axis(value));
    let percent = |at: f64| format!("{:.2}%", at * 100.0);
    let summary = summary(&detail, measured, trend.beyond.len());
    let fired = scale::place(detail.alert.fired_at, detail.range);
    let most = trend.beyond.iter().map(|(_, height)| *height).fold(0.0, f64::max);
    let marked = trend.beyond.iter().rev().take(MARKED_MAX);
    let points = marked
        .map(|(x, height)| {
            let style = format!("left:{};bottom:{}", percent(*x), percent(*height));
            let top = *height >= most;
            view! { <i class="pt" class:top=top style=style></i> }
        })
        .collect_view();
    let limit_words = format!("limit {}", measured.unit.axis(measured.limit));
    view! {
        <Figure summary plot=trend.plot class="chart--alert">
            <div class="fire" style=format!("left:{}", percent(fired))>
                <span class="fired-at" class:inside=fired < 0.15>{format!("fired {}", time::hour_minute(detail.alert.fired_at))}</span>
            </div>
            {trend
                .limit
                .map(|limit| {
                    view! {
                        <div class="thr" style=format!("bottom:{}", percent(limit))>
                            <span class="tnum">{limit_words}</span>
                        </div>
                    }
                })}
            {points}
        </Figure>
    }
    .into_any()
}

fn summary(detail: &Detail, measured: Measured, beyond: usize) -> String {
    let [from, to] = [detail.range.from, detail.range.to].map(|at| time::day_minute(at, detail.now));
    let points = detail.series.len();
    if detail.band.is_empty() {
        let limit = measured.unit.axis(measured.limit);
        return format!(
            "{} from {from} to {to} UTC, limit {limit}; {beyond} of {points} points are beyond it.",
            measured.name
        );
    }
    format!("Spend from {from} to {to} UTC against what was expected; {beyond} of {points} points are beyond that.")
}
