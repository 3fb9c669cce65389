//! The drift audit: traces whose sender declared another total than their spans add up to.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::cost::drift::{AuditLine, subject};

use super::api::{self, LINES_MAX, ReviewDifference};
use super::said::Said;
use super::view_url::{PATH, Shown, ViewUrl};
use crate::components::figures::Money;
use crate::components::pager::Pager;
use crate::components::states::Empty;
use crate::format::{money, number, time};
use crate::url_state::trace_href;

/// Decimals of the columns.
const DECIMALS: u32 = 6;

/// The panel.
#[component]
pub fn Audit(
    /// A page of it.
    audit: api::Audit,
    /// What the URL asks for.
    url: ViewUrl,
    /// What the forms do.
    review: ServerAction<ReviewDifference>,
) -> impl IntoView {
    let matching = match url.drift {
        Shown::Open => audit.open.0,
        Shown::Acknowledged => audit.acknowledged.0,
        Shown::All => audit.open.0 + audit.acknowledged.0,
    };
    let sub = format!(
        "{} open, together {}; {} acknowledged; of {} with a declared total",
        number::count(audit.open.0),
        money::amount(audit.open.1),
        number::count(audit.acknowledged.0),
        number::counted(audit.declared, "trace"),
    );
    let body = if audit.lines.is_empty() {
        view! { <Nothing audit=audit.clone() url=url.clone()/> }.into_any()
    } else {
        view! { <Lines audit url=url.clone() matching review/> }.into_any()
    };
    view! {
        <header>
            <h2 id="drift-title">"Traces that declared another total"</h2>
            <span class="sub">{sub}</span>
            <div class="spacer"></div>
            <Choice name="Traces" href={
                let url = url.clone();
                move |shown| url.audit(shown, 0)
            } chosen=url.drift/>
            <Tolerance url/>
        </header>
        {body}
    }
    .into_any()
}

/// Open, acknowledged, or both.
#[component]
pub fn Choice(
    /// Of what.
    name: &'static str,
    /// The address of each.
    href: impl Fn(Shown) -> String + 'static,
    /// The one that is shown.
    chosen: Shown,
) -> impl IntoView {
    let links = Shown::ALL.map(|(shown, words)| {
        let here = shown == chosen;
        view! {
            <a href=href(shown) class:on=here aria-current=here.then_some("true") data-noscroll>
                {words}
            </a>
        }
    });
    view! {
        <nav class="seg" aria-label=name>
            {links.into_iter().collect_view()}
        </nav>
    }
    .into_any()
}

/// The difference from which on a trace is listed.
#[component]
fn Tolerance(url: ViewUrl) -> impl IntoView {
    let value = url.tolerance.clone().map(|tolerance| tolerance.to_string()).unwrap_or_default();
    let kept = ViewUrl { offset: 0, rows_offset: 0, import: None, again: false, ..url };
    let kept = kept.pairs().into_iter().filter(|(key, _)| *key != "tolerance");
    view! {
        <form class="balance__tolerance" action=format!("{PATH}#drift") method="get" aria-label="Tolerance">
            {kept.map(|(key, value)| view! { <input type="hidden" name=key value=value/> }).collect_view()}
            <label>
                <span>"Tolerance $"</span>
                <input class="input" name="tolerance" inputmode="decimal" size="8" value=value/>
            </label>
            <button type="submit" class="btn">"Apply"</button>
        </form>
    }
    .into_any()
}

#[component]
fn Nothing(audit: api::Audit, url: ViewUrl) -> impl IntoView {
    let tolerance = url.tolerance.map(money::amount).unwrap_or_default();
    let words = match (url.drift, audit.declared) {
        (_, 0) => "No sender declares totals for its traces, as total_cost_usd beside the spans.".to_owned(),
        (Shown::Acknowledged, _) => "Nobody acknowledged a difference that is still the same.".to_owned(),
        _ => format!("No trace differs by more than {tolerance} from what its sender declared."),
    };
    view! { <Empty title="Nothing drifts">{words}</Empty> }.into_any()
}

#[component]
fn Lines(audit: api::Audit, url: ViewUrl, matching: i64, review: ServerAction<ReviewDifference>) -> impl IntoView {
    let (now, who) = (audit.now, audit.who);
    let (first, count) = (url.offset, audit.lines.len() as i64);
    let shown =
        format!("{} to {} of {}", number::count(first + 1), number::count(first + count), number::count(matching));
    let next = (first + count < matching).then(|| url.audit(url.drift, first + LINES_MAX as i64));
    let top = (first > 0).then(|| url.audit(url.drift, 0));
    let rows = audit.lines.into_iter().map(|line| view! { <Line line who=who.clone() now review/> }).collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-labelledby="drift-title">
            <table class="tbl balance__audit">
                <thead>
                    <tr>
                        <th scope="col">"Trace"</th>
                        <th scope="col" class="num only-wide">"Declared"</th>
                        <th scope="col" class="num only-wide">"Spans"</th>
                        <th scope="col" class="num sort">"Difference"</th>
                        <th scope="col">"Why"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager shown next first=top/>
    }
    .into_any()
}

#[component]
fn Line(line: AuditLine, who: String, now: DateTime<Utc>, review: ServerAction<ReviewDifference>) -> impl IntoView {
    let (trace_id, kept) = (line.drift.trace_id, line.drift.kept);
    let href = trace_href(trace_id, line.drift.own_space_of.as_deref());
    let what = [line.operation.clone(), line.tenant.clone(), Some(time::day_minute(line.start, now))];
    let what = what.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let difference = line.drift.difference();
    let both =
        format!("declared {}, spans {}", money::amount(line.drift.declared), money::amount(line.drift.calculated));
    let reasons = line.reasons().into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view();
    view! {
        <tr>
            <td>
                <a class="link mono" href=href>{trace_id.short()}</a>
                <span class="balance__what">{what}</span>
                <span class="balance__what only-narrow">{both}</span>
            </td>
            <td class="num only-wide">
                <Money amount=UsdSum::from(line.drift.declared) decimals=DECIMALS/>
            </td>
            <td class="num only-wide">
                <Money amount=UsdSum::from(line.drift.calculated) decimals=DECIMALS/>
            </td>
            <td class="num strong">
                <Money amount=difference decimals=DECIMALS/>
            </td>
            <td class="balance__why">
                <ul>{reasons}</ul>
                <Said
                    subject=subject(kept)
                    name=format!("trace {}", trace_id.short())
                    difference
                    said=line.said
                    who
                    now
                    review
                />
            </td>
        </tr>
    }
    .into_any()
}
