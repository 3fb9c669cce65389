//! The sums and the lines of the list.

use std::sync::Arc;

use leptos::prelude::*;
use model::time::TimeRange;
use model::trace::filter::Order;
use model::trace::{ShapeBar, TraceSummary};

use super::api::{Colours, Listing};
use super::links::ListUrl;
use super::scatter::Scale;
use crate::colour::Palette;
use crate::components::figures::{Duration, Money, Swatch, Tenant, known};
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::pager::Pager;
use crate::format::{number, time};
use crate::pages::compare::{self, url::TraceRef};
use crate::url_state::trace_href;

/// Decimals of the cost column, so that its points line up.
const COST_DECIMALS: u32 = 5;

/// Seconds from which a clock time alone no longer says which day.
const DAY_SECONDS: i64 = 86_400;

/// Everything that matches, added up.
#[component]
pub fn Totals(
    /// The list.
    listing: Listing,
) -> impl IntoView {
    let totals = listing.totals;
    let failed = number::percent(number::share(i128::from(totals.with_errors), i128::from(totals.traces)));
    let missed = listing
        .missed
        .map(|prefix| view! { <span class="badge warn">{format!("no trace id begins with {prefix}")}</span> });
    let percentile = |name: &'static str, ns: Option<i64>| {
        ns.map(|nanos| view! { <span><span class="muted">{name}</span> " " <b class="time-t"><Duration nanos/></b></span> })
    };
    view! {
        <div class="tr-sum">
            <b class="tnum">{number::count(totals.traces)} {if totals.traces == 1 { " trace" } else { " traces" }}</b>
            <span><span class="muted">"cost"</span> " " <b class="money-t"><Money amount=Some(totals.cost)/></b></span>
            {percentile("p50", totals.p50_ns)}
            {percentile("p95", totals.p95_ns)}
            <span><span class="muted">"errors"</span> " " <b class="tnum">{failed}</b></span>
            {missed}
            <div class="spacer"></div>
            <span class="legend only-wide" aria-hidden="true">
                <span><i class="bub"></i>"area is cost"</span>
                <span><i class="bub bad"></i>"error"</span>
            </span>
        </div>
    }
}

/// The lines, and the way to the next.
#[component]
pub fn TraceTable(
    /// What the URL asks for.
    url: ListUrl,
    /// The list.
    listing: Listing,
    /// The colours of its tenants and services.
    colours: Arc<Colours>,
) -> impl IntoView {
    let scale = Scale::of(listing.lines.iter().map(|trace| trace.duration_ns));
    let shown = format!("{} of {}", number::count(listing.lines.len() as i64), number::count(listing.totals.traces));
    let next = listing.next.map(|cursor| url.page(Some(cursor)));
    let first = url.is_continued.then(|| url.page(None));
    let range = listing.range;
    let lines = listing.lines.into_iter();
    let lines = lines.map(|trace| view! { <Line trace range scale colours=colours.clone()/> }).collect_view();
    view! {
        <form class="tr-list" action=compare::url::PATH method="get" aria-label="Choose two traces to compare">
            <table class="tbl">
                <caption class="vh">"Traces"</caption>
                <thead>
                    <tr>
                        <th scope="col" class="tr-pick"><span class="vh">"Compare"</span></th>
                        <SortHeader url=url.clone() order=Order::Start label="Start" class=""/>
                        <th scope="col">"Root operation"</th>
                        <th scope="col" class="only-wide">"Shape"</th>
                        <SortHeader url=url.clone() order=Order::Duration label="Duration" class="num"/>
                        <th scope="col" class="num only-wide">"Spans"</th>
                        <th scope="col" class="num only-wide">"Errors"</th>
                        <SortHeader url order=Order::Cost label="Cost" class="num"/>
                        <th scope="col" class="only-wide">"Tenant"</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
            <div class="tr-compare">
                <button class="btn" type="submit">
                    <Icon glyph=Glyph::Compare size=Size::Medium/>
                    "Compare two"
                </button>
                <span class="only-wide">"Tick two traces to lay them side by side."</span>
            </div>
            <Pager shown next first/>
        </form>
    }
}

#[component]
fn SortHeader(url: ListUrl, order: Order, label: &'static str, class: &'static str) -> impl IntoView {
    let sorted = url.order == order;
    view! {
        <th scope="col" class=class class:sort=sorted aria-sort=sorted.then_some("descending")>
            <a href=url.ordered(order)>{label}</a>
        </th>
    }
}

/// One trace.
#[component]
fn Line(trace: TraceSummary, range: TimeRange, scale: Scale, colours: Arc<Colours>) -> impl IntoView {
    let tenant = trace.tenant.as_deref().map(|tenant| colours.tenants.slot(tenant));
    let start = trace.start.to_datetime();
    let started = match range.seconds() {
        ..=DAY_SECONDS => time::clock_millis(start),
        _ => time::day_clock(start, range.to),
    };
    let underline = format!("width:{:.1}%", scale.fraction(trace.duration_ns) * 100.0);
    let errors = match trace.errors {
        0 => view! { <span class="zero">"·"</span> }.into_any(),
        errors => view! { <span class="badge crit">{number::count(errors)}</span> }.into_any(),
    };
    let service = trace.root_service.clone().unwrap_or_default();
    let operation = match trace.root_operation.as_deref() {
        Some("") => "unnamed".to_owned(),
        Some(operation) => operation.to_owned(),
        None => format!("{} (root not received)", trace.trace_id.short()),
    };
    let named_by = TraceRef::of(&trace).to_string();
    view! {
        <tr>
            <td class="tr-pick">
                <input type="checkbox" name="t" value=named_by aria-label=format!("Compare {operation}, {}", trace.trace_id.short())/>
            </td>
            <td class="tnum muted">{started}</td>
            <td class="tr-op">
                <a class="op-cell" href=trace_href(trace.trace_id, trace.own_space_of())>
                    <Swatch colour=colours.services.slot(&service)/>
                    <span class="trunc">
                        <span class="muted">{service}</span>
                        " "
                        <b class="med">{operation}</b>
                    </span>
                </a>
            </td>
            <td class="only-wide tr-shape">{shape(trace.shape, &colours.services)}</td>
            <td class="num time-cell"><Duration nanos=trace.duration_ns/> <i style=underline></i></td>
            <td class="num only-wide">{number::count(trace.spans)}</td>
            <td class="num only-wide">{errors}</td>
            <td class="num strong"><Money amount=known(trace.cost) decimals=COST_DECIMALS/></td>
            <td class="only-wide muted"><Tenant name=trace.tenant colour=tenant/></td>
        </tr>
    }
}

/// The miniature of a trace: three rows of bars in the colours of their services; none until the trace has been quiet
/// for a moment.
fn shape(bars: Vec<ShapeBar>, colours: &Palette) -> impl IntoView + use<> {
    let rects = bars.into_iter().map(|bar| {
        let slot = colours.slot(&bar.service).to_string();
        let y = (1 + 4 * u32::from(bar.row)).to_string();
        // A sliver is drawn wide enough to be seen.
        let width = bar.width.max(8).to_string();
        view! { <rect class="shape__bar" class:whole={bar.row == 0} data-slot=slot x=bar.left.to_string() y=y width=width height="3"></rect> }
    });
    view! {
        <svg class="mw" viewBox="0 0 1000 13" preserveAspectRatio="none" aria-hidden="true">
            {rects.collect_view()}
        </svg>
    }
}
