//! Whether the books balance: the same money added up in every way there is.

use leptos::prelude::*;

use crate::islands::balance::BalanceBadge;
use crate::pages::balance::view_url::PATH;

/// The verdict, and the way to the books.
#[component]
pub fn Badge() -> impl IntoView {
    view! {
        <a class="rec" href=PATH title="Whether the books balance">
            <BalanceBadge/>
        </a>
    }
    .into_any()
}
