//! The overview: where time and money went today, what burns, how the doors are doing. Until there is a first trace it
//! shows how to send one.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{
    Rank, StartDemo, load_budgets, load_firing, load_leaders, load_services, load_start, load_tenants, load_today,
};
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;
use crate::pages::costs::books::Badge;

pub mod api;
mod budgets;
mod firing;
mod first_run;
mod ingest;
mod leaders;
mod services;
mod spend_today;
mod tenants;
pub mod usual;

/// The page.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let rank = use_query_map().with_untracked(|query| rank_of(query.get_str("by")));
    let demo = ServerAction::<StartDemo>::new();
    let start = loading(load_start());
    let today = loading(load_today());
    let firing = loading(load_firing());
    let budgets = loading(load_budgets());
    let tenants = loading(load_tenants());
    let leaders = loading(load_leaders(rank));
    let services = loading(load_services());
    view! {
        <Page title="Overview" live="costs alerts ingest budgets" actions=|| view! { <Badge/> }>
            <Loaded read=start view=move |start| {
                let progress = view! { <first_run::Progress status=start.demo.clone()/> };
                if !start.any {
                    return view! {
                        {progress}
                        <first_run::FirstRun start demo/>
                    }
                        .into_any();
                }
                view! {
                    {progress}
                    <div class="grid g-12">
                        <section class="panel sp-5 hero-panel" aria-labelledby="spend-today">
                            <Loaded read=today view=|today| view! { <spend_today::SpendToday today/> }.into_any()/>
                        </section>
                        <section class="panel sp-4" aria-labelledby="firing">
                            <Loaded read=firing view=|firing| view! { <firing::Firing firing/> }.into_any()/>
                        </section>
                        <section class="panel sp-3" aria-labelledby="ingest">
                            <Loaded read=today view=|today| view! { <ingest::Ingest last_day=today.last_day/> }.into_any()/>
                        </section>
                        <section class="panel sp-5" aria-labelledby="tenants">
                            <Loaded read=tenants view=|lines| view! { <tenants::Tenants lines/> }.into_any()/>
                        </section>
                        <section class="panel sp-7" aria-labelledby="leaders">
                            <leaders::Header rank/>
                            <Loaded read=leaders view=|traces| view! { <leaders::Leaders traces/> }.into_any()/>
                        </section>
                        <Loaded read=budgets view=|budgets| view! { <budgets::Panel budgets/> }.into_any()/>
                        <section class="panel sp-12" aria-labelledby="services">
                            <Loaded read=services view=|nodes| view! { <services::Services nodes/> }.into_any()/>
                        </section>
                    </div>
                }
                    .into_any()
            }/>
        </Page>
    }
    .into_any()
}

fn rank_of(by: Option<&str>) -> Rank {
    match by {
        Some("duration") => Rank::Duration,
        Some("errors") => Rank::Errors,
        _ => Rank::Cost,
    }
}
