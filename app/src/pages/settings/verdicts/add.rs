//! The form that adds an override.

use leptos::prelude::*;
use model::ruling::NAME_CHARS_MAX;

use super::api::AddVerdict;
use crate::components::icon::{Glyph, Icon, Size};
use crate::pages::settings::signature::Signature;

/// Which spans, and what is said about them.
#[component]
pub fn Add(
    /// The name this browser used last.
    who: String,
    /// What the form does.
    add: ServerAction<AddVerdict>,
) -> impl IntoView {
    let refused = move || add.value().get().and_then(Result::err).map(|error| error.to_string());
    view! {
        <section class="panel" aria-labelledby="add">
            <header>
                <h2 id="add">"Say what counts"</h2>
                <span class="sub">"where the spans around a cost tell it wrong"</span>
            </header>
            <div class="pb">
                <ActionForm action=add attr:class="form verdicts__add">
                    <Name name="service" label="Service"/>
                    <Name name="scope" label="Instrumentation scope"/>
                    <Name name="operation" label="Operation (all when empty)"/>
                    <label>
                        <span>"What these spans say they cost"</span>
                        <select class="input" name="ruling">
                            <option value="rolled_up">"never counts: it repeats others"</option>
                            <option value="own">"always counts: it is their own"</option>
                            <option value="default">"counts as usual: an exception"</option>
                        </select>
                    </label>
                    <Signature who/>
                    <button type="submit" class="btn primary">
                        <Icon glyph=Glyph::Plus size=Size::Medium/>
                        <span>"Add"</span>
                    </button>
                </ActionForm>
                {move || refused().map(|reason| view! { <p class="crit fs-12" role="alert">{reason}</p> })}
                <p class="verdicts__how">
                    "Name a service, a scope, or both. It applies to what is settled from now on, within seconds on every server; \
                     what is stored already can be settled again below. Of several, the one that names more of a span counts."
                </p>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Name(name: &'static str, label: &'static str) -> impl IntoView {
    view! {
        <label>
            <span>{label}</span>
            <input class="input" name=name maxlength=NAME_CHARS_MAX autocomplete="off" spellcheck="false"/>
        </label>
    }
}
