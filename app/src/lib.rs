//! The dashboard: what the user sees, compiled natively for server rendering and to wasm for the browser.

#[cfg(feature = "ssr")]
pub mod context;

use leptos::prelude::*;

/// The whole document.
pub fn shell(_asset_version: &str) -> impl IntoView {
    view! { <!DOCTYPE html><html lang="en"><body><App/></body></html> }
}

/// The application.
#[component]
pub fn App() -> impl IntoView {
    view! { <p>"Tracetab"</p> }
}
