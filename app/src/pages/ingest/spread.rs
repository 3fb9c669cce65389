//! How large transactions are and how long they take, and how spans come.

use leptos::prelude::*;
use model::ingest::{IngestReport, Quantiles};

use super::words::count_text;
use crate::components::figures::{ShareBar, Swatch};
use crate::format::{duration, money, number};

/// The panel.
#[component]
pub fn Spread(
    /// What the server counted.
    report: IngestReport,
) -> impl IntoView {
    let (batch, commit) = (report.batch_spans, report.commit_seconds);
    let transactions = match batch {
        Some(batch) => format!("{} in the last 10 minutes", count_text(batch.count)),
        None => "none in the last 10 minutes".to_owned(),
    };
    view! {
        <header>
            <h2 id="spread">"Transactions"</h2>
            <span class="sub">{transactions}</span>
        </header>
        <table class="tbl spread">
            <thead>
                <tr>
                    <td></td>
                    <th scope="col" class="num">"p50"</th>
                    <th scope="col" class="num">"p90"</th>
                    <th scope="col" class="num">"p99"</th>
                    <th scope="col" class="num">"Most"</th>
                </tr>
            </thead>
            <tbody>
                <Row name="Spans" quantiles=batch show=|spans| number::rate(spans.round())/>
                <Row name="Commit" quantiles=commit show=duration::seconds/>
            </tbody>
        </table>
        <div class="pb spread__encodings">
            <h3>"How spans came"</h3>
            <Encodings by_encoding=report.health.by_encoding/>
        </div>
    }
    .into_any()
}

#[component]
fn Row(name: &'static str, quantiles: Option<Quantiles>, show: fn(f64) -> String) -> impl IntoView {
    let figures: [Option<f64>; 4] = match quantiles {
        Some(Quantiles { p50, p90, p99, max, .. }) => [p50, p90, p99, max].map(Some),
        None => [None; 4],
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            {figures
                .map(|figure| view! { <td class="num">{figure.map_or_else(|| money::UNKNOWN.to_owned(), show)}</td> })
                .collect_view()}
        </tr>
    }
    .into_any()
}

#[component]
fn Encodings(by_encoding: Vec<(String, u64)>) -> impl IntoView {
    let all: u64 = by_encoding.iter().map(|(_, spans)| spans).sum();
    if all == 0 {
        return view! { <p class="muted fs-12">"No spans yet."</p> }.into_any();
    }
    let bars = by_encoding
        .into_iter()
        .zip(1u8..)
        .map(|((name, spans), slot)| {
            let share = number::share(spans.into(), all.into());
            view! {
                <li class="hbar">
                    <span class="op-cell">
                        <Swatch colour=slot/>
                        <span class="trunc">{name}</span>
                    </span>
                    <ShareBar share colour=slot/>
                    <b class="num" title=count_text(spans)>{number::compact(i64::try_from(spans).unwrap_or(i64::MAX))}</b>
                    <em class="num">{number::percent(share)}</em>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="bars">{bars}</ul> }.into_any()
}
