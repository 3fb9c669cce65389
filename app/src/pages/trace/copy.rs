//! Ids that copy themselves when clicked.

use leptos::prelude::*;

use crate::components::icon::{Glyph, Icon, Size};

/// How long the button says that it copied.
const SAID: std::time::Duration = std::time::Duration::from_secs(2);

/// Puts a text into the clipboard. The browser refuses only without a click or a key, and this follows one.
pub fn to_clipboard(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

/// An id in full, copied by a click; plain text until clicks work.
#[component]
pub fn CopyId(
    /// The id.
    text: String,
    /// What it is the id of.
    what: &'static str,
    /// In a line of text instead of in a box.
    #[prop(optional)]
    inline: bool,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let shown = text.clone();
    let copy = move |_| {
        to_clipboard(&text);
        copied.set(true);
        set_timeout(move || copied.set(false), SAID);
    };
    let label = move || if copied.get() { "Copied".to_owned() } else { format!("Copy {what}") };
    view! {
        <button type="button" class="id mono" class:sm=inline title=label on:click=copy>
            <span class="trunc">{shown}</span>
            {move || {
                let glyph = if copied.get() { Glyph::Check } else { Glyph::Copy };
                view! { <Icon glyph size=Size::Small/> }
            }}
            <span class="vh" aria-live="polite">{move || copied.get().then_some("copied")}</span>
        </button>
    }
}
