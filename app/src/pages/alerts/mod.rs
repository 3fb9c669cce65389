//! Alerts: the list, and one of them with what caused it, what was done about it, and what can be.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::act::{HoldAlert, HoldAlerts};
use self::api::{load_alert, load_alerts};
use self::list_url::ListUrl;
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::states::Empty;
use crate::error::ApiError;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;

pub mod act;
pub mod api;
pub mod chart;
mod deed;
mod detail;
mod drove;
mod evidence;
mod history;
mod hold;
mod list;
pub mod list_url;
pub mod rules;
pub mod trend;
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
    let bulk = ServerAction::<HoldAlerts>::new();
    let url = use_query_map().with_untracked(|query| ListUrl::read(|key| query.get(key)));
    let alerts = loading(load_alerts(url.clone()));
    let chosen = {
        let (id, url) = (id.clone(), url.clone());
        loading(async move { load_alert(id?, url).await })
    };
    // What the narrow layout shows: the list, or the one alert the address names.
    let back = url.href(None);
    let shown = if id == Ok(None) { "list" } else { "detail" };
    view! {
        <Page title="Alerts" live="alerts costs" flush=true actions=ViewFn::from(Actions)>
            <div class="al-split" data-view=shown>
                <div class="al-side">
                    <Loaded read=alerts view=move |alerts| {
                        view! { <list::List list=alerts chosen=id.clone() url=url.clone() bulk/> }.into_any()
                    }/>
                </div>
                <div class="al-detail">
                    <Loaded read=chosen view=move |detail| match detail {
                        Some(detail) => view! { <detail::Detail detail hold back=back.clone()/> }.into_any(),
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
