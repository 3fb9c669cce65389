//! Buttons that copy; what a click does is in [`crate::browser`].

use leptos::prelude::*;

use crate::components::icon::{Glyph, Icon, Size};

/// A button with a word on it; only offered once it works.
#[component]
pub fn CopyButton(
    /// What is copied; an address on this server (`/alerts/7`) in full.
    #[prop(into)]
    text: String,
    /// What it says.
    #[prop(default = "Copy")]
    label: &'static str,
) -> impl IntoView {
    view! {
        <button type="button" class="btn needs-js" data-does="copy" data-text=text>
            <Icon glyph=Glyph::Copy size=Size::Medium/>
            <span aria-live="polite">{label}</span>
        </button>
    }
    .into_any()
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
    let shown = text.clone();
    view! {
        <button type="button" class="id mono" class:sm=inline title=format!("Copy {what}") data-does="copy" data-text=text>
            <span class="trunc">{shown}</span>
            <Icon glyph=Glyph::Copy size=Size::Small/>
            <Icon glyph=Glyph::Check size=Size::Small/>
            <span class="vh" aria-live="polite"></span>
        </button>
    }
    .into_any()
}
