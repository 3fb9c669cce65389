//! The same map as two tables: nodes, and calls between them.

use leptos::prelude::*;

use super::api::MapView;
use super::figures::{error_share, rate};
use super::links::MapUrl;
use crate::colour::{self, Kind};
use crate::components::figures::{Money, Swatch};
use crate::format::{duration, money, number};

/// Nodes and calls with every figure of the picture.
#[component]
pub fn MapTable(
    /// The map.
    view: MapView,
    /// What the URL asks for.
    url: MapUrl,
) -> impl IntoView {
    let minutes = view.minutes();
    let millis = |ms: Option<f64>| ms.map_or_else(|| money::UNKNOWN.to_owned(), duration::millis);
    let named = |name: &str| {
        view! {
            <a class="op-cell" href=url.with_node(Some(name))>
                <Swatch colour=colour::slot(Kind::Service, name)/>
                <span class="trunc">{name.to_owned()}</span>
            </a>
        }
    };
    let nodes = view.map.nodes.iter().map(|node| {
        view! {
            <tr>
                <td>{named(&node.name)}</td>
                <td class="muted">{node.kind.as_str()}</td>
                <td class="num">{rate(node.calls, minutes)}</td>
                <td class="num">{number::percent(error_share(node.errors, node.calls))}</td>
                <td class="num">{millis(node.p50_ms)}</td>
                <td class="num">{millis(node.p95_ms)}</td>
                <td class="num strong"><Money amount=Some(node.cost)/></td>
            </tr>
        }
    });
    let edges = view.map.edges.iter().map(|edge| {
        view! {
            <tr>
                <td>{named(&edge.parent)}</td>
                <td>{named(&edge.child)}</td>
                <td class="muted">{edge.transport.as_str()}</td>
                <td class="num">{rate(edge.calls, minutes)}</td>
                <td class="num">{number::percent(error_share(edge.errors, edge.calls))}</td>
                <td class="num">{millis(edge.p95_ms)}</td>
                <td class="num strong"><Money amount=Some(edge.cost)/></td>
            </tr>
        }
    });
    view! {
        <div class="map-tables">
            <table class="tbl">
                <caption>"Nodes"</caption>
                <thead>{heads(["Name", "Kind"], ["Calls", "Errors", "p50", "p95", "Cost"])}</thead>
                <tbody>{nodes.collect_view()}</tbody>
            </table>
            <table class="tbl">
                <caption>"Calls"</caption>
                <thead>{heads(["From", "To", "Transport"], ["Calls", "Errors", "p95", "Cost"])}</thead>
                <tbody>{edges.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn heads<const N: usize, const M: usize>(names: [&'static str; N], numbers: [&'static str; M]) -> impl IntoView {
    view! {
        <tr>
            {names.map(|name| view! { <th scope="col">{name}</th> }).collect_view()}
            {numbers.map(|name| view! { <th scope="col" class="num">{name}</th> }).collect_view()}
        </tr>
    }
}
