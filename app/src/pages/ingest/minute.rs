//! The last minute, second by second: how many spans became visible, and how late they were.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use model::ingest::IngestReport;

use crate::charts::figure::Figure;
use crate::charts::pulse;
use crate::components::states::Empty;
use crate::format::{duration, money, number, time};

/// The panel.
#[component]
pub fn LastMinute(
    /// What the server counted.
    report: IngestReport,
) -> impl IntoView {
    let body =
        if is_untouched(&report) { view! { <Untouched/> }.into_any() } else { view! { <Charts report/> }.into_any() };
    view! {
        <header>
            <h2 id="minute">"Last minute"</h2>
            <span class="sub">"per second"</span>
        </header>
        {body}
    }
    .into_any()
}

/// Whether nobody has sent anything since the start.
fn is_untouched(report: &IngestReport) -> bool {
    let health = &report.health;
    let heard = [health.accepted, health.rejected, health.duplicates, health.turned_away, health.requests_refused];
    heard.iter().all(|count| *count == 0)
}

#[component]
fn Untouched() -> impl IntoView {
    view! {
        <Empty title="Nothing has come in since this server started">
            "Point an OpenTelemetry SDK at one of the doors below. "
            <a class="link" href="/">
                "The overview shows how to send the first span"
            </a>
            ", line by line."
        </Empty>
    }
    .into_any()
}

#[component]
fn Charts(report: IngestReport) -> impl IntoView {
    let rate: Vec<Option<f64>> = report.health.spans_per_second_series.iter().copied().map(Some).collect();
    let most = rate.iter().flatten().copied().fold(0.0, f64::max);
    let all: f64 = rate.iter().flatten().sum();
    let rate_summary = format!(
        "Spans per second over the last minute: {} in all, at most {} in a second",
        number::rate(all),
        number::rate(most)
    );
    let worst = report.lag_series.iter().flatten().copied().fold(0.0, f64::max);
    let lag_summary = match report.lag {
        Some(lag) => format!(
            "Lag from the end of a span until it is visible, 99th percentile per second: {} over the minute, {} in its worst second",
            duration::seconds(lag.p99),
            duration::seconds(worst)
        ),
        None => "Lag from the end of a span until it is visible: nothing arrived in the last minute".to_owned(),
    };
    let rate_plot = pulse::plot(&rate, number::rate);
    let lag_label = |lag| if lag > 0.0 { duration::seconds(lag) } else { "0".to_owned() };
    let lag_plot = pulse::plot(&report.lag_series, lag_label);
    view! {
        <div class="pb minute">
            <h3>"Spans per second"</h3>
            <Figure summary=rate_summary plot=rate_plot class="chart--minute"/>
            <h3>"Lag from the end of a span until it is visible, p99"</h3>
            <Figure summary=lag_summary plot=lag_plot class="chart--minute chart--minute-low"/>
            <Table report/>
        </div>
    }
    .into_any()
}

/// The same figures to read; seconds without any are left out.
#[component]
fn Table(report: IngestReport) -> impl IntoView {
    let seconds = report.health.spans_per_second_series.into_iter().zip(report.lag_series).enumerate();
    let rows = seconds
        .rev()
        .filter(|(_, (spans, lag))| *spans > 0.0 || lag.is_some())
        .map(|(place, (spans, lag))| {
            view! {
                <tr>
                    <th scope="row" class="tnum">{time::clock(second(report.now, place))}</th>
                    <td class="num">{number::rate(spans)}</td>
                    <td class="num">{lag.map_or_else(|| money::UNKNOWN.to_owned(), duration::seconds)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <details class="minute__table">
            <summary class="link">"Show as table"</summary>
            <div class="scroll-x" tabindex="0" role="region" aria-label="The last minute as a table">
                <table class="tbl">
                    <thead>
                        <tr>
                            <th scope="col">"Second, UTC"</th>
                            <th scope="col" class="num">"Spans"</th>
                            <th scope="col" class="num">"Lag, p99"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// The moment of a place among the sixty complete seconds before `now`.
fn second(now: DateTime<Utc>, place: usize) -> DateTime<Utc> {
    // Places are below sixty.
    now - TimeDelta::seconds(60 - i64::try_from(place).unwrap_or_default())
}
