//! Costs: what a range cost, whose it was, what drove it, and whether the books balance.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{Costs, load_balance, load_costs, load_dearest, load_models};
use self::view_state::{ViewState, dimension_name};
use crate::components::live::Live;
use crate::components::loaded::Loaded;
use crate::components::page::Page;
use crate::components::time_range::TimeRangePicker;
use crate::components::trace_table::TraceTable;
use crate::error::ApiError;

pub mod api;
mod books;
mod breakdown;
mod chart;
mod chart_table;
mod figures;
mod models;
pub mod summary;
mod view_state;

/// The page.
#[component]
pub fn CostsPage() -> impl IntoView {
    let live = expect_context::<Live>();
    let query = use_query_map();
    let state = Memo::new(move |_| query.with(ViewState::from_query));
    let range = Memo::new(move |_| state.with(|state| state.range.clone()));
    let by = Memo::new(move |_| state.with(|state| state.by));
    let costs = Resource::new_blocking(
        move || (range.get(), by.get(), live.costs.get()),
        |(range, by, _)| async move { load_costs(range.map_err(ApiError::Invalid)?, by).await },
    );
    let dearest = Resource::new_blocking(
        move || (range.get(), live.costs.get()),
        |(range, _)| async move { load_dearest(range.map_err(ApiError::Invalid)?).await },
    );
    let models = Resource::new_blocking(
        move || (range.get(), live.costs.get()),
        |(range, _)| async move { load_models(range.map_err(ApiError::Invalid)?).await },
    );
    let books = Memo::new(move |_| state.with(|state| state.books));
    let balance = Resource::new_blocking(
        move || (books.get(), live.costs.get()),
        |(wanted, _)| async move { if wanted { load_balance().await.map(Some) } else { Ok(None) } },
    );
    let actions = move || {
        view! {
            <books::Badge state/>
            {move || {
                let state = state.get();
                view! { <TimeRangePicker choice=state.range_or_default() path="/costs" keep=state.pairs()/> }
            }}
        }
    };
    view! {
        <Page title="Costs" actions>
            <Loaded resource=costs view=move |costs: Costs| {
                view! {
                    <figures::Figures costs=costs.clone() asked_seconds=state.with_untracked(|state| state.range_or_default().seconds()) dearest/>
                    <div class="grid g-12">
                        <section class="panel sp-12" aria-labelledby="spend">
                            <chart::Spend costs=costs.clone() state/>
                        </section>
                        <section class="panel sp-8" aria-labelledby="breakdown">
                            <header>
                                <h2 id="breakdown">{format!("Breakdown by {}", dimension_name(costs.by).to_lowercase())}</h2>
                            </header>
                            <breakdown::Breakdown costs range=state.with_untracked(ViewState::range_or_default)/>
                        </section>
                        <section class="panel sp-4" aria-labelledby="models">
                            <header>
                                <h2 id="models">"Cost by model"</h2>
                            </header>
                            <Loaded resource=models view=|models| view! { <models::Models models/> }.into_any()/>
                        </section>
                        <section class="panel sp-12" aria-labelledby="dearest">
                            <header>
                                <h2 id="dearest">"Most expensive traces"</h2>
                                <div class="spacer"></div>
                                <a class="link fs-12" href=all_by_cost(state)>
                                    "All by cost"
                                </a>
                            </header>
                            <Loaded resource=dearest view=|dearest| view! { <TraceTable traces=dearest.traces/> }.into_any()/>
                        </section>
                    </div>
                }
                    .into_any()
            }/>
            <Loaded resource=balance view=|balance| balance.map(|balance| view! { <books::Books balance/> }).into_any()/>
        </Page>
    }
    .into_any()
}

fn all_by_cost(state: Memo<ViewState>) -> String {
    format!("/traces?{}&order=cost", state.with_untracked(ViewState::range_or_default).to_query())
}
