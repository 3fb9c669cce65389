//! The form that deletes the budget that is edited.

use leptos::prelude::*;
use model::budget::rulebook::{Listed, Origin};

use super::save::DeleteBudget;
use crate::components::icon::{Glyph, Icon, Size};
use crate::pages::settings::signature::Signature;

/// Name, note, button.
#[component]
pub fn Remove(
    /// The budget.
    edited: Listed,
    /// The name this browser used last.
    who: String,
    /// What the form does.
    delete: ServerAction<DeleteBudget>,
) -> impl IntoView {
    let refused = move || delete.value().get().and_then(Result::err).map(|error| error.to_string());
    let Origin::Here { version, .. } = edited.origin else { return ().into_any() };
    view! {
        <section class="panel" aria-labelledby="delete">
            <header>
                <h2 id="delete">{format!("Delete “{}”", edited.budget.name)}</h2>
                <span class="sub">"its alarms end; what was spent stays"</span>
            </header>
            <div class="pb">
                <ActionForm action=delete attr:class="form repricing__by">
                    <input type="hidden" name="budget" value=edited.budget.slug()/>
                    <input type="hidden" name="version" value=version/>
                    <Signature who/>
                    <button type="submit" class="btn">
                        <Icon glyph=Glyph::Close size=Size::Medium/>
                        <span>"Delete"</span>
                    </button>
                </ActionForm>
                {move || refused().map(|reason| view! { <p class="crit fs-12" role="alert">{reason}</p> })}
            </div>
        </section>
    }
    .into_any()
}
