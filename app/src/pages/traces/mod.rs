//! The traces page.

use leptos::prelude::*;

use crate::components::page::Page;

/// The page.
#[component]
pub fn TracesPage() -> impl IntoView {
    view! { <Page title="Traces">{()}</Page> }
}
