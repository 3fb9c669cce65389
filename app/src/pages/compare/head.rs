//! Both traces, and what lies between them.

use leptos::prelude::*;
use model::UsdSum;
use model::trace::TraceSummary;

use super::api::Compared;
use super::delta;
use super::url::{CompareUrl, TraceRef};
use crate::components::figures::{Duration, Money, Tenant, known};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{number, time};
use crate::islands::waterfall::row::named;

/// The letters by which the page calls the traces.
pub const LETTERS: [&str; 2] = ["A", "B"];

/// Three panels: A, B, and B less A.
#[component]
pub fn Head(
    /// Both traces.
    compared: Compared,
    /// What the address says.
    url: CompareUrl,
) -> impl IntoView {
    let [first, second] = compared.totals;
    let [a, b] = &compared.refs;
    let swapped = CompareUrl { sorted: url.sorted, ..CompareUrl::of(&[b, a]) }.href();
    let other = CompareUrl::of(&[a]).href();
    let traces = (0..2).map(|side| one(LETTERS[side], &compared.refs[side], &compared.summaries[side])).collect_view();
    let cost = second.cost - first.cost;
    let spans = second.spans as i64 - first.spans as i64;
    let failed = second.failed as i64 - first.failed as i64;
    view! {
        <div class="cmp-head">
            {traces}
            <section class="panel cmp-trace" aria-label="B compared with A">
                <header>
                    <h2>"B compared with A"</h2>
                </header>
                <dl class="cmp-figures">
                    <div>
                        <dt>"Cost"</dt>
                        <dd class="cmp-big">{delta::cell(cost, first.cost)}</dd>
                        <dd class="muted tnum">{delta::ratio(first, second)}</dd>
                    </div>
                    <div>
                        <dt>"Duration"</dt>
                        <dd class="cmp-big time-t tnum">{delta::time(second.duration_ns.saturating_sub(first.duration_ns))}</dd>
                    </div>
                    <div>
                        <dt>"Spans"</dt>
                        <dd class="tnum">{signed(spans)}</dd>
                    </div>
                    <div>
                        <dt>"Failed"</dt>
                        <dd class="tnum">{signed(failed)}</dd>
                    </div>
                </dl>
                <footer class="cmp-acts">
                    <a class="btn" href=swapped>
                        <Icon glyph=Glyph::Compare size=Size::Medium/>
                        "Swap A and B"
                    </a>
                    <a class="btn" href=other>"Another trace as B"</a>
                </footer>
            </section>
        </div>
        {unpriced(&compared)}
    }
    .into_any()
}

fn one(letter: &'static str, named_by: &TraceRef, summary: &TraceSummary) -> AnyView {
    let service = summary.root_service.clone().unwrap_or_default();
    let operation = summary.root_operation.as_deref().map_or("root not received", named).to_owned();
    let start = summary.start.to_datetime();
    view! {
        <section class="panel cmp-trace" aria-label=format!("Trace {letter}")>
            <header>
                <span class="cmp-letter">{letter}</span>
                <h2 class="trunc">
                    <span class="svc">{service}</span>
                    " "
                    {operation}
                </h2>
            </header>
            <dl class="cmp-figures">
                <div>
                    <dt>"Cost"</dt>
                    <dd class="cmp-big money-t"><Money amount=known(summary.cost)/></dd>
                </div>
                <div>
                    <dt>"Duration"</dt>
                    <dd class="cmp-big time-t"><Duration nanos=summary.duration_ns/></dd>
                </div>
                <div>
                    <dt>"Spans"</dt>
                    <dd class="tnum">{number::count(summary.spans)}</dd>
                </div>
                <div>
                    <dt>"Failed"</dt>
                    <dd class="tnum" class:crit=summary.errors != 0>{number::count(summary.errors)}</dd>
                </div>
            </dl>
            <footer class="cmp-acts">
                <a class="link mono" href=named_by.href(None)>{summary.trace_id.short()}</a>
                <span class="muted tnum">{format!("{} UTC", time::day_clock(start, start))}</span>
                <Tenant name=summary.tenant.clone()/>
            </footer>
        </section>
    }
    .into_any()
}

fn signed(difference: i64) -> String {
    if difference > 0 { format!("+{}", number::count(difference)) } else { number::count(difference) }
}

/// That not every cost is known, and so the difference may be another one.
fn unpriced(compared: &Compared) -> Option<AnyView> {
    let sides = LETTERS.into_iter().zip(compared.totals).filter(|(_, sums)| sums.unpriced > 0);
    let words: Vec<String> =
        sides.map(|(letter, sums)| format!("{} in {letter}", number::counted(sums.unpriced as i64, "span"))).collect();
    let drift = (0..2).any(|side| {
        let summed = compared.totals[side].cost;
        summed != known(compared.summaries[side].cost).unwrap_or(UsdSum::ZERO)
    });
    let changed = if drift { " A trace has changed while it was read: totals and rows may differ." } else { "" };
    if words.is_empty() && changed.is_empty() {
        return None;
    }
    let unpriced = match words.as_slice() {
        [] => String::new(),
        words => format!("No cost is known of {}: they add nothing to either side.", words.join(" and ")),
    };
    Some(view! { <p class="muted cmp-note">{unpriced} {changed}</p> }.into_any())
}
