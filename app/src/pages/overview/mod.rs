//! The overview page.

use leptos::prelude::*;

use crate::components::page::Page;

/// The page.
#[component]
pub fn OverviewPage() -> impl IntoView {
    view! { <Page title="Overview">{()}</Page> }
}
