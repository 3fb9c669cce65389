//! What each model cost.

use leptos::prelude::*;
use model::UsdSum;
use model::cost::{Dimension, Owner};

use crate::components::figures::{Money, ShareBar};
use crate::components::owner::{self, Behind, OwnerLink};
use crate::components::states::Empty;
use crate::format::number;
use crate::url_state::RangeChoice;

/// One bar per model.
#[component]
pub fn Models(
    /// Name and cost, dearest first.
    models: Vec<(Option<String>, UsdSum)>,
    /// The range, for links.
    range: RangeChoice,
    /// The same range as the figures are of, as query pairs.
    exactly: String,
) -> impl IntoView {
    let total: UsdSum = models.iter().map(|(_, cost)| *cost).sum();
    let most = models.iter().map(|(_, cost)| cost.pico()).max().unwrap_or_default();
    if total == UsdSum::ZERO {
        return view! { <Empty title="No model was paid in this range">"Model calls show here by name."</Empty> }
            .into_any();
    }
    view! {
        <ul class="pb bars">
            {models
                .into_iter()
                .map(|(key, cost)| {
                    let owner = Owner { dimension: Dimension::Model, key };
                    let behind = owner::traces_href([&owner], &exactly);
                    view! {
                        <li class="hbar">
                            <OwnerLink owner range=Some(range) without="not a model call"/>
                            <ShareBar share=number::share(cost.pico(), most)/>
                            <b class="num">
                                <Behind href=behind>
                                    <Money amount=cost/>
                                </Behind>
                            </b>
                            <em class="num">{number::percent(number::share(cost.pico(), total.pico()))}</em>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}
