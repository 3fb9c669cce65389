//! The books at a glance, and what is still on its way.

use leptos::prelude::*;
use model::UsdSum;
use model::cost::Dimension;

use super::api::Books;
use crate::components::figures::Money;
use crate::format::{duration, number, time};

/// Total, spans, what has no cost, what nobody pays.
#[component]
pub fn Figures(
    /// The books.
    books: Books,
) -> impl IntoView {
    let balance = &books.balance;
    let spans = balance.spans();
    let of_tenant = balance.unattributed.iter().find(|(of, _)| *of == Dimension::Tenant);
    let nobody = of_tenant.map_or(UsdSum::ZERO, |(_, sum)| *sum);
    let share = number::percent(number::share(nobody.pico(), balance.total.pico()));
    let unknown = number::percent(number::share(spans.unknown.into(), spans.spans.into()));
    view! {
        <div class="kpis balance__figures">
            <div class="kpi hero">
                <span class="k-l">"All spans ever accepted"</span>
                <b class="k-v tnum">
                    <Money amount=balance.total/>
                </b>
                <span class="k-s">{format!("added up at {} UTC", time::clock(books.as_of))}</span>
            </div>
            <div class="kpi">
                <span class="k-l">"Spans"</span>
                <b class="k-v tnum">{number::compact(spans.spans)}</b>
                <span class="k-s">{format!("on {}", number::counted(balance.days.len() as i64, "day"))}</span>
            </div>
            <div class="kpi">
                <span class="k-l">"Without a known cost"</span>
                <b class="k-v tnum">{number::count(spans.unknown)}</b>
                <span class="k-s">{format!("{unknown} of spans; not in any sum")}</span>
            </div>
            <div class="kpi">
                <span class="k-l">"Unattributed"</span>
                <b class="k-v tnum">
                    <Money amount=nobody/>
                </b>
                <span class="k-s">{format!("{share} has no tenant")}</span>
            </div>
        </div>
    }
    .into_any()
}

/// What is on its way between the tables.
#[component]
pub fn OnItsWay(
    /// The books.
    books: Books,
) -> impl IntoView {
    let open = books.balance.open;
    let pending = books.balance.spans().pending;
    let took = duration::nanos(i64::try_from(books.took_ms.saturating_mul(1_000_000)).unwrap_or(i64::MAX));
    let newest =
        open.last_seen.map_or_else(|| "none yet".to_owned(), |at| format!("{} UTC", time::near(at, books.now)));
    let lines = [
        ("Batches the roller has not merged", number::count(open.outbox_rows)),
        ("Verdicts that wait for a quiet trace", number::count(pending)),
        ("Traces not yet settled", number::count(open.unsettled_traces)),
        ("Newest span", newest),
        ("Adding up took", took),
    ];
    let lines = lines.map(|(name, value)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd class="tnum">{value}</dd>
            </div>
        }
    });
    view! {
        <header>
            <h2 id="open">"Still open"</h2>
        </header>
        <dl class="pb mini-kv">{lines.into_iter().collect_view()}</dl>
        <p class="pb balance__words">
            "None of it is missing above: what is on its way is counted where it is. A verdict that is open may still move a cost from a "
            "span to those below it."
        </p>
    }
    .into_any()
}
