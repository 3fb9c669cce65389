//! Ingest: whether spans come in, who sends them, what was refused and why, where to send more.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{load_recent, load_refused, load_report};
use self::list_url::ListUrl;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;

pub mod api;
mod doors;
mod figures;
mod list_url;
mod minute;
mod reasons;
mod refused;
mod sdks;
mod senders;
mod spread;
mod warnings;
mod words;

/// The page.
#[component]
pub fn IngestPage() -> impl IntoView {
    let url = use_query_map().with_untracked(ListUrl::read);
    let report = loading(load_report());
    let recent = loading(load_recent());
    let refused = {
        let filter = url.filter.clone();
        loading(async move { load_refused(filter?).await })
    };
    let (of_reasons, of_list) = (url.clone(), url);
    view! {
        <Page title="Ingest" live="ingest">
            <Loaded read=recent view=|recent| view! { <warnings::Refused recent=recent.just_now/> }.into_any()/>
            <Loaded read=report view=|loaded| {
                let report = loaded.report;
                view! {
                    <warnings::DiskFull alarm=report.health.disk_alarm/>
                    <warnings::TurnedAway report=report.clone()/>
                    <figures::Figures report=report.clone()/>
                    <div class="grid g-12">
                        <section class="panel sp-8" aria-labelledby="minute">
                            <minute::LastMinute report=report.clone()/>
                        </section>
                        <section class="panel sp-4" aria-labelledby="spread">
                            <spread::Spread report=report.clone()/>
                        </section>
                        <section class="panel sp-8" aria-labelledby="senders">
                            <senders::Senders report=report.clone()/>
                        </section>
                        <section class="panel sp-4" aria-labelledby="sdks">
                            <sdks::Sdks report/>
                        </section>
                    </div>
                }
                    .into_any()
            }/>
            <div class="grid g-12 ingest__refused">
                <section class="panel sp-8" aria-labelledby="refused">
                    <Loaded read=refused view=move |list| view! { <refused::List list url=of_list.clone()/> }.into_any()/>
                </section>
                <div class="sp-4 ingest__side">
                    <section class="panel" aria-labelledby="reasons">
                        <Loaded read=recent view=move |recent| {
                            view! { <reasons::Reasons recent url=of_reasons.clone()/> }.into_any()
                        }/>
                    </section>
                    <section class="panel" aria-labelledby="doors">
                        <Loaded read=report view=|loaded| {
                            view! { <doors::Doors endpoints=loaded.endpoints/> }.into_any()
                        }/>
                    </section>
                </div>
            </div>
        </Page>
    }
    .into_any()
}
