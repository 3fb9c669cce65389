//! How the doors are doing, live.

use leptos::prelude::*;
use model::cost::Sums;
use model::health::IngestHealth;

use crate::charts::spark::Spark;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, number};
use crate::frame::StatusLoading;

/// From this share of the queue on, new spans are about to be refused.
const QUEUE_FULL_SHARE: f64 = 0.8;

/// The panel.
#[component]
pub fn Ingest(
    /// Everything of the last 24 hours.
    last_day: Sums,
) -> impl IntoView {
    let status = expect_context::<StatusLoading>();
    let latest = move || status.get().and_then(Result::ok).map(|status| status.ingest);
    let badge = move || {
        latest().map(|health| {
            let (class, glyph, word) = state(&health);
            view! { <span class=class><Icon glyph size=Size::Small/>{word}</span> }
        })
    };
    let without_cost =
        number::percent(number::share(i128::from(last_day.spans - last_day.priced_spans), i128::from(last_day.spans)));
    view! {
        <header>
            <h2 id="ingest">"Ingest"</h2>
            <div class="spacer"></div>
            <Transition>{badge}</Transition>
            <a class="link fs-12" href="/ingest">
                "Details"
            </a>
        </header>
        <div class="pb ing">
            <Transition>{move || latest().map(|health| view! { <Figures health/> })}</Transition>
            <dl class="mini-kv">
                <div>
                    <dt>"Spans without a cost, 24 h"</dt>
                    <dd class="tnum">{without_cost}</dd>
                </div>
            </dl>
            <Transition>{move || latest().map(|health| view! { <Encodings health/> })}</Transition>
        </div>
    }
    .into_any()
}

fn state(health: &IngestHealth) -> (&'static str, Glyph, &'static str) {
    let fill = number::share(i128::from(health.queue_spans), i128::from(health.queue_spans_max));
    if health.disk_alarm.is_some() {
        ("badge crit", Glyph::Warn, "disk is full")
    } else if fill >= QUEUE_FULL_SHARE {
        ("badge warn", Glyph::Warn, "queue is full")
    } else if health.accepted == 0 {
        ("badge", Glyph::Clock, "waiting")
    } else {
        ("badge ok", Glyph::Ok, "healthy")
    }
}

#[component]
fn Figures(health: IngestHealth) -> impl IntoView {
    let lag = health.lag_p99_seconds.map_or_else(|| "—".into(), duration::seconds);
    let lines = [
        ("Lag, p99", lag),
        ("Queue", format!("{} of {}", group(health.queue_spans), group(health.queue_spans_max))),
        ("Rejected", group(health.rejected)),
        ("Sent twice, counted once", group(health.duplicates)),
    ];
    view! {
        <div class="ing-fig">
            <b class="tnum">{number::rate(health.spans_per_second)}</b>
            <span>"spans/s"</span>
            <Spark values=health.spans_per_second_series large=true/>
        </div>
        <dl class="mini-kv">
            {lines
                .into_iter()
                .map(|(name, figure)| {
                    view! {
                        <div>
                            <dt>{name}</dt>
                            <dd class="tnum">{figure}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}

#[component]
fn Encodings(health: IngestHealth) -> impl IntoView {
    let all: u64 = health.by_encoding.iter().map(|(_, spans)| spans).sum();
    let parts = health.by_encoding.into_iter().filter(|(_, spans)| *spans > 0).enumerate();
    view! {
        <div class="legend">
            {parts
                .map(|(index, (name, spans))| {
                    let share = number::percent(number::share(i128::from(spans), i128::from(all)));
                    // There are a handful of encodings; each takes the next slot.
                    view! {
                        <span>
                            <i class="sw" data-slot=(index % 12 + 1).to_string()></i>
                            {name}
                            " "
                            <em>{share}</em>
                        </span>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

fn group(value: u64) -> String {
    number::count(i64::try_from(value).unwrap_or(i64::MAX))
}
