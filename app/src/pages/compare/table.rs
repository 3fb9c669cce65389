//! Both trees as one: a row per path, with what it took and cost in either trace.

use leptos::prelude::*;
use model::trace::compare::{Row, Side, Sums};

use super::api::{Compared, ROWS_PER_PAGE};
use super::delta;
use super::head::LETTERS;
use super::url::{CompareUrl, Sorted};
use crate::components::figures::{Duration, Money};
use crate::components::icon::{Icon, Size};
use crate::components::pager::Pager;
use crate::format::{money, number};
use crate::islands::waterfall::row::{glyph, named};

/// Decimals of the columns, so that their points line up.
const DECIMALS: u32 = 5;

/// Most steps a row is indented by: beyond it a name would have no room.
const INDENT_STEPS_MAX: u32 = 12;

/// The panel.
#[component]
pub fn Paths(
    /// Both traces.
    compared: Compared,
    /// What the address says.
    url: CompareUrl,
) -> impl IntoView {
    let is_tree = url.sorted == Sorted::Tree;
    let rows = compared.rows.iter().map(|row| line(row, is_tree, &compared)).collect_view();
    let sorted = |sorted: Sorted, words: &'static str| {
        let href = CompareUrl { sorted, at: 0, ..url.clone() }.href();
        let is_on = url.sorted == sorted;
        view! { <a href=href data-noscroll="true" class:on=is_on aria-current=is_on.then_some("true")>{words}</a> }
    };
    let first = url.at.min(compared.rows_total.saturating_sub(1));
    let last = first + compared.rows.len();
    let page = |at: usize| CompareUrl { at, ..url.clone() }.href();
    let shown = format!(
        "Paths {} to {} of {}",
        number::count(first as i64 + 1),
        number::count(last as i64),
        number::count(compared.rows_total as i64)
    );
    let next = (last < compared.rows_total).then(|| page(first + ROWS_PER_PAGE));
    let top = (first > 0).then(|| page(0));
    view! {
        <section class="panel" aria-labelledby="paths">
            <header>
                <h2 id="paths">"Path by path"</h2>
                <span class="sub only-wide">"time and own cost of the spans of each"</span>
                <div class="spacer"></div>
                <nav class="seg" aria-label="Order of the paths">
                    {sorted(Sorted::Tree, "As in the tree")}
                    {sorted(Sorted::Delta, "By difference")}
                </nav>
            </header>
            <div class="scroll-x" tabindex="0" role="region" aria-label="Both traces, path by path">
                <table class="tbl cmp-table">
                    <thead>
                        <tr>
                            <th scope="col">"Operation"</th>
                            <th scope="col" class="num only-wide">"Time A"</th>
                            <th scope="col" class="num only-wide">"Time B"</th>
                            <th scope="col" class="num only-wide">"B − A"</th>
                            <th scope="col" class="num">"Cost A"</th>
                            <th scope="col" class="num">"Cost B"</th>
                            <th scope="col" class="num">"B − A"</th>
                            <th scope="col" class="num only-wide">"B ∕ A"</th>
                        </tr>
                    </thead>
                    <tbody>{rows} {rest(&compared)}</tbody>
                </table>
            </div>
            <Pager shown next first=top/>
        </section>
    }
    .into_any()
}

fn line(row: &Row, is_tree: bool, compared: &Compared) -> AnyView {
    let [first, second] = row.sides.map(|side| side.sums);
    let level = if is_tree { row.level.saturating_sub(1).min(INDENT_STEPS_MAX) } else { 0 };
    let only = row.only_in().map(|side| {
        view! { <span class="badge">{format!("only {}", LETTERS[side])}</span> }
    });
    view! {
        <tr data-only=row.only_in().map(|side| LETTERS[side])>
            <td>
                <div class="cmp-op" style=format!("--lv:{level}")>
                    {path(row)}
                    {only}
                    {links(row, compared)}
                </div>
            </td>
            <td class="num only-wide">{took(first)}</td>
            <td class="num only-wide">{took(second)}</td>
            <td class="num only-wide muted">{delta::time(row.time_delta_ns())}</td>
            <td class="num">{cost(first)}</td>
            <td class="num">{cost(second)}</td>
            <td class="num">{delta::cell(row.cost_delta(), first.cost)}</td>
            <td class="num only-wide muted">{delta::ratio(first, second)}</td>
        </tr>
    }
    .into_any()
}

/// What the row is: icon, operation, service, which of several, how many.
pub(super) fn path(row: &Row) -> AnyView {
    let [first, second] = row.sides.map(|side| side.sums.spans);
    let which = match row.occurrence {
        None => Some(format!("×{} → ×{}", number::count(first as i64), number::count(second as i64))),
        Some(occurrence) if row.has_equals => Some(format!("#{occurrence}")),
        Some(_) => None,
    };
    let which = which.map(|which| view! { <b class="tnum cmp-which">{which}</b> });
    let failed: Vec<String> = LETTERS
        .into_iter()
        .zip(row.sides)
        .filter(|(_, side)| side.sums.failed > 0)
        .map(|(letter, side)| match side.sums.spans {
            1 => format!("failed in {letter}"),
            _ => format!("{} failed in {letter}", number::count(side.sums.failed as i64)),
        })
        .collect();
    let failed = (!failed.is_empty()).then(|| view! { <span class="badge crit">{failed.join(", ")}</span> });
    let service = row.service.clone();
    view! {
        <Icon glyph=glyph(row.category, row.kind) size=Size::Medium/>
        <span class="cmp-name trunc" title=format!("{service} {}", named(&row.operation))>
            <b class="med">{named(&row.operation).to_owned()}</b>
            " "
            <span class="muted">{service.clone()}</span>
        </span>
        {which}
        {failed}
    }
    .into_any()
}

/// The ways to its first span in either trace.
pub(super) fn links(row: &Row, compared: &Compared) -> AnyView {
    let link = |place: usize| {
        let Side { first, .. } = row.sides[place];
        let first = first?;
        let label = format!("Open {} in trace {}", named(&row.operation), LETTERS[place]);
        let href = compared.refs[place].href(Some(first));
        Some(view! { <a class="cmp-letter" href=href aria-label=label.clone() title=label>{LETTERS[place]}</a> })
    };
    view! { <span class="cmp-links">{link(0)} {link(1)}</span> }.into_any()
}

fn took(sums: Sums) -> AnyView {
    match sums.spans {
        0 => view! { <span class="muted">{money::UNKNOWN}</span> }.into_any(),
        _ => view! { <Duration nanos=sums.duration_ns/> }.into_any(),
    }
}

fn cost(sums: Sums) -> AnyView {
    let cost = (sums.spans > 0 && !sums.is_unknown()).then_some(sums.cost);
    view! { <Money amount=cost decimals=DECIMALS/> }.into_any()
}

/// What has no row of its own.
fn rest(compared: &Compared) -> Option<AnyView> {
    let [first, second] = compared.rest;
    if first.spans + second.spans == 0 {
        return None;
    }
    let words = format!(
        "Further paths are not told apart: {} of A and {} of B",
        number::counted(first.spans as i64, "span"),
        number::counted(second.spans as i64, "span"),
    );
    let row = view! {
        <tr>
            <td class="muted">{words}</td>
            <td class="only-wide" colspan="3"></td>
            <td class="num">{cost(first)}</td>
            <td class="num">{cost(second)}</td>
            <td class="num">{delta::cell(second.cost - first.cost, first.cost)}</td>
            <td class="num only-wide muted">{delta::ratio(first, second)}</td>
        </tr>
    };
    Some(row.into_any())
}
