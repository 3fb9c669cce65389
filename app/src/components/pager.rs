//! Forward through a list by cursor, and back to its top.

use leptos::prelude::*;

/// Links to the next page and to the first.
#[component]
pub fn Pager(
    /// What is shown, in words: `50 of 1,204`.
    #[prop(into)]
    shown: String,
    /// Address of the next page; `None` on the last.
    next: Option<String>,
    /// Address of the first page; `None` on the first.
    first: Option<String>,
) -> impl IntoView {
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="muted tnum">{shown}</span>
            <span class="spacer"></span>
            {first.map(|href| view! { <a class="btn" href=href>"First page"</a> })}
            {next.map(|href| view! { <a class="btn" href=href rel="next">"Next page"</a> })}
        </nav>
    }
    .into_any()
}
