//! The trace page.

use leptos::prelude::*;

use crate::components::page::Page;

/// The page.
#[component]
pub fn TracePage() -> impl IntoView {
    view! { <Page title="Trace">{()}</Page> }
}
