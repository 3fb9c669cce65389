//! Everybody who hears of alerts: where each is, of what it is told, whether it takes it; and a test of each.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{Told, load_receivers};
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;

pub mod api;
mod list;
pub mod test;

/// Where the page is.
pub const PATH: &str = "/settings/notifications";

/// The page.
#[component]
pub fn NotificationsPage() -> impl IntoView {
    let tested = use_query_map().with_untracked(|query| {
        let name = query.get("tested")?;
        Some((name, query.get("problem")))
    });
    let receivers = loading(load_receivers());
    view! {
        <Page title="Notifications" crumbs=vec![("Settings", "/settings")] live="alerts">
            <Loaded read=receivers view=move |told: Told| {
                let tested = tested.clone();
                view! {
                    <div class="budget-rules">
                        {tested.map(|(name, problem)| view! { <list::Tested name problem/> })}
                        <list::List told/>
                    </div>
                }
                    .into_any()
            }/>
        </Page>
    }
    .into_any()
}
