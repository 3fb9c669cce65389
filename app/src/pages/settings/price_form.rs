//! A price for a model that has none, added to the price file. A plain form: it works without JavaScript.

use leptos::prelude::*;
use model::price::UnpricedModel;

use super::api::AddPrice;
use crate::components::icon::{Glyph, Icon, Size};

/// Prices by token, or by call where calls tell no tokens.
#[component]
pub fn PriceForm(
    /// The model.
    model: UnpricedModel,
    /// What the form does.
    add: ServerAction<AddPrice>,
) -> impl IntoView {
    let refused = {
        let named = model.clone();
        move || {
            let is_about = |input: &AddPrice| {
                input.model == named.model && input.provider == named.provider.clone().unwrap_or_default()
            };
            let result = add.value().get().and_then(Result::err)?;
            // What was sent is known where the form was answered; a page that was loaded anew says it at each.
            add.input().get().as_ref().is_none_or(is_about).then(|| result.to_string())
        }
    };
    let fields: &[(&str, &str, bool)] = if model.calls_with_tokens == 0 {
        &[("per_call", "USD per call", true)]
    } else {
        &[
            ("input", "Input, USD per million", true),
            ("cached_input", "Cached input", false),
            ("output", "Output, USD per million", model.tokens_out > 0),
        ]
    };
    let fields = fields
        .iter()
        .map(|(name, label, required)| {
            view! {
                <label>
                    <span>{*label}</span>
                    <input
                        class="input num"
                        name=*name
                        inputmode="decimal"
                        pattern="[0-9]+([.][0-9]+)?"
                        title="a plain number of US dollars, such as 2.50"
                        autocomplete="off"
                        required=*required
                    />
                </label>
            }
        })
        .collect_view();
    view! {
        <ActionForm action=add attr:class="form unpriced__form">
            <input type="hidden" name="provider" value=model.provider.clone().unwrap_or_default()/>
            <input type="hidden" name="model" value=model.model.clone()/>
            {fields}
            <button type="submit" class="btn">
                <Icon glyph=Glyph::Plus size=Size::Medium/>
                <span>"Set price"</span>
            </button>
            {move || refused().map(|reason| view! { <p class="crit fs-12 unpriced__refused" role="alert">{reason}</p> })}
        </ActionForm>
    }
    .into_any()
}
