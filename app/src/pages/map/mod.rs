//! The map page.

use leptos::prelude::*;

use crate::components::page::Page;

/// The page.
#[component]
pub fn MapPage() -> impl IntoView {
    view! { <Page title="Map">{()}</Page> }
}
