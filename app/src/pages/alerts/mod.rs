//! Alerts: the list, and one of them with what caused it, what was done about it, and what can be.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::act::HoldAlert;
use self::api::{load_alert, load_alerts};
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::loaded::{Loaded, loading};
use crate::components::states::Empty;
use crate::error::ApiError;
use crate::frame::page::Page;

pub mod act;
pub mod api;
pub mod chart;
mod detail;
mod drove;
mod evidence;
mod history;
mod hold;
mod list;
pub mod rules;
pub mod words;

/// The list; beside it, where there is room, the first alert.
#[component]
pub fn AlertsPage() -> impl IntoView {
    view! { <Alerts id=Ok(None)/> }.into_any()
}

/// One alert; beside it, where there is room, the list.
#[component]
pub fn AlertPage() -> impl IntoView {
    let params = use_params_map();
    let text = params.with_untracked(|params| params.get("id").unwrap_or_default());
    let id = text.parse::<i64>().map(Some).map_err(|_| ApiError::NotFound("alert".into()));
    view! { <Alerts id/> }.into_any()
}

/// The way to the rules.
#[component]
fn Actions() -> impl IntoView {
    view! {
        <a class="btn" href=rules::PATH>
            <Icon glyph=Glyph::Settings size=Size::Medium/>
            <span>"Rules"</span>
        </a>
        <a class="btn only-wide" href=format!("{}#rule-form", rules::PATH)>
            <Icon glyph=Glyph::Plus size=Size::Medium/>
            <span>"New rule"</span>
        </a>
    }
    .into_any()
}

#[component]
fn Alerts(id: Result<Option<i64>, ApiError>) -> impl IntoView {
    let hold = ServerAction::<HoldAlert>::new();
    let alerts = loading(load_alerts());
    let chosen = {
        let id = id.clone();
        loading(async move { load_alert(id?).await })
    };
    // What the narrow layout shows: the list, or the one alert the address names.
    let shown = if id == Ok(None) { "list" } else { "detail" };
    let filter = use_query_map().with_untracked(|query| query.get("q").unwrap_or_default());
    view! {
        <Page title="Alerts" live="alerts costs" flush=true actions=ViewFn::from(Actions)>
            <div class="al-split" data-view=shown>
                <div class="al-side">
                    <Loaded read=alerts view=move |alerts| {
                        view! { <list::List alerts chosen=id.clone() filter=filter.clone()/> }.into_any()
                    }/>
                </div>
                <div class="al-detail">
                    <Loaded read=chosen view=move |detail| match detail {
                        Some(detail) => view! { <detail::Detail detail hold/> }.into_any(),
                        None => {
                            view! {
                                <Empty title="No alerts">
                                    "Rules are checked every few seconds; an alert shows here within a minute of its cause."
                                </Empty>
                            }
                                .into_any()
                        }
                    }/>
                </div>
            </div>
        </Page>
    }
    .into_any()
}
