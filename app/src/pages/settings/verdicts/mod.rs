//! Overrides of verdicts: what operators say about the costs of a service or an instrumentation scope. Adding, taking away and
//! settling again are plain forms: they work without JavaScript.

use leptos::prelude::*;

use self::api::{AddVerdict, DeleteVerdict, SettleAgain, load_verdicts};
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;

mod add;
pub mod api;
mod list;
mod runs;

/// Where the page is.
pub const PATH: &str = "/settings/verdicts";

/// The page.
#[component]
pub fn VerdictsPage() -> impl IntoView {
    let add = ServerAction::<AddVerdict>::new();
    let delete = ServerAction::<DeleteVerdict>::new();
    let settle = ServerAction::<SettleAgain>::new();
    let verdicts = loading(load_verdicts());
    view! {
        <Page title="Overrides of verdicts" crumbs=vec![("Settings", "/settings")] live="verdicts">
            <Loaded read=verdicts view=move |verdicts| {
                view! {
                    <div class="verdicts">
                        <add::Add who=verdicts.who.clone() add/>
                        <list::InForce verdicts=verdicts.clone() delete settle/>
                        <runs::Runs verdicts=verdicts.clone()/>
                        <list::TakenAway verdicts settle/>
                    </div>
                }
                    .into_any()
            }/>
        </Page>
    }
    .into_any()
}
