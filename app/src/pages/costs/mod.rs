//! Costs: what a range cost, whose it was, what drove it, and whether the books balance.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{Costs, load_budgets, load_costs, load_dearest, load_models};
use self::forecast::load_ahead;
use self::view_state::ViewState;
use crate::components::owner as behind;
use crate::components::time_range::TimeRangePicker;
use crate::components::trace_table::TraceTable;
use crate::error::ApiError;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;

pub mod alarms;
pub mod api;
pub mod books;
mod breakdown;
mod breakdown_foot;
mod breakdown_panel;
mod budgets;
mod chart;
mod chart_table;
mod drawn;
mod export;
mod figures;
mod forecast;
mod legend;
mod models;
pub mod owner;
pub mod sort;
pub mod summary;
mod view_state;
mod zoom;

/// The page.
#[component]
pub fn CostsPage() -> impl IntoView {
    let state = use_query_map().with_untracked(ViewState::from_query);
    let range = state.range.clone().map_err(ApiError::Invalid);
    let choice = state.range_or_default();
    let costs = {
        let (range, by, grouping, sort) = (range.clone(), state.by, state.grouping(), state.sort);
        loading(async move { load_costs(range?, by, grouping, sort).await })
    };
    let dearest = {
        let range = range.clone();
        loading(async move { load_dearest(range?).await })
    };
    let models = loading(async move { load_models(range?).await });
    let budgets = loading(load_budgets(budgets::BARS_MAX));
    let ahead = loading(load_ahead());
    let actions = {
        let state = state.clone();
        move || {
            view! {
                <books::Badge/>
                <TimeRangePicker choice path="/costs" keep=state.pairs()/>
            }
        }
    };
    view! {
        <Page title="Costs" live="costs budgets" actions>
            <Loaded read=costs view=move |costs: Costs| {
                let state = state.clone();
                let exactly = export::exactly(costs.range);
                view! {
                    <figures::Figures costs=costs.clone() asked_seconds=choice.seconds() dearest ahead/>
                    <div class="grid g-12">
                        <section class="panel sp-12" aria-labelledby="spend">
                            <chart::Spend costs=costs.clone() state=state.clone()/>
                        </section>
                        <breakdown_panel::BreakdownPanel state range=costs.range table=costs.table alarms=costs.alarms/>
                        <budgets::Panel budgets/>
                        <section class="panel sp-8" aria-labelledby="dearest">
                            <header>
                                <h2 id="dearest">"Most expensive traces"</h2>
                                <div class="spacer"></div>
                                <a class="link fs-12" href=behind::traces_where(&exactly, "")>
                                    "All by cost"
                                </a>
                            </header>
                            <Loaded read=dearest view=|dearest| view! { <TraceTable traces=dearest.traces/> }.into_any()/>
                        </section>
                        <section class="panel sp-4" aria-labelledby="models">
                            <header>
                                <h2 id="models">"Cost by model"</h2>
                            </header>
                            <Loaded read=models view=move |models| view! { <models::Models models range=choice exactly=exactly.clone()/> }.into_any()/>
                        </section>
                    </div>
                }
                    .into_any()
            }/>
        </Page>
    }
    .into_any()
}
