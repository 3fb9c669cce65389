//! The settings.

use leptos::prelude::*;

use crate::components::page::Page;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! { <Page title="Settings">{()}</Page> }
}
