//! Ingest at a glance.

use leptos::prelude::*;
use model::ingest::IngestReport;

use super::words::{count_of, count_text};
use crate::format::{duration, money, number, time};

/// From this share of the queue on, new spans are about to be sent back.
const QUEUE_FULL_SHARE: f64 = 0.8;

/// Rate, lag, queue, and what became of the spans since the start.
#[component]
pub fn Figures(
    /// What the server counted.
    report: IngestReport,
) -> impl IntoView {
    let IngestReport { health, queue, lag, unpriced, .. } = report;
    let since = format!("since {} UTC", time::near(report.started_at, report.now));
    let seconds = |value: Option<f64>| value.map_or_else(|| money::UNKNOWN.to_owned(), duration::seconds);
    let queue_words = format!(
        "of {}; most so far {}",
        number::compact(whole(queue.spans_max)),
        number::compact(whole(queue.spans_peak))
    );
    let bytes_words = format!("{} of {}", number::bytes(queue.bytes), number::bytes(queue.bytes_max));
    let queue_is_full = number::share(queue.spans.into(), queue.spans_max.into()) >= QUEUE_FULL_SHARE;
    let calls = match unpriced.model_calls {
        0 => "no model calls yet".to_owned(),
        calls => format!("{} of {}", share(unpriced.unpriced_model_calls, calls), count_of(calls, "model call")),
    };
    view! {
        <div class="kpis ingest__figures">
            <div class="kpi">
                <span class="k-l">"Spans per second"</span>
                <b class="k-v tnum">{number::rate(health.spans_per_second)}</b>
                <span class="k-s">"over ten seconds"</span>
            </div>
            <div class="kpi">
                <span class="k-l">"Lag, p99"</span>
                <b class="k-v tnum time-t">{seconds(lag.map(|lag| lag.p99))}</b>
                <span class="k-s">{format!("p50 {}, last minute", seconds(lag.map(|lag| lag.p50)))}</span>
            </div>
            <div class="kpi">
                <span class="k-l">"Queue"</span>
                <b class="k-v tnum" class:warn-t=queue_is_full title=bytes_words>{count_text(queue.spans)}</b>
                <span class="k-s">{queue_words}</span>
            </div>
            <div class="kpi">
                <span class="k-l">"Accepted"</span>
                <b class="k-v tnum" title=count_text(health.accepted)>{number::compact(whole(health.accepted))}</b>
                <span class="k-s">{since}</span>
            </div>
            <div class="kpi">
                <span class="k-l">"Refused"</span>
                <b class="k-v tnum" class:crit={health.rejected > 0}>{count_text(health.rejected)}</b>
                <span class="k-s">
                    {format!("and {}; {} sent back", count_of(health.requests_refused, "request"), count_text(health.turned_away))}
                </span>
            </div>
            <div class="kpi">
                <span class="k-l">"Sent twice"</span>
                <b class="k-v tnum" title=count_text(health.duplicates)>{number::compact(whole(health.duplicates))}</b>
                <span class="k-s">"counted once"</span>
            </div>
            <div class="kpi">
                <span class="k-l">"Without a cost"</span>
                <b class="k-v tnum">{share(unpriced.unpriced, unpriced.spans)}</b>
                <span class="k-s">{calls}</span>
            </div>
        </div>
    }
    .into_any()
}

/// A share, which is unknown of nothing.
fn share(part: u64, of: u64) -> String {
    if of == 0 { money::UNKNOWN.to_owned() } else { number::percent(number::share(part.into(), of.into())) }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
