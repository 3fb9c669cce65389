//! The last lines of the breakdown: what is not shown one by one, and everything.

use leptos::prelude::*;
use model::UsdSum;
use model::cost::{Compared, TraceSpend};

use super::api::{Table, per_trace};
use super::breakdown::Frame;
use crate::components::figures::{Change, Money};
use crate::components::owner::{self, Behind};
use crate::format::{money, number};

/// What one of several traces cost; nothing where there was none, which is not an unknown cost.
#[component]
pub(super) fn Each(amount: Option<UsdSum>) -> impl IntoView {
    match amount {
        Some(amount) => view! { <Money amount/> }.into_any(),
        None => view! { <span class="muted" title="no trace began in this range">{money::UNKNOWN}</span> }.into_any(),
    }
}

/// What is not shown, and everything.
#[component]
pub(super) fn Foot(table: Table, frame: Frame) -> impl IntoView {
    let is_single = frame.is_single();
    let Frame { by, exactly, decimals, has_traces, total, .. } = frame;
    let names = by.facets().count();
    let (left_out, sums) = table.left_out;
    let unread = table.unread;
    let row = move |words: String, sums: Compared, traces: Option<TraceSpend>, behind: Option<String>| {
        let share = number::percent(number::share(sums.now.cost.pico(), total.pico()));
        let counts = match (has_traces, traces) {
            (false, _) => {
                let tokens = sums.now.tokens_in + sums.now.tokens_out;
                (number::count(sums.now.spans).into_any(), number::compact(tokens).into_any())
            }
            (true, Some(spend)) => {
                (number::count(spend.traces).into_any(), view! { <Each amount=per_trace(spend)/> }.into_any())
            }
            (true, None) => (().into_any(), ().into_any()),
        };
        view! {
            <tr>
                <td colspan=names.to_string()>{words}</td>
                <td class="num">
                    <Behind href=behind>
                        <Money amount=sums.now.cost decimals/>
                    </Behind>
                </td>
                <td class="num">{share}</td>
                {is_single.then(|| view! { <td class="only-wide"></td> })}
                <td class="num">
                    <Change before=sums.before.cost after=sums.now.cost/>
                </td>
                <td class="only-wide"></td>
                <td class="num only-wide">{counts.0}</td>
                <td class="num only-wide">{counts.1}</td>
            </tr>
        }
    };
    view! {
        <tfoot>
            {(left_out > 0).then(|| row(format!("{} more, not shown", number::count(left_out)), sums, None, None))}
            {(unread != Compared::default()).then(|| row("Spans no longer kept".to_owned(), unread, None, None))}
            {row("Total".to_owned(), table.total, table.traces, Some(owner::traces_where(&exactly, "")))}
        </tfoot>
    }
    .into_any()
}
