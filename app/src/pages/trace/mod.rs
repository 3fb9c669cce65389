//! One trace: header, the view that was chosen of it, and the drawer of the opened span.
//!
//! `read` lays the trace out; the rows of the waterfall are an island ([`crate::islands::waterfall`]), every other view and all
//! around it is HTML (`tabs`).

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::TraceId;
use model::space::Within;

use self::content::Content;
use self::opened::Opened as OpenedSpan;
use self::read::{Answer, TraceView};
use crate::components::states::{Empty, Failure};
use crate::context;
use crate::error::ApiError;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;
use crate::islands::waterfall::links::TraceUrl;

mod clocks;
mod content;
mod conversation;
pub mod drawer;
mod files;
mod flame;
mod graph;
mod header;
mod json;
mod limit;
pub mod look;
pub mod matches;
mod minimap;
pub mod opened;
pub mod read;
mod refused;
mod steps;
mod table;
mod tabs;
mod waste;

/// The page.
#[component]
pub fn TracePage() -> impl IntoView {
    let given = use_params_map().with_untracked(|params| params.get("trace_id").unwrap_or_default());
    match given.parse::<TraceId>() {
        Ok(trace_id) => view! { <OneTrace trace_id/> }.into_any(),
        Err(error) => {
            let error = ApiError::Invalid(format!("“{given}” is not a trace id: {error}."));
            view! {
                <Page title="Trace" crumbs=vec![("Traces", "/traces")]>
                    <Failure error/>
                </Page>
            }
            .into_any()
        }
    }
}

/// The page of a trace with a valid id.
#[component]
fn OneTrace(trace_id: TraceId) -> impl IntoView {
    let url = use_query_map().with_untracked(|query| TraceUrl::read(|key| query.get(key)));
    let (trace_url, opened_url) = (url.clone(), url.clone());
    let trace = loading(async move { read::trace(trace_id, &trace_url).await });
    let opened = loading(async move { read_opened(trace_id, &opened_url).await });
    let text = trace_id.to_string();
    let short = format!("{}…{}", &text[..8], &text[25..]);
    view! {
        <Page title=short crumbs=vec![("Traces", "/traces")] flush=true>
            <Loaded
                read=trace
                view=move |answer| match answer {
                    Answer::Trace(view, content) => view! { <Opened view=*view content url=url.clone() opened/> }.into_any(),
                    Answer::Several(places) => view! { <Several trace_id url=url.clone() places/> }.into_any(),
                }
            />
        </Page>
    }
}

/// Outer: there is one; inner: it could be read.
type MaybeSpan = Option<Result<OpenedSpan, ApiError>>;

/// The opened span, if there is one: a span that cannot be read leaves the rest of the page alone.
async fn read_opened(trace_id: TraceId, url: &TraceUrl) -> MaybeSpan {
    match url.span {
        Some(span_id) => Some(opened::span(trace_id, &url.within, span_id).await),
        None => None,
    }
}

/// An id that several tenants have sent with keys of their own.
#[component]
fn Several(trace_id: TraceId, url: TraceUrl, places: Vec<Within>) -> impl IntoView {
    context::set_status(300);
    let choices = places.into_iter().map(|within| {
        let name = match &within {
            Within::Tenant(tenant) => format!("The trace of {tenant}"),
            Within::Shared | Within::Anywhere => "The trace that was sent without the key of a tenant".to_owned(),
        };
        let href = TraceUrl { within, ..url.clone() }.href(trace_id);
        view! {
            <li>
                <a class="link" href=href>{name}</a>
            </li>
        }
    });
    let choices = choices.collect_view();
    view! {
        <Empty title="Several tenants have sent a trace with this id">
            <ul class="choices">{choices}</ul>
        </Empty>
    }
    .into_any()
}

/// Everything below the top bar.
#[component]
fn Opened(view: TraceView, content: Content, url: TraceUrl, opened: AsyncDerived<MaybeSpan>) -> impl IntoView {
    let trace_id = view.sheet.trace_id;
    let drawer = {
        let (url, view) = (url.clone(), view.clone());
        move || {
            let (url, view) = (url.clone(), view.clone());
            Suspend::new(async move {
                opened.await.map(|opened| {
                    let place = opened.as_ref().map(|opened| view.place_of(&opened.span)).unwrap_or_default();
                    drawer::of(opened, trace_id, place, &url)
                })
            })
        }
    };
    view! {
        <header::Header view=view.clone() url=url.clone()/>
        {view.avoidable.clone().map(|avoidable| view! { <waste::Panel avoidable trace_id url=url.clone()/> })}
        <div class="tsplit">
            <tabs::Shown view content url/>
            <div id="drawer" class="contents">
                <Transition>{drawer}</Transition>
            </div>
        </div>
    }
}
