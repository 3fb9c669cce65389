//! Every rule of alerts there is: where each comes from and what it does now; those that are made here can be made, tried on the past,
//! changed and deleted, and who did that is kept.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{RuleLedger, load_rules};
use self::save::DeleteRule;
use self::typed::Typed;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;
use crate::pages::settings::changes::{Done, History};

pub mod api;
mod form;
mod list;
mod remove;
pub mod save;
mod trial;
pub mod typed;

/// Where the page is.
pub const PATH: &str = "/alerts/rules";

/// The page.
#[component]
pub fn RulesPage() -> impl IntoView {
    let delete = ServerAction::<DeleteRule>::new();
    let (typed, rule, done) = use_query_map().with_untracked(|query| {
        let done = query.get("done").and_then(|id| id.parse::<i64>().ok());
        (Typed::from_query(|name| query.get(name)), query.get("rule").unwrap_or_default(), done)
    });
    let ledger = loading(load_rules(typed.clone(), rule, done));
    view! {
        <Page title="Rules" crumbs=vec![("Alerts", "/alerts")] live="alerts">
            <Loaded read=ledger view=move |ledger: RuleLedger| {
                let typed = typed.clone();
                view! {
                    <div class="budget-rules">
                        <Done to="rule" change=ledger.done.clone()/>
                        <list::List ledger=ledger.clone()/>
                        <form::Form ledger=ledger.clone() typed/>
                        {ledger.tried.clone().map(|tried| view! { <trial::Tried tried now=ledger.now/> })}
                        {ledger.edited.clone().map(|edited| view! { <remove::Remove edited who=ledger.who.clone() delete/> })}
                        <History changes=ledger.changes older=None now=ledger.now/>
                    </div>
                }
                    .into_any()
            }/>
        </Page>
    }
    .into_any()
}
