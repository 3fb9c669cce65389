//! What a panel shows when it has nothing, or cannot.

use leptos::prelude::*;

use crate::components::icon::{Glyph, Icon, Size};
use crate::error::ApiError;

/// Nothing to show: says what was looked for and what to do about it.
#[component]
pub fn Empty(
    /// What is not there.
    #[prop(into)]
    title: String,
    /// Why, or what to try: text and links.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="state">
            <b>{title}</b>
            <div>{children()}</div>
        </div>
    }
    .into_any()
}

/// A panel that could not be filled: the cause, and one action.
#[component]
pub fn Failure(
    /// What went wrong.
    error: ApiError,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::context::set_status(error.status());
    let passing = error.is_passing();
    view! {
        <div class="banner crit" role="alert">
            <Icon glyph=Glyph::Error size=Size::Medium/>
            <span>{error.to_string()}</span>
            // An empty link reloads the page as it is, also without JavaScript.
            {passing.then(|| view! { <a class="link" href="" rel="external">"Try again"</a> })}
        </div>
    }
    .into_any()
}
