//! What one tenant, service, capability, model, user or data class spent, or what has none of them: how much, when, on
//! what, in which traces, how much of it on failures, and beside which budgets.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::cost::{Dimension, Owner};

use self::api::{load_budgets, load_owned, load_spending};
use super::view_state::{DEFAULT_SECONDS, DIMENSIONS, dimension_name, group_name};
use super::zoom::Zoom;
use crate::components::budgets::BudgetBars;
use crate::components::owner;
use crate::components::states::Failure;
use crate::components::time_range::TimeRangePicker;
use crate::error::ApiError;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;
use crate::url_state::RangeChoice;

mod across;
pub mod api;
mod days;
mod figures;
mod picture;
mod traces;

/// The page.
#[component]
pub fn OwnerPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let params = use_params_map().get_untracked();
    let dimension = params.get_str("dimension").and_then(Dimension::parse);
    let dimension = dimension.filter(|dimension| DIMENSIONS.iter().any(|(each, ..)| each == dimension));
    let Some(dimension) = dimension else {
        let known: Vec<&str> = DIMENSIONS.iter().map(|(each, ..)| each.as_str()).collect();
        let error = ApiError::Invalid(format!("Spend is kept by {}, and by nothing else.", known.join(", ")));
        return view! { <Page title="Costs"><Failure error/></Page> }.into_any();
    };
    let key = params.get_str("key").or(query.get_str("key")).filter(|key| !key.is_empty());
    let owner = Owner { dimension, key: key.map(str::to_owned) };
    let range = RangeChoice::from_query(&query, DEFAULT_SECONDS);
    let choice = range.clone().unwrap_or(RangeChoice::Last(DEFAULT_SECONDS));
    let zoom = Zoom::from_query(&query);
    let path = owner::href(&owner, None);
    // A name that is in the query stays there.
    let (path, keep) = match path.split_once("?key=") {
        Some((path, key)) => (path.to_owned(), vec![("key".to_owned(), key.to_owned())]),
        None => (path, Vec::new()),
    };
    let title = group_name(dimension, owner.key.as_deref());
    let actions = move || view! { <TimeRangePicker choice path=path.clone() keep=keep.clone()/> };
    view! {
        <Page title=title live="costs budgets" crumbs=vec![("Costs", "/costs"), of_dimension(dimension)] actions>
            <Panels owner range=range.map_err(ApiError::Invalid) choice zoom/>
        </Page>
    }
    .into_any()
}

/// The step between the costs and one owner.
const fn of_dimension(dimension: Dimension) -> (&'static str, &'static str) {
    match dimension {
        Dimension::Service => ("Services", "/costs?group_by=service"),
        Dimension::Capability => ("Capabilities", "/costs?group_by=capability"),
        Dimension::Model => ("Models", "/costs?group_by=model"),
        Dimension::User => ("Users", "/costs?group_by=user"),
        Dimension::DataTag => ("Data tags", "/costs?group_by=data_tag"),
        Dimension::Tenant | Dimension::Total => ("Tenants", "/costs?group_by=tenant"),
    }
}

#[component]
fn Panels(owner: Owner, range: Result<RangeChoice, ApiError>, choice: RangeChoice, zoom: Zoom) -> impl IntoView {
    let owned = {
        let (owner, range) = (owner.clone(), range.clone());
        loading(async move { load_owned(owner, range?).await })
    };
    let spending = {
        let owner = owner.clone();
        loading(async move { load_spending(owner, range?).await })
    };
    let budgets = loading(load_budgets(owner.clone()));
    let others = DIMENSIONS.into_iter().map(|(dimension, ..)| dimension).filter(|each| *each != owner.dimension);
    let across = others
        .map(|by| {
            let of = owner.clone();
            let id = format!("by-{by}");
            let labelled = id.clone();
            view! {
                <section class="panel sp-4" aria-labelledby=labelled>
                    <header>
                        <h2 id=id>{format!("By {}", dimension_name(by).to_lowercase())}</h2>
                        <across::Covers spending by/>
                    </header>
                    <Loaded read=spending view=move |spending| {
                        let of = of.clone();
                        let across = spending.by(by).cloned();
                        across.map(|across| view! { <across::Across of across by range=choice/> }).into_any()
                    }/>
                </section>
            }
        })
        .collect_view();
    let (of_figures, of_traces, of_days) = (owner.clone(), owner.clone(), owner);
    view! {
        <Loaded read=owned view=move |owned| {
            let owner = of_figures.clone();
            let by_day = of_days.clone();
            view! {
                <figures::Figures owner=owner.clone() owned=owned.clone() asked_seconds=choice.seconds() spending/>
                <div class="grid g-12">
                    <section class="panel sp-8" aria-labelledby="spend">
                        <picture::Spend owner owned=owned.clone() asked=choice zoom=zoom.clone()/>
                    </section>
                    <section class="panel sp-4" aria-labelledby="days">
                        <days::Days owner=by_day owned/>
                    </section>
                </div>
            }
                .into_any()
        }/>
        <div class="grid g-12 owner__more">
            {across}
            <section class="panel sp-4" aria-labelledby="budgets">
                <header>
                    <h2 id="budgets">"Its budgets"</h2>
                </header>
                <Loaded read=budgets view=|budgets| {
                    if budgets.as_of.is_some() && budgets.bars.is_empty() {
                        return view! { <p class="pb muted fs-12">"No budget counts it by itself."</p> }.into_any();
                    }
                    view! { <BudgetBars budgets/> }.into_any()
                }/>
            </section>
            <section class="panel sp-12" aria-labelledby="dearest">
                <Loaded read=spending view=move |spending| {
                    view! { <traces::Dearest owner=of_traces.clone() traces=spending.traces/> }.into_any()
                }/>
            </section>
        </div>
    }
    .into_any()
}
