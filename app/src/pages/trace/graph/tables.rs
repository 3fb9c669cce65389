//! The same as tables: nodes, and calls between them.

use leptos::prelude::*;
use model::trace::waterfall::graph::{Graph, GraphEdge, GraphNode};

use super::{name_of, opened};
use crate::colour::Palette;
use crate::components::figures::{Duration, Money, Swatch};
use crate::format::number;
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::tab::Tab;
use crate::pages::trace::read::TraceView;

/// Decimals of the cost columns: those of the waterfall, so that figures agree.
const COST_DECIMALS: u32 = 5;

/// Nodes and calls with every figure of the picture.
#[component]
pub fn Tables(
    /// What called what.
    graph: Graph,
    /// The trace.
    view: TraceView,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    let palette = view.palette();
    let nodes = graph.nodes.iter().enumerate().map(|(at, node)| node_line(at, node, &palette, &view, &url));
    let nodes = nodes.collect_view();
    let edges = graph.edges.iter().map(|edge| edge_line(edge, &graph, &palette)).collect_view();
    view! {
        <div class="scroll-x">
            <table class="tbl">
                <caption>"Nodes"</caption>
                <thead>{heads(&["Node"], &["Spans", "Errors", "Self time", "Max", "Self cost"], true)}</thead>
                <tbody>{nodes}</tbody>
            </table>
        </div>
        <div class="scroll-x">
            <table class="tbl">
                <caption>"Calls"</caption>
                <thead>{heads(&["From", "To"], &["Calls", "Errors", "Time", "Cost of what was called"], false)}</thead>
                <tbody>{edges}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn heads(names: &[&'static str], numbers: &[&'static str], has_links: bool) -> impl IntoView + use<> {
    let names = names.iter().map(|name| view! { <th scope="col">{*name}</th> }).collect_view();
    let numbers = numbers.iter().map(|name| view! { <th scope="col" class="num">{*name}</th> }).collect_view();
    let links = has_links.then(|| view! { <th scope="col"><span class="vh">"Links"</span></th> });
    view! {
        <tr>
            {names}
            {numbers}
            {links}
        </tr>
    }
}

fn node_line(
    at: usize,
    node: &GraphNode,
    palette: &Palette,
    view: &TraceView,
    url: &TraceUrl,
) -> impl IntoView + use<> {
    let href = opened(node, url).href(view.sheet.trace_id);
    let group = if node.is_model { "model" } else { "operation" };
    let listed = url
        .with_tab(Tab::Table)
        .with_option("group", Some(group.to_owned()))
        .with_option("like", node.sum.longest.map(|span| span.to_string()))
        .with_option("page", None)
        .href(view.sheet.trace_id);
    let name = name_of(node).to_owned();
    view! {
        <tr data-pair=at.to_string()>
            <th scope="row">
                <a class="op-cell" href=href data-noscroll>
                    {named(node, palette)}
                </a>
            </th>
            <td class="num">{number::count(node.sum.spans as i64)}</td>
            <td class="num" class:crit=node.sum.failed != 0>{number::count(node.sum.failed as i64)}</td>
            <td class="num"><Duration nanos=i64::try_from(node.sum.self_ns).unwrap_or(i64::MAX)/></td>
            <td class="num"><Duration nanos=node.sum.max_ns/></td>
            <td class="num"><Money amount=node.sum.cost decimals=COST_DECIMALS/></td>
            <td class="num">
                <a class="link" href=listed aria-label=format!("Spans of {name}") data-noscroll>"Spans"</a>
            </td>
        </tr>
    }
}

fn edge_line(edge: &GraphEdge, graph: &Graph, palette: &Palette) -> impl IntoView + use<> {
    let ends = [edge.from, edge.to].map(|at| {
        let node = graph.nodes.get(at).map(|node| named(node, palette));
        view! {
            <td>
                <span class="op-cell">{node}</span>
            </td>
        }
    });
    let calls = match edge.indirect {
        0 => number::count(edge.calls as i64),
        indirect => format!("{}, {} through others", number::count(edge.calls as i64), number::count(indirect as i64)),
    };
    view! {
        <tr>
            {ends.into_iter().collect_view()}
            <td class="num">{calls}</td>
            <td class="num" class:crit=edge.failed != 0>{number::count(edge.failed as i64)}</td>
            <td class="num"><Duration nanos=i64::try_from(edge.total_ns).unwrap_or(i64::MAX)/></td>
            <td class="num"><Money amount=edge.cost decimals=COST_DECIMALS/></td>
        </tr>
    }
}

/// A node's name with its colour; a model is nobody's service.
fn named(node: &GraphNode, palette: &Palette) -> AnyView {
    let name = name_of(node).to_owned();
    if node.is_model {
        return view! { <span class="trunc">{name} " " <span class="svc">"model"</span></span> }.into_any();
    }
    view! {
        <Swatch colour=palette.slot(&node.service)/>
        <span class="trunc">{name} " " <span class="svc">{node.service.clone()}</span></span>
    }
    .into_any()
}
