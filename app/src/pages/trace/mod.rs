//! One trace: header, minimap, waterfall, and the drawer of the opened span.
//!
//! The server lays the trace out ([`model::trace::waterfall`]) and sends what is seen first; `viewer` keeps what the
//! reader does to it and asks for further rows. What is opened, folded and coloured is in the URL ([`links`]).

use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{SpanId, TraceId};

use self::api::{TraceView, load_span, load_trace};
use self::links::{FOLD_ALL, TraceUrl};
use self::viewer::Viewer;
use crate::components::loaded::Loaded;
use crate::components::page::Page;
use crate::components::states::Failure;
use crate::error::ApiError;

pub mod api;
mod bars;
mod copy;
mod drawer;
mod footer;
mod grid;
mod header;
mod keys;
pub mod links;
mod minimap;
mod row;
mod viewer;

/// The page.
#[component]
pub fn TracePage() -> impl IntoView {
    let params = use_params_map();
    let given = Memo::new(move |_| params.with(|params| params.get("trace_id").unwrap_or_default()));
    move || {
        let given = given.get();
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
}

/// The page of a trace with a valid id.
#[component]
fn OneTrace(trace_id: TraceId) -> impl IntoView {
    let query = use_query_map();
    let url = move || query.with(TraceUrl::read);
    // Folding single rows happens in the browser; only folding everything is laid out anew.
    let folded_all = Memo::new(move |_| url().fold == FOLD_ALL);
    let trace = Resource::new_blocking(
        move || folded_all.get(),
        move |_| {
            let url = untrack(url);
            load_trace(trace_id, url.fold, url.span, url.at)
        },
    );
    let text = trace_id.to_string();
    let short = format!("{}…{}", &text[..8], &text[25..]);
    view! {
        <Page title=short crumbs=vec![("Traces", "/traces")] flush=true>
            <Loaded resource=trace view=|view| view! { <Opened view/> }.into_any()/>
        </Page>
    }
}

/// Everything below the top bar.
#[component]
fn Opened(view: TraceView) -> impl IntoView {
    let viewer = Viewer::new(view);
    let scroller = NodeRef::<Div>::new();
    keys::listen(viewer, scroller);
    let opened = Memo::new(move |_| viewer.url.with(|url| url.span));
    let span = Resource::new_blocking(move || opened.get(), move |opened| load_opened(viewer.trace_id, opened));
    view! {
        <header::Header viewer/>
        <div class="tsplit" class:nodrawer=move || opened.get().is_none()>
            <div class="tmain" data-color=move || if viewer.url.with(|url| url.by_cost) { "cost" } else { "service" }>
                <Toolbar viewer/>
                <minimap::Minimap viewer/>
                <grid::Grid viewer scroller/>
                <footer::Footer viewer/>
            </div>
            <Transition>
                {move || Suspend::new(async move {
                    match span.await {
                        Ok(Some(span)) => view! { <drawer::Drawer span viewer/> }.into_any(),
                        Ok(None) => ().into_any(),
                        Err(error) => view! { <drawer::Unreadable error viewer/> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

async fn load_opened(trace_id: TraceId, opened: Option<SpanId>) -> Result<Option<model::Span>, ApiError> {
    match opened {
        Some(span_id) => load_span(trace_id, span_id).await.map(Some),
        None => Ok(None),
    }
}

/// Views of the trace and what bars are coloured by.
#[component]
fn Toolbar(viewer: Viewer) -> impl IntoView {
    let by_cost = move || viewer.url.with(|url| url.by_cost);
    let colour = move |by_cost: bool| move || TraceUrl { by_cost, ..viewer.url.get() }.href(viewer.trace_id);
    view! {
        <div class="tbar">
            <nav class="tabs" aria-label="Views of the trace">
                <a class="on" aria-current="page" href=move || viewer.url.get().href(viewer.trace_id)>"Waterfall"</a>
                <a href=format!("/api/v1/traces/{}", viewer.trace_id) rel="external">"JSON"</a>
            </nav>
            <div class="spacer"></div>
            <span class="lbl">"Colour"</span>
            <nav class="seg" aria-label="Colour bars by">
                <a href=colour(false) class:on=move || !by_cost() aria-current=move || (!by_cost()).then_some("true")>"Service"</a>
                <a href=colour(true) class:on=by_cost aria-current=move || by_cost().then_some("true")>"Cost"</a>
            </nav>
        </div>
    }
}
