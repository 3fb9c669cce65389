//! The range by group: how much, what share, how it compares.

use leptos::prelude::*;
use model::UsdSum;
use model::cost::Dimension;

use super::api::{Costs, Line};
use super::view_state::{dimension_name, group_name, kind, traces_href};
use crate::charts::spark::Spark;
use crate::colour::{OTHER, Palette};
use crate::components::figures::{Change, Money, ShareBar, Swatch};
use crate::components::states::Empty;
use crate::format::number;
use crate::url_state::RangeChoice;

/// Decimals of the ledger's column when there are whole dollars in it, and when there are none.
const DECIMALS: (u32, u32) = (2, 5);

/// The table.
#[component]
pub fn Breakdown(
    /// What was spent.
    costs: Costs,
    /// The range, for links.
    range: RangeChoice,
) -> impl IntoView {
    if costs.lines.is_empty() {
        return view! { <Empty title="No spans in this range">"Choose a longer one."</Empty> }.into_any();
    }
    let total = costs.total.cost;
    let most = costs.lines.first().map_or(0, |line| line.sums.cost.pico());
    let decimals = if total >= UsdSum::from_pico(10_000_000_000_000) { DECIMALS.0 } else { DECIMALS.1 };
    let palette = Palette::assign(kind(costs.by), costs.lines.iter().filter_map(|line| line.key.as_deref()));
    let by = costs.by;
    let rows = costs
        .lines
        .iter()
        .map(|line| {
            let slot = line.key.as_deref().map_or(OTHER, |key| palette.slot(key));
            view! { <Row line=line.clone() by range colour=slot total most decimals/> }
        })
        .collect_view();
    view! {
        <div class="scroll-x">
            <table class="tbl">
                <thead>
                    <tr>
                        <th scope="col">{dimension_name(by)}</th>
                        <th scope="col" class="num sort">"Spend"</th>
                        <th scope="col" class="num">"Share"</th>
                        <td class="only-wide"></td>
                        <th scope="col" class="num">"Change"</th>
                        <th scope="col" class="only-wide">"Over time"</th>
                        <th scope="col" class="num only-wide">"Spans"</th>
                        <th scope="col" class="num only-wide">"Tokens"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <Foot costs decimals/>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(
    line: Line,
    by: Dimension,
    range: RangeChoice,
    colour: u8,
    total: UsdSum,
    most: i128,
    decimals: u32,
) -> impl IntoView {
    let name = group_name(by, line.key.as_deref());
    let name = match traces_href(by, line.key.as_deref(), range) {
        Some(href) => view! { <a class="med trunc" href=href>{name}</a> }.into_any(),
        None => view! { <span class="trunc" class:muted=line.key.is_none()>{name}</span> }.into_any(),
    };
    let cost = line.sums.cost;
    view! {
        <tr>
            <td class="breakdown__name">
                <span class="op-cell"><Swatch colour/>{name}</span>
            </td>
            <td class="num strong">
                <Money amount=cost decimals/>
            </td>
            <td class="num">{number::percent(number::share(cost.pico(), total.pico()))}</td>
            <td class="breakdown__share only-wide">
                <ShareBar share=number::share(cost.pico(), most) colour/>
            </td>
            <td class="num">
                <Change before=line.before after=cost/>
            </td>
            <td class="only-wide">
                <Spark values=line.shape colour/>
            </td>
            <td class="num only-wide">{number::count(line.sums.spans)}</td>
            <td class="num only-wide">{number::compact(line.sums.tokens_in + line.sums.tokens_out)}</td>
        </tr>
    }
    .into_any()
}

/// What is not shown, and everything.
#[component]
fn Foot(costs: Costs, decimals: u32) -> impl IntoView {
    let (left_out, left_out_cost) = costs.left_out;
    let total = costs.total;
    view! {
        <tfoot>
            {(left_out > 0)
                .then(|| {
                    view! {
                        <tr>
                            <td>{format!("{} more, not shown", number::count(left_out as i64))}</td>
                            <td class="num">
                                <Money amount=left_out_cost decimals/>
                            </td>
                            <td colspan="6"></td>
                        </tr>
                    }
                })}
            <tr>
                <td>"Total"</td>
                <td class="num">
                    <Money amount=total.cost decimals/>
                </td>
                <td class="num">"100%"</td>
                <td class="only-wide"></td>
                <td class="num">
                    <Change before=costs.before after=total.cost/>
                </td>
                <td class="only-wide"></td>
                <td class="num only-wide">{number::count(total.spans)}</td>
                <td class="num only-wide">{number::compact(total.tokens_in + total.tokens_out)}</td>
            </tr>
        </tfoot>
    }
    .into_any()
}
