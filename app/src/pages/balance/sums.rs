//! The same money, added up in every way: each sum with its difference from the spans.

use leptos::prelude::*;
use model::UsdSum;
use model::cost::Dimension;

use super::api::Books;
use crate::components::figures::Money;

/// Decimals of money as it is kept.
const DECIMALS: u32 = 12;

/// How each way of adding up is called, and what it adds up.
const WAYS: [(&str, &str, &str); 8] = [
    ("tenant", "Tenant", "totals of every tenant, by the hour"),
    ("user", "User", "totals by the hour"),
    ("service", "Service", "totals by the hour"),
    ("capability", "Capability", "totals by the hour"),
    ("model", "Model", "totals by the hour"),
    ("data_tag", "Data tag", "totals by the hour"),
    ("traces", "Traces", "what every trace says it costs"),
    ("spans", "Spans", "every span, one by one"),
];

/// The table.
#[component]
pub fn Sums(
    /// The books.
    books: Books,
) -> impl IntoView {
    let balance = books.balance;
    let rows = WAYS
        .into_iter()
        .filter_map(|(key, name, what)| {
            let (_, sum) = balance.by.iter().find(|(of, _)| of == key)?;
            let nobody = Dimension::parse(key)
                .and_then(|dimension| balance.unattributed.iter().find(|(of, _)| *of == dimension))
                .map(|(_, sum)| *sum);
            Some(view! { <Row name what sum=*sum total=balance.total nobody/> })
        })
        .collect_view();
    view! {
        <header>
            <h2 id="sums">"The same money, added up in every way"</h2>
            <span class="sub">"over all time, to the last pico-dollar"</span>
        </header>
        <div class="scroll-x" tabindex="0" role="group" aria-labelledby="sums">
            <table class="tbl balance__sums">
                <thead>
                    <tr>
                        <th scope="col">"Added up by"</th>
                        <th scope="col" class="num">"Sum"</th>
                        <th scope="col" class="num">"Difference"<span class="only-wide">" from spans"</span></th>
                        <th scope="col" class="num only-wide">"Unattributed"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(
    name: &'static str,
    what: &'static str,
    sum: UsdSum,
    total: UsdSum,
    #[prop(optional_no_strip)] nobody: Option<UsdSum>,
) -> impl IntoView {
    let nobody = nobody.map(|nobody| view! { <Money amount=nobody/> });
    view! {
        <tr>
            <th scope="row">
                {name} <span class="balance__what only-wide">{what}</span>
            </th>
            <td class="num strong">
                <Money amount=sum decimals=DECIMALS/>
            </td>
            <td class="num" class:crit=sum != total>
                <Money amount=sum - total decimals=DECIMALS/>
            </td>
            <td class="num only-wide">{nobody}</td>
        </tr>
    }
    .into_any()
}
