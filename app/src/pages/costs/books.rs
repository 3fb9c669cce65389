//! Whether the books balance: the same money added up in every way there is.

use leptos::prelude::*;
use model::UsdSum;
use model::cost::{Balance, Drift};

use super::view_state::ViewState;
use crate::components::figures::Money;
use crate::islands::balance::{BalanceBadge, Verdict};
use crate::url_state::trace_href;

/// The verdict, and the way to the books.
#[component]
pub fn Badge(
    /// What the URL says.
    state: ViewState,
) -> impl IntoView {
    let href = format!("{}#books", ViewState { books: true, ..state }.href());
    view! {
        <a class="rec only-wide" href=href>
            <BalanceBadge/>
        </a>
    }
    .into_any()
}

/// The largest difference between a sum and the bill.
pub fn worst(balance: &Balance) -> UsdSum {
    let distance = |sum: &UsdSum| UsdSum::from_pico((sum.pico() - balance.total.pico()).abs());
    balance.by.iter().map(|(_, sum)| distance(sum)).max().unwrap_or_default()
}

/// Every sum, and the traces whose sender declared another total.
#[component]
pub fn Books(
    /// The sums.
    balance: Balance,
) -> impl IntoView {
    let total = balance.total;
    let drift = worst(&balance);
    let sums = balance
        .by
        .into_iter()
        .map(|(name, sum)| {
            view! {
                <tr>
                    <th scope="row">{name.replace('_', " ")}</th>
                    <td class="num">
                        <Money amount=sum decimals=12_u32/>
                    </td>
                    <td class="num" class:crit=sum != total>
                        <Money amount=sum - total/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="panel books" id="books" aria-labelledby="books-title">
            <header>
                <h2 id="books-title">"The books"</h2>
                <span class="sub">"the same money, added up in every way, over all time"</span>
                <div class="spacer"></div>
                <Verdict drift/>
            </header>
            <table class="tbl">
                <thead>
                    <tr>
                        <th scope="col">"Added up by"</th>
                        <th scope="col" class="num">"Sum"</th>
                        <th scope="col" class="num">"Difference from the bill"</th>
                    </tr>
                </thead>
                <tbody>{sums}</tbody>
            </table>
            {(!balance.drift.is_empty()).then(|| view! { <Drifting drift=balance.drift/> })}
        </section>
    }
    .into_any()
}

/// Traces whose sender declared another total than their spans add up to.
#[component]
fn Drifting(drift: Vec<Drift>) -> impl IntoView {
    let rows = drift
        .into_iter()
        .map(|drift| {
            view! {
                <tr>
                    <td class="mono">
                        <a class="link" href=trace_href(drift.trace_id, drift.own_space_of.as_deref())>
                            {drift.trace_id.short()}
                        </a>
                    </td>
                    <td class="num">
                        <Money amount=UsdSum::from(drift.declared)/>
                    </td>
                    <td class="num">
                        <Money amount=UsdSum::from(drift.calculated)/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <header>
            <h2>"Traces that declared another total"</h2>
        </header>
        <table class="tbl">
            <thead>
                <tr>
                    <th scope="col">"Trace"</th>
                    <th scope="col" class="num">"Declared"</th>
                    <th scope="col" class="num">"Sum of its spans"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
