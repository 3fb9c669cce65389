//! The list of keys, and the dialog that shows it. What the keys do is in [`crate::browser::keys`].

use leptos::prelude::*;

use crate::components::places::{FOOT, PLACES};

/// Opened by `?`.
#[component]
pub fn HelpDialog() -> impl IntoView {
    view! {
        <dialog id="help" class="help" aria-labelledby="help-title">
            <form method="dialog">
                <h2 id="help-title">"Keys"</h2>
                <KeyList/>
                <button type="submit" class="btn">"Close"</button>
            </form>
        </dialog>
    }
    .into_any()
}

/// Every key of the product.
#[component]
pub fn KeyList() -> impl IntoView {
    let places = PLACES.into_iter().chain(FOOT).map(|(name, _, _, key)| (format!("g {key}"), format!("Go to {name}")));
    let others = [("/", "Search, or paste a trace id"), ("1 … 6", "Views of a trace"), ("t", "Light or dark"), ("?", "These keys")]
        .map(|(key, what)| (key.to_owned(), what.to_owned()));
    view! {
        <dl class="keys">
            {places
                .chain(others)
                .map(|(keys, what)| {
                    view! {
                        <div>
                            <dt>{keys.split(' ').map(|key| view! { <kbd>{key.to_owned()}</kbd> }).collect_view()}</dt>
                            <dd>{what}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}
