//! What of the trace's money was avoidable: the figure in the head, and the list that it opens.

use leptos::prelude::*;
use model::trace::waste::{Avoidable, Finding, Named, Reason};
use model::{SpanId, TraceId, UsdSum};

use super::read::TraceView;
use crate::components::figures::{Money, known};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, money, number};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;

/// Decimals of the list's column, so that its points line up: those of the waterfall.
const DECIMALS: u32 = 5;

/// The figure; nothing when nothing was avoidable. It opens and closes the list.
#[component]
pub fn Figure(
    /// The trace.
    trace: TraceView,
    /// The view it is in.
    url: TraceUrl,
) -> impl IntoView {
    let cost = trace.avoidable_cost;
    if cost == UsdSum::ZERO {
        return ().into_any();
    }
    let share = number::percent(number::share(cost.pico(), trace.sheet.own_cost.pico()));
    let href = TraceUrl { waste: !url.waste, ..url.clone() }.href(trace.sheet.trace_id);
    let what = if url.waste { "Hide what was avoidable" } else { "Show what was avoidable" };
    view! {
        <div class="stat waste-stat">
            <dt>"Avoidable"</dt>
            <dd>
                <a class="link" href=href title=what aria-expanded=if url.waste { "true" } else { "false" }>
                    <Money amount=Some(cost)/>
                    " "
                    <em class="tnum">{share}</em>
                </a>
            </dd>
        </div>
    }
    .into_any()
}

/// The list.
#[component]
pub fn Panel(
    /// What was avoidable.
    avoidable: Avoidable,
    /// Which trace.
    trace_id: TraceId,
    /// The view it is in.
    url: TraceUrl,
) -> impl IntoView {
    let reasons = avoidable.reasons.iter().map(|(reason, cost, spans)| {
        let words = format!("{} {}", money::amount(*cost), by_reason(*reason, *spans));
        view! { <li>{words}</li> }
    });
    let reasons = reasons.collect_view();
    let link = |span_id: SpanId| url.with_span(Some(span_id)).href(trace_id);
    let rows = avoidable.findings.iter().map(|finding| row(finding, &link)).collect_view();
    let closed = TraceUrl { waste: false, ..url.clone() }.href(trace_id);
    let cut = cut(&avoidable).into_iter().map(|words| view! { <p class="muted">{words}</p> }).collect_view();
    view! {
        <section class="waste" aria-label="Avoidable spend">
            <header class="waste__head">
                <h3>"Avoidable spend"</h3>
                <ul class="waste__reasons">{reasons}</ul>
                <div class="spacer"></div>
                <a class="ibtn sm" href=closed aria-label="Close the list of avoidable spend" title="Close">
                    <Icon glyph=Glyph::Close/>
                </a>
            </header>
            <div class="waste__list" tabindex="0" role="region" aria-label="What was avoidable, dearest first">
                <table class="tbl">
                    <caption class="vh">"What was avoidable, dearest first"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Why"</th>
                            <th scope="col">"Spans that spent it"</th>
                            <th scope="col" class="num">"Cost"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {cut}
            </div>
        </section>
    }
    .into_any()
}

/// What of one reason there is, in words.
fn by_reason(reason: Reason, spans: u64) -> String {
    let spans = number::counted(i64::try_from(spans).unwrap_or(i64::MAX), "span");
    match reason {
        Reason::Retried => format!("in {spans} of attempts that were tried again"),
        Reason::Repeated => format!("in {spans} that repeat an identical call"),
        Reason::Failed => format!("in {spans} at or below a failure"),
    }
}

/// What is not listed, or not known.
fn cut(avoidable: &Avoidable) -> Vec<String> {
    let mut words = Vec::new();
    let listed: UsdSum = avoidable.findings.iter().map(|finding| finding.cost).sum();
    let more = avoidable.findings_total.saturating_sub(avoidable.findings.len() as u64);
    if more > 0 {
        let rest = money::amount(avoidable.cost - listed);
        words.push(format!("{} more, {rest} in all, are not listed.", number::count(more as i64)));
    }
    if avoidable.not_compared > 0 {
        let calls = number::counted(avoidable.not_compared as i64, "call");
        words.push(format!("{calls} were not compared with others, being too many: more may be repeated."));
    }
    words
}

fn row(finding: &Finding, link: &impl Fn(SpanId) -> String) -> AnyView {
    let name = |span: &Named| {
        let title = format!("{} {}", span.service, duration::offset(span.offset_ns));
        view! { <a class="link" href=link(span.span_id) title=title>{named(&span.operation).to_owned()}</a> }
    };
    let why = match (&finding.followed_by, finding.reason) {
        (Some(next), _) => view! { {name(&finding.because)} " failed and was tried again by " {name(next)} }.into_any(),
        (None, Reason::Repeated) => view! { "Repeats the call of " {name(&finding.because)} }.into_any(),
        (None, _) => view! { {name(&finding.because)} " failed" }.into_any(),
    };
    let parts = finding.parts.iter().map(|part| {
        view! {
            <li>
                {name(&part.span)}
                " "
                <span class="muted tnum">{duration::offset(part.span.offset_ns)}</span>
                " "
                <Money amount=known(Some(part.cost))/>
            </li>
        }
    });
    let more = finding.spans_total.saturating_sub(finding.parts.len() as u64);
    let more = (more > 0).then(|| {
        let listed: UsdSum = finding.parts.iter().map(|part| part.cost).sum();
        let rest = money::amount(finding.cost - listed);
        view! { <li class="muted">{format!("{} more, {rest}", number::count(more as i64))}</li> }
    });
    let glyph = if finding.reason == Reason::Repeated { Glyph::Copy } else { Glyph::Error };
    view! {
        <tr>
            <td class="waste__why">
                <Icon glyph size=Size::Medium/>
                <span>{why}</span>
            </td>
            <td>
                <ul class="waste__parts">{parts.collect_view()} {more}</ul>
            </td>
            <td class="num strong"><Money amount=Some(finding.cost) decimals=DECIMALS/></td>
        </tr>
    }
    .into_any()
}
