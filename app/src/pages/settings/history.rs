//! A panel of who did what, newest first.

use leptos::prelude::*;

/// The panel.
#[component]
pub fn History(
    /// A list item each.
    rows: AnyView,
    /// Where older ones are, if there are.
    older: Option<&'static str>,
) -> impl IntoView {
    let older = older.map(|href| {
        view! {
            <p class="pb muted fs-12">
                "Older ones are in " <a class="link" href=href rel="external">{href}</a>
            </p>
        }
    });
    view! {
        <section class="panel" aria-labelledby="history">
            <header>
                <h2 id="history">"History"</h2>
            </header>
            <ul class="repricing__history">{rows}</ul>
            {older}
        </section>
    }
}
