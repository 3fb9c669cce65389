//! The sums: a line per group, the total under them.

use leptos::prelude::*;
use model::trace::waterfall::statistics::{Column, GroupBy, GroupName, Statistic};

use super::read::{Asked, COLUMNS, GROUPINGS, Tables};
use crate::colour::Palette;
use crate::components::figures::{Duration, Money, Swatch};
use crate::format::{money, number};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;
use crate::pages::trace::read::TraceView;

/// Decimals of the cost column: those of the waterfall, so that figures agree.
const COST_DECIMALS: u32 = 5;

/// The table of groups.
#[component]
pub fn Groups(
    /// What there is to show.
    tables: Tables,
    /// The trace.
    view: TraceView,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    let (asked, palette) = (tables.asked, view.palette());
    let href = |url: TraceUrl| url.href(view.sheet.trace_id);
    let heads = COLUMNS.map(|(column, _, name)| head(asked, column, name, href(asked.ordered(&url, column))));
    let lines = tables.statistics.groups.iter().map(|(name, statistic)| {
        let is_only = tables.only.as_ref() == Some(name);
        let like = statistic.longest.filter(|_| !is_only).map(|span| span.to_string());
        let link = href(url.with_option("like", like).with_option("page", None));
        view! {
            <tr class:sel=is_only>
                <th scope="row">
                    <a class="op-cell" href=link aria-current=is_only.then_some("true") data-noscroll>
                        {name_of(asked.by, name, &palette)}
                    </a>
                </th>
                {figures(statistic)}
            </tr>
        }
    });
    let lines = lines.collect_view();
    let more = tables.statistics.groups_total - tables.statistics.groups.len();
    let more = (more > 0).then(|| more_of(&tables, more));
    let total = figures(&tables.statistics.total);
    let groups = number::count(tables.statistics.groups_total as i64);
    view! {
        <div class="scroll-x">
            <table class="tbl tt-groups">
                <caption class="vh">"Spans added up by group"</caption>
                <thead>
                    <tr>{heads.collect_view()}</tr>
                </thead>
                <tbody>{lines}</tbody>
                <tfoot>
                    {more}
                    <tr>
                        <th scope="row">{format!("Trace, {groups} in all")}</th>
                        {total}
                    </tr>
                </tfoot>
            </table>
        </div>
    }
    .into_any()
}

fn head(asked: Asked, column: Column, name: &'static str, href: String) -> AnyView {
    let is_name = column == Column::Name;
    let is_here = asked.order == column;
    let order = is_here.then_some(if asked.is_reversed == is_name { "descending" } else { "ascending" });
    // Names begin with the first, figures with the largest.
    let grouped_by = GROUPINGS.iter().find(|(by, ..)| *by == asked.by).map_or("", |(_, _, name)| name);
    let name = if is_name { grouped_by } else { name };
    view! {
        <th scope="col" class:num=!is_name aria-sort=order>
            <a href=href data-noscroll>{name}</a>
        </th>
    }
    .into_any()
}

fn name_of(by: GroupBy, name: &GroupName, palette: &Palette) -> AnyView {
    match by {
        GroupBy::Service => view! {
            <Swatch colour=palette.slot(&name.service)/>
            <span class="trunc">{name.service.clone()}</span>
        }
        .into_any(),
        GroupBy::Operation => view! {
            <Swatch colour=palette.slot(&name.service)/>
            <span class="trunc">{named(&name.operation).to_owned()} " " <span class="svc">{name.service.clone()}</span></span>
        }
        .into_any(),
        GroupBy::Model if name.model.is_empty() => view! { <span class="muted">"no model"</span> }.into_any(),
        GroupBy::Model => view! { <span class="trunc">{name.model.clone()}</span> }.into_any(),
    }
}

/// The cells of a line after its name.
fn figures(sum: &Statistic) -> impl IntoView + use<> {
    let tokens = match (sum.tokens_in, sum.tokens_out) {
        (None, None) => view! { <span class="muted">{money::UNKNOWN}</span> }.into_any(),
        (tokens_in, tokens_out) => {
            let text = |tokens: Option<i64>| tokens.map_or_else(|| money::UNKNOWN.to_owned(), number::count);
            format!("{}, {}", text(tokens_in), text(tokens_out)).into_any()
        }
    };
    let times = [sum.self_ns, sum.total_ns, sum.p50_ns.into(), sum.p95_ns.into(), sum.max_ns.into()];
    let times = times.map(|nanos| {
        // Past the end of what is shown there is nothing to tell apart: 292 years.
        let nanos = i64::try_from(nanos).unwrap_or(i64::MAX);
        view! { <td class="num"><Duration nanos/></td> }
    });
    view! {
        <td class="num">{number::count(sum.spans as i64)}</td>
        <td class="num" class:crit=sum.failed != 0>{number::count(sum.failed as i64)}</td>
        {times.collect_view()}
        <td class="num"><Money amount=sum.cost decimals=COST_DECIMALS/></td>
        <td class="num">{tokens}</td>
        <td class="num">{number::count(sum.unpriced as i64)}</td>
    }
}

/// Groups without a line, by what they have in common: that the lines above are not all.
fn more_of(tables: &Tables, more: usize) -> AnyView {
    let shown: usize = tables.statistics.groups.iter().map(|(_, sum)| sum.spans).sum();
    let spans = number::counted((tables.statistics.total.spans - shown) as i64, "span");
    let text = format!("{} more with {spans}", number::count(more as i64));
    view! {
        <tr>
            <td class="muted" colspan=COLUMNS.len().to_string()>{text}</td>
        </tr>
    }
    .into_any()
}
