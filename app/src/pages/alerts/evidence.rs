//! The traces that fired an alert.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::trace::TraceSummary;

use super::api::Detail;
use super::words::{Measured, Unit};
use crate::components::figures::{Duration, Money, Split, known};
use crate::components::states::Empty;
use crate::components::trace_table::COST_DECIMALS;
use crate::format::{money, number, time};
use crate::url_state::trace_href;

/// The panel.
#[component]
pub fn Evidence(
    /// The alert.
    detail: Detail,
    /// What its rule measures.
    measured: Measured,
) -> impl IntoView {
    let all = detail.alert.observation.evidence.len();
    let shown = detail.evidence.len();
    let now = detail.now;
    let says_ratio =
        measured.is_of_traces() && matches!(measured.unit, Unit::Usd | Unit::Nanos) && measured.limit > 0.0;
    let rows =
        detail.evidence.iter().map(|trace| view! { <Row trace=trace.clone() measured now says_ratio/> }).collect_view();
    let count = if shown < all {
        format!("{shown} of {all}, dearest first")
    } else {
        "the traces that fired it, dearest first".into()
    };
    view! {
        <section class="panel" aria-labelledby="evidence">
            <header>
                <h2 id="evidence">"Evidence"</h2>
                <span class="sub">{count}</span>
                <div class="spacer"></div>
                <a class="link fs-12" href=all_href(&detail, measured)>
                    "All in the list"
                </a>
            </header>
            {if shown == 0 {
                view! { <Empty title="No trace of it is kept">"They may be older than what is kept, or were never complete."</Empty> }.into_any()
            } else {
                view! {
                    <div class="scroll-x evidence">
                        <table class="tbl">
                            <thead>
                                <tr>
                                    <th scope="col">"Trace"</th>
                                    <th scope="col" class="evidence__operation only-wide">"Operation"</th>
                                    <th scope="col" class="num only-wide">"Started"</th>
                                    <th scope="col" class="num">"Duration"</th>
                                    <th scope="col" class="num only-wide">"Spans"</th>
                                    <th scope="col" class="only-wide">"Split"</th>
                                    <th scope="col" class="num sort">"Cost"</th>
                                    {says_ratio.then(|| view! { <th scope="col" class="num">"vs limit"</th> })}
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                }
                    .into_any()
            }}
        </section>
    }
    .into_any()
}

#[component]
fn Row(trace: TraceSummary, measured: Measured, now: DateTime<Utc>, says_ratio: bool) -> impl IntoView {
    let value = match measured.unit {
        Unit::Usd => trace.cost.map(|cost| cost.to_f64()),
        Unit::Nanos => Some(trace.duration_ns as f64),
        Unit::Count | Unit::Percent | Unit::Share | Unit::Rate => None,
    };
    let ratio = value.filter(|_| says_ratio).map(|value| value / measured.limit);
    let over = ratio.is_some_and(|ratio| ratio > 1.0);
    view! {
        <tr>
            <td class="mono">
                <a class="link" href=trace_href(trace.trace_id, trace.own_space_of())>
                    {trace.trace_id.short()}
                </a>
            </td>
            <td class="evidence__operation only-wide">
                <span class="trunc">{trace.root_operation.unwrap_or_else(|| money::UNKNOWN.into())}</span>
            </td>
            <td class="num muted only-wide">{time::near(trace.start.to_datetime(), now)}</td>
            <td class="num">
                <Duration nanos=trace.duration_ns/>
            </td>
            <td class="num only-wide">{number::count(trace.spans)}</td>
            <td class="evidence__split only-wide">
                <Split parts=trace.split/>
            </td>
            <td class="num strong">
                <Money amount=known(trace.cost) decimals=COST_DECIMALS/>
            </td>
            {says_ratio
                .then(|| {
                    view! { <td class="num" class:crit=over>{ratio.map_or_else(|| money::UNKNOWN.into(), number::times)}</td> }
                })}
        </tr>
    }
    .into_any()
}

/// The list of traces around the alert, narrowed to what its rule looks for where the list can be.
fn all_href(detail: &Detail, measured: Measured) -> String {
    let (from, to) = (time::machine(detail.range.from), time::machine(detail.range.to));
    let limit = match measured.unit {
        Unit::Usd if measured.is_of_traces() => {
            format!("&order=cost&min_cost={}", UsdSum::from_f64(measured.limit))
        }
        Unit::Nanos => "&order=duration".into(),
        Unit::Usd | Unit::Count | Unit::Percent | Unit::Share | Unit::Rate => "&order=cost".into(),
    };
    format!("/traces?from={from}&to={to}{limit}")
}
