//! Single spans: all of them or those of one group, in an order, a page at a time.

use leptos::prelude::*;
use model::trace::waterfall::statistics::{ListedSpan, SpanOrder};

use super::read::{Asked, ORDERS, PAGE_SPANS, Tables};
use crate::colour::Palette;
use crate::components::figures::{Duration, Money, Swatch, known};
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::pager::Pager;
use crate::format::{duration, number};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::{glyph, named};
use crate::pages::trace::read::TraceView;

/// Decimals of the cost column: those of the waterfall, so that figures agree.
const COST_DECIMALS: u32 = 5;

/// The list.
#[component]
pub fn Spans(
    /// What there is to show.
    tables: Tables,
    /// The trace.
    view: TraceView,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    let (asked, page, palette, trace_id) = (tables.asked, tables.page, view.palette(), view.sheet.trace_id);
    let heads = ORDERS.map(|(order, word, name)| {
        let word = (!word.is_empty()).then(|| word.to_owned());
        head(asked, order, name, url.with_option("spans", word).with_option("page", None).href(trace_id))
    });
    let what = match &tables.only {
        None => "All spans".to_owned(),
        Some(name) => {
            let parts = [&name.model, &name.operation, &name.service].map(String::as_str);
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            format!("Spans of {}", if parts.is_empty() { "no model".to_owned() } else { parts.join(", ") })
        }
    };
    let all = tables.only.is_some().then(|| {
        let href = url.with_option("like", None).with_option("page", None).href(trace_id);
        view! { <a class="link" href=href data-noscroll>"All spans"</a> }
    });
    let at = |page: usize| url.with_option("page", (page > 1).then(|| page.to_string())).href(trace_id);
    let end = page.first + page.spans.len();
    let shown = format!(
        "{} to {} of {}",
        number::count(page.first.min(page.total.saturating_sub(1)) as i64 + 1),
        number::count(end as i64),
        number::count(page.total as i64)
    );
    let next = (end < page.total).then(|| at(end / PAGE_SPANS + 1));
    let first = (page.first > 0).then(|| at(1));
    let lines = page.spans.iter().map(|span| line(span, &palette, &url, &view)).collect_view();
    view! {
        <div class="tt-bar">
            <h3 class="trunc">{what}</h3>
            {all}
        </div>
        <div class="scroll-x">
            <table class="tbl tt-spans">
                <caption class="vh">"Single spans"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Span"</th>
                        {heads.collect_view()}
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
        <Pager shown next first/>
    }
    .into_any()
}

fn head(asked: Asked, order: SpanOrder, name: &'static str, href: String) -> AnyView {
    let first = if order == SpanOrder::Start { "ascending" } else { "descending" };
    view! {
        <th scope="col" class="num" aria-sort=(asked.spans == order).then_some(first)>
            <a href=href data-noscroll>{name}</a>
        </th>
    }
    .into_any()
}

fn line(span: &ListedSpan, palette: &Palette, url: &TraceUrl, view: &TraceView) -> impl IntoView + use<> {
    let is_open = url.span == Some(span.span_id);
    let href = url.with_span(Some(span.span_id)).href(view.sheet.trace_id);
    let failed = span.failed.then(|| {
        view! {
            <span class="badge crit">
                <Icon glyph=Glyph::Error size=Size::Small/>
                "failed"
            </span>
        }
    });
    view! {
        <tr class:sel=is_open>
            <th scope="row">
                <a class="op-cell" href=href aria-current=is_open.then_some("true") data-opened=is_open.then_some("") data-noscroll>
                    <Swatch colour=palette.slot(&span.service)/>
                    <Icon glyph=glyph(span.category, span.kind) size=Size::Medium/>
                    <span class="trunc">
                        {named(&span.name).to_owned()} " " <span class="svc">{span.service.clone()}</span>
                    </span>
                    {failed}
                </a>
            </th>
            <td class="num">{duration::offset(span.offset_ns)}</td>
            <td class="num"><Duration nanos=span.duration_ns/></td>
            <td class="num"><Duration nanos=span.self_ns/></td>
            <td class="num"><Money amount=known(span.cost) decimals=COST_DECIMALS/></td>
        </tr>
    }
}
