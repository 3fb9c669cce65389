//! One trace: header, minimap, waterfall, and the drawer of the opened span.
//!
//! `read` lays the trace out; the rows are an island ([`crate::islands::waterfall`]), everything else is HTML.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{SpanId, TraceId};

use self::read::TraceView;
use crate::components::loaded::Loaded;
use crate::components::states::Failure;
use crate::error::ApiError;
use crate::frame::page::Page;
use crate::islands::waterfall::Waterfall;
use crate::islands::waterfall::links::TraceUrl;

pub mod drawer;
mod header;
mod minimap;
pub mod read;

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
    let (trace_url, span_id) = (url.clone(), url.span);
    let trace = Resource::new_blocking(
        move || trace_url.clone(),
        move |url| async move { read::trace(trace_id, &url.fold, url.span, url.at).await },
    );
    let opened = Resource::new_blocking(move || span_id, move |span_id| read_opened(trace_id, span_id));
    let text = trace_id.to_string();
    let short = format!("{}…{}", &text[..8], &text[25..]);
    view! {
        <Page title=short crumbs=vec![("Traces", "/traces")] flush=true>
            <Loaded resource=trace view=move |view| view! { <Opened view url=url.clone() opened/> }.into_any()/>
        </Page>
    }
}

/// Outer: there is one; inner: it could be read.
type MaybeSpan = Option<Result<read::Opened, ApiError>>;

/// The opened span, if there is one: a span that cannot be read leaves the rest of the page alone.
async fn read_opened(trace_id: TraceId, span_id: Option<SpanId>) -> MaybeSpan {
    match span_id {
        Some(span_id) => Some(read::span(trace_id, span_id).await),
        None => None,
    }
}

/// Everything below the top bar.
#[component]
fn Opened(view: TraceView, url: TraceUrl, opened: Resource<MaybeSpan>) -> impl IntoView {
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
        <header::Header view=view.clone()/>
        <div class="tsplit">
            <Waterfall sheet=view.sheet.clone() url>
                <minimap::Minimap view/>
            </Waterfall>
            <div id="drawer" class="contents">
                <Transition>{drawer}</Transition>
            </div>
        </div>
    }
}
