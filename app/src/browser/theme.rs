//! Light or dark: the system's choice until somebody makes their own, which the browser remembers.

use leptos::prelude::*;

use super::storage;

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
    // Fails only for a name no attribute can have.
    let _ = match theme {
        Some(theme) => root.set_attribute("data-theme", theme),
        None => root.remove_attribute("data-theme"),
    };
    storage::set(STORAGE_KEY, theme);
}

/// The theme somebody chose in this browser, if they did.
pub fn chosen() -> Option<String> {
    document().document_element()?.get_attribute("data-theme")
}
