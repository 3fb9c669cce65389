//! What stands below the head of the page: the view that the address names, with the tabs above it.

use leptos::prelude::*;

use super::content::Content;
use super::read::TraceView;
use super::steps::StepLinks;
use super::{conversation, flame, graph, json, matches, minimap, table};
use crate::format::number;
use crate::islands::packed::Packed;
use crate::islands::waterfall::Waterfall;
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::toolbar::{PANEL_ID, Toolbar, tab_id};

/// The view an address names.
#[component]
pub fn Shown(
    /// The trace.
    view: TraceView,
    /// What the view shows of it.
    content: Content,
    /// The address.
    url: TraceUrl,
) -> impl IntoView {
    let panel = match content {
        Content::Rows => {
            return view! {
                <Waterfall sheet=Packed(view.sheet.clone()) url=Packed(url.clone())>
                    <matches::Matches view=view.clone() url/>
                    <minimap::Minimap view/>
                </Waterfall>
            }
            .into_any();
        }
        Content::Flame(pair) => view! { <flame::Flames pair=*pair view=view.clone() url=url.clone()/> }.into_any(),
        Content::Graph(graph) => {
            view! { <graph::GraphView graph=*graph view=view.clone() url=url.clone()/> }.into_any()
        }
        Content::Table(tables) => {
            view! { <table::Tables tables=*tables view=view.clone() url=url.clone()/> }.into_any()
        }
        Content::Conversation(page) => {
            view! { <conversation::Conversation page=*page view=view.clone() url=url.clone()/> }.into_any()
        }
        Content::Json(shown) => view! { <json::JsonView shown=*shown view=view.clone() url=url.clone()/> }.into_any(),
    };
    let tab = url.tab;
    view! {
        <div class="tmain" data-color=if url.by_cost { "cost" } else { "service" }>
            <Toolbar trace_id=view.sheet.trace_id url=Signal::stored(url.clone()) model_calls=view.sheet.model_calls/>
            <div class="tpanel" id=PANEL_ID role="tabpanel" aria-labelledby=tab_id(tab)>
                {panel}
                <div class="wf-foot">
                    <span class="tnum">{number::counted(view.sheet.spans, "span")}</span>
                    <div class="spacer"></div>
                    <StepLinks steps=view.steps sheet=view.sheet.clone() url=url.clone()/>
                </div>
            </div>
        </div>
    }
    .into_any()
}
