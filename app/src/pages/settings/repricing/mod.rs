//! Price again: what stored calls would cost at the prices in use now, then writing that, then who did what.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{ApplyRepricing, Asked, StartRepricing, load_runs};
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;

pub mod api;
mod apply;
mod ask;
mod history;
mod lines;
mod run;

/// Where the page is.
pub const PATH: &str = "/settings/repricing";

/// The page.
#[component]
pub fn RepricingPage() -> impl IntoView {
    let start = ServerAction::<StartRepricing>::new();
    let apply = ServerAction::<ApplyRepricing>::new();
    let (asked, run) = use_query_map().with_untracked(|query| {
        let text = |name: &str| query.get(name).unwrap_or_default();
        let asked = Asked { from: text("from"), to: text("to"), tenant: text("tenant"), model: text("model") };
        (asked, query.get("run").and_then(|id| id.parse::<i64>().ok()))
    });
    let runs = loading(load_runs(run));
    view! {
        <Page title="Price again" crumbs=vec![("Settings", "/settings")] live="repricing">
            <Loaded read=runs view=move |runs| {
                view! {
                    <div class="repricing">
                        <ask::Ask runs=runs.clone() asked=asked.clone() start/>
                        <run::Shown runs=runs.clone() apply/>
                        <history::History runs/>
                    </div>
                }
                    .into_any()
            }/>
        </Page>
    }
    .into_any()
}
