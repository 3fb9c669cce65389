//! What called what in the trace: the picture, and the same as two tables.

use leptos::prelude::*;
use model::trace::waterfall::graph::{Graph, GraphNode};

use super::read::TraceView;
use crate::format::number;
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;

mod canvas;
mod tables;

/// Nodes of the picture: more would be smaller than their names, and their edges a web.
pub const NODES_MAX: usize = 36;

/// Picture and tables.
#[component]
pub fn GraphView(
    /// What called what.
    graph: Graph,
    /// The trace.
    view: TraceView,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    let left_out = (graph.left_out > 0).then(|| {
        let (sorts, spans) = (number::count(graph.left_out as i64), number::counted(graph.left_out_spans as i64, "span"));
        let table = url.with_option("group", Some("operation".to_owned())).with_tab(crate::islands::waterfall::tab::Tab::Table);
        view! {
            <p class="tg-left muted">
                {format!("{sorts} more operations with {spans} have no node: these take the most time, money and failures. ")}
                <a class="link" href=table.href(view.sheet.trace_id) data-noscroll>"All of them in the table"</a>
            </p>
        }
    });
    view! {
        <div class="tg">
            <canvas::Canvas graph=graph.clone() view=view.clone() url=url.clone()/>
            {left_out}
            <tables::Tables graph view url/>
        </div>
    }
    .into_any()
}

/// What a node is called.
fn name_of(node: &GraphNode) -> &str {
    named(&node.name)
}

/// The view with the span of a node opened that says most of it: the dearest, else the longest.
fn opened(node: &GraphNode, url: &TraceUrl) -> TraceUrl {
    url.with_span(node.sum.dearest.or(node.sum.longest))
}
