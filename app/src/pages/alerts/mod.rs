//! Alerts: the list, and one of them with what caused it, what was done about it, and what can be.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::api::{HoldAlert, load_alert, load_alerts};
use crate::components::live::Live;
use crate::components::loaded::Loaded;
use crate::components::page::Page;
use crate::components::states::Empty;
use crate::error::ApiError;

pub mod api;
pub mod chart;
mod detail;
mod evidence;
mod history;
mod hold;
mod list;
pub mod words;

/// The list; beside it, where there is room, the first alert.
#[component]
pub fn AlertsPage() -> impl IntoView {
    let none = Memo::new(|_| Ok(None));
    view! { <Alerts id=none/> }.into_any()
}

/// One alert; beside it, where there is room, the list.
#[component]
pub fn AlertPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        let text = params.with(|params| params.get("id").unwrap_or_default());
        text.parse::<i64>().map(Some).map_err(|_| ApiError::NotFound("alert".into()))
    });
    view! { <Alerts id/> }.into_any()
}

#[component]
fn Alerts(id: Memo<Result<Option<i64>, ApiError>>) -> impl IntoView {
    let live = expect_context::<Live>();
    let query = use_query_map();
    let hold = ServerAction::<HoldAlert>::new();
    let alerts = Resource::new_blocking(move || (hold.version().get(), live.alerts.get()), |_| load_alerts());
    let chosen = Resource::new_blocking(
        move || (id.get(), hold.version().get(), live.alerts.get()),
        |(id, _, _)| async move { load_alert(id?).await },
    );
    // What the narrow layout shows: the list, or the one alert the address names.
    let shown = move || if id.with(|id| matches!(id, Ok(None))) { "list" } else { "detail" };
    let filter = move || query.with(|query| query.get("q").unwrap_or_default());
    view! {
        <Page title="Alerts" flush=true>
            <div class="al-split" data-view=shown>
                <div class="al-side">
                    <Loaded resource=alerts view=move |alerts| {
                        view! { <list::List alerts chosen=id filter=filter()/> }.into_any()
                    }/>
                </div>
                <div class="al-detail">
                    <Loaded resource=chosen view=move |detail| match detail {
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
