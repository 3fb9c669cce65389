//! Every budget there is: where each comes from and how it stands; those that are made here can be made, changed and deleted, and
//! who did that is kept.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{Ledger, load_ledger};
use self::save::{DeleteBudget, SaveBudget};
use self::typed::Typed;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;
use crate::pages::settings::changes::{Done, History};

pub mod api;
mod choices;
mod form;
mod list;
mod remove;
pub mod save;
pub mod summary;
pub mod typed;

/// Where the page is.
pub const PATH: &str = "/settings/budgets";

/// The page.
#[component]
pub fn BudgetsPage() -> impl IntoView {
    let save = ServerAction::<SaveBudget>::new();
    let delete = ServerAction::<DeleteBudget>::new();
    let (typed, done) = use_query_map().with_untracked(|query| {
        let done = query.get("done").and_then(|id| id.parse::<i64>().ok());
        (Typed::from_query(|name| query.get(name)), done)
    });
    let edited = typed.edit.clone();
    let ledger = loading(load_ledger(edited, done));
    view! {
        <Page title="Budgets" crumbs=vec![("Settings", "/settings")] live="costs budgets">
            <Loaded read=ledger view=move |ledger: Ledger| {
                let typed = typed.clone();
                let older = ledger.more_changes.then_some("/api/v1/budget-changes");
                view! {
                    <div class="budget-rules">
                        <Done to="budget" change=ledger.done.clone()/>
                        <list::List ledger=ledger.clone()/>
                        <form::Form ledger=ledger.clone() typed save/>
                        {ledger.edited.clone().map(|edited| view! { <remove::Remove edited who=ledger.who.clone() delete/> })}
                        <History changes=ledger.changes older now=ledger.now/>
                    </div>
                }
                    .into_any()
            }/>
        </Page>
    }
    .into_any()
}
