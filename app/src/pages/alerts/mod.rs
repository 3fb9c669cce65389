//! The alerts: list and detail.

use leptos::prelude::*;

use crate::components::page::Page;

pub mod words;

/// The list.
#[component]
pub fn AlertsPage() -> impl IntoView {
    view! { <Page title="Alerts">{()}</Page> }
}

/// One alert beside the list.
#[component]
pub fn AlertPage() -> impl IntoView {
    view! { <Page title="Alerts">{()}</Page> }
}
