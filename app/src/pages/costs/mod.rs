//! The costs page.

use leptos::prelude::*;

use crate::components::page::Page;

/// The page.
#[component]
pub fn CostsPage() -> impl IntoView {
    view! { <Page title="Costs">{()}</Page> }
}
