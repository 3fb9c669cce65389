//! The form that deletes the rule that is edited.

use leptos::prelude::*;
use model::alert::rule::book::Listed;
use model::budget::rulebook::Origin;

use super::save::DeleteRule;
use crate::components::icon::{Glyph, Icon, Size};
use crate::pages::settings::signature::Signature;

/// Name, note, button.
#[component]
pub fn Remove(
    /// The rule.
    edited: Listed,
    /// The name this browser used last.
    who: String,
    /// What the form does.
    delete: ServerAction<DeleteRule>,
) -> impl IntoView {
    let refused = move || delete.value().get().and_then(Result::err).map(|error| error.to_string());
    let (Origin::Here { version, .. }, Some(id)) = (edited.origin, edited.id) else { return ().into_any() };
    view! {
        <section class="panel" aria-labelledby="delete">
            <header>
                <h2 id="delete">{format!("Delete “{}”", edited.rule.name)}</h2>
                <span class="sub">"its open alerts are over then; their history stays"</span>
            </header>
            <div class="pb">
                <ActionForm action=delete attr:class="form repricing__by">
                    <input type="hidden" name="rule" value=id/>
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
