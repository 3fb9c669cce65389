//! What each model cost.

use leptos::prelude::*;
use model::UsdSum;
use model::cost::Dimension;

use super::view_state::group_name;
use crate::components::figures::{Money, ShareBar};
use crate::components::states::Empty;
use crate::format::number;

/// One bar per model.
#[component]
pub fn Models(
    /// Name and cost, dearest first.
    models: Vec<(Option<String>, UsdSum)>,
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
                .map(|(name, cost)| {
                    view! {
                        <li class="hbar">
                            <span class="trunc">{group_name(Dimension::Model, name.as_deref())}</span>
                            <ShareBar share=number::share(cost.pico(), most)/>
                            <b class="num">
                                <Money amount=cost/>
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
