//! Light or dark: the system's choice until somebody makes their own, which the browser remembers.

use leptos::prelude::*;

use crate::components::icon::{Glyph, Icon};

/// Key in the browser's storage; `document::shell` reads it before the first paint.
const STORAGE_KEY: &str = "tracetab.theme";

/// Switches to the other theme and remembers it.
pub fn toggle() {
    let dark = match chosen().as_deref() {
        Some("dark") => true,
        Some(_) => false,
        None => {
            window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
        }
    };
    choose(Some(if dark { "light" } else { "dark" }));
}

/// Takes `theme` (`light` or `dark`), or the system's for `None`, and remembers it.
pub fn choose(theme: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    // Storage may be forbidden; the theme then lasts as long as the page.
    let storage = window().local_storage().ok().flatten();
    match theme {
        Some(theme) => {
            let _ = root.set_attribute("data-theme", theme);
            let _ = storage.map(|storage| storage.set_item(STORAGE_KEY, theme));
        }
        None => {
            let _ = root.remove_attribute("data-theme");
            let _ = storage.map(|storage| storage.remove_item(STORAGE_KEY));
        }
    }
}

/// The theme somebody chose in this browser, if they did.
pub fn chosen() -> Option<String> {
    document().document_element()?.get_attribute("data-theme")
}

/// The button that switches.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    view! {
        <button type="button" class="ibtn needs-js" aria-label="Switch theme" title="Switch theme (t)" on:click=move |_| toggle()>
            <Icon glyph=Glyph::Sun/>
        </button>
    }
    .into_any()
}
