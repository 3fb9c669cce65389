//! What one owner spent on, by something else.

use leptos::prelude::*;
use model::cost::{Compared, Dimension, Owner};

use super::api::{Covered, Spending};
use crate::components::figures::{Money, ShareBar};
use crate::components::owner::{self, Behind, OwnerLink};
use crate::components::states::Empty;
use crate::format::number;
use crate::frame::loaded::Loading;
use crate::pages::costs::export::exactly;
use crate::pages::costs::view_state::{DIMENSIONS, dimension_name};
use crate::url_state::RangeChoice;

/// What the panel is of, where that is not the whole range.
#[component]
pub fn Covers(
    /// What was read of the owner.
    spending: Loading<Spending>,
    /// By what the panel takes it apart.
    by: Dimension,
) -> impl IntoView {
    view! {
        <Transition>
            {move || Suspend::new(async move {
                spending.await.ok().and_then(|spending| covers(spending.by(by)?.covered))
            })}
        </Transition>
    }
    .into_any()
}

/// Words for a part of the range.
pub fn covers(covered: Covered) -> Option<impl IntoView> {
    covered.words().map(|words| {
        let words = format!("{words} of the range");
        view! { <span class="sub" title="Read from the spans themselves, which is done over a day at most">{words}</span> }
    })
}

/// One bar per group.
#[component]
pub fn Across(
    /// Whose spend it is.
    of: Owner,
    /// What it spent on.
    across: super::api::Across,
    /// By what.
    by: Dimension,
    /// The range, for links.
    range: RangeChoice,
) -> impl IntoView {
    let table = across.table;
    let total = table.total.now.cost;
    if table.lines.is_empty() {
        let title = format!("No span tells a {}", dimension_name(by).to_lowercase());
        return view! { <Empty title=title>"In this range, that is."</Empty> }.into_any();
    }
    let most = table.lines.iter().map(|line| line.sums.now.cost.pico()).max().unwrap_or_default();
    let without = DIMENSIONS.iter().find(|(each, ..)| *each == by).map_or("none", |(.., without)| without);
    let (left_out, sums) = table.left_out;
    let further = [
        (left_out > 0).then(|| (format!("{} more", number::count(left_out)), sums)),
        (table.unread != Compared::default()).then(|| ("spans no longer kept".to_owned(), table.unread)),
    ];
    let exactly = exactly(across.covered.range);
    let lines = table.lines.into_iter().map(|line| {
        let owner = Owner { dimension: by, key: line.keys.into_iter().next().flatten() };
        let behind = owner::traces_href([&of, &owner], &exactly);
        let name = view! { <OwnerLink owner range=Some(range) without/> }.into_any();
        (name, line.sums, behind)
    });
    let further = further
        .into_iter()
        .flatten()
        .map(|(words, sums)| (view! { <span class="trunc muted">{words}</span> }.into_any(), sums, None));
    view! {
        <ul class="pb bars">
            {lines
                .chain(further)
                .map(|(name, sums, behind)| {
                    let cost = sums.now.cost;
                    view! {
                        <li class="hbar">
                            {name} <ShareBar share=number::share(cost.pico(), most)/> <b class="num">
                                <Behind href=behind>
                                    <Money amount=cost/>
                                </Behind>
                            </b> <em class="num">{number::percent(number::share(cost.pico(), total.pico()))}</em>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}
