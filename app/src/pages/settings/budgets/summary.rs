//! Budgets on the page of all settings: how many there are, and the way to them.

use leptos::prelude::*;

use super::api::load_summary;
use crate::format::number;
use crate::frame::loaded::{Loaded, loading};

/// The panel.
#[component]
pub fn Summary() -> impl IntoView {
    let summary = loading(load_summary());
    view! {
        <section class="panel" aria-labelledby="budgets">
            <header>
                <h2 id="budgets">"Budgets"</h2>
                <div class="spacer"></div>
                <a class="link fs-12" href=super::PATH>
                    "All budgets"
                </a>
            </header>
            <Loaded read=summary view=|(of_file, here, is_broken)| {
                let counted = |count: usize| number::counted(i64::try_from(count).unwrap_or(i64::MAX), "budget");
                let broken = if is_broken { " The file cannot be used as it is now." } else { "" };
                let said = format!("{} of budgets.yaml, {} made here.{broken}", counted(of_file), counted(here));
                view! { <p class="pb fs-12 muted">{said}</p> }.into_any()
            }/>
        </section>
    }
    .into_any()
}
