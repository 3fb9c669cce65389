//! What an address that means nothing answers: status 404 and a way on.

use leptos::prelude::*;

use crate::components::states::Empty;
use crate::frame::page::Page;

/// No such page.
#[component]
pub fn NotFound() -> impl IntoView {
    crate::context::set_status(404);
    view! {
        <Page title="Not found">
            <Empty title="There is no page at this address">
                "Perhaps it was mistyped. " <a class="link" href="/">"Go to the overview"</a>
            </Empty>
        </Page>
    }
    .into_any()
}
