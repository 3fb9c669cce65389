//! Puts a text into the clipboard and says so.

use leptos::prelude::*;

use crate::components::icon::{Glyph, Icon, Size};

/// How long the button says "Copied".
const SAID: std::time::Duration = std::time::Duration::from_secs(2);

/// The button; only offered once it works.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What it says.
    #[prop(default = "Copy")]
    label: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        // The clipboard answers later; it refuses only without a click, and this is one.
        let _ = window().navigator().clipboard().write_text(&text.get_untracked());
        copied.set(true);
        set_timeout(move || copied.set(false), SAID);
    };
    view! {
        <button type="button" class="btn needs-js" on:click=copy>
            <Icon glyph=Glyph::Copy size=Size::Medium/>
            <span aria-live="polite">{move || if copied.get() { "Copied" } else { label }}</span>
        </button>
    }
    .into_any()
}
