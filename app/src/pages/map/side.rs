//! The selected node: its figures, who calls it, what it calls.

use leptos::prelude::*;
use model::dependency::{Edge, Node, NodeKind};

use super::api::MapView;
use super::figures::{error_share, rate};
use super::links::MapUrl;
use crate::colour::{self, Kind};
use crate::components::figures::{Money, Swatch};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, money, number};
use crate::url_state::encode;

/// Share of failed calls from which it is written in red.
const ERRORS_WORTH_RED: f64 = 0.01;

/// The panel beside the map.
#[component]
pub fn Side(
    /// The map.
    view: MapView,
    /// What the URL asks for.
    url: MapUrl,
    /// The selected node.
    node: Node,
) -> impl IntoView {
    let minutes = view.minutes();
    let between = |caller: bool| -> Vec<Edge> {
        let mine = |edge: &&Edge| if caller { edge.child == node.name } else { edge.parent == node.name };
        view.map.edges.iter().filter(mine).cloned().collect()
    };
    let (callers, called) = (between(true), between(false));
    let errors = error_share(node.errors, node.calls);
    let bad = errors >= ERRORS_WORTH_RED;
    let range = url.range_or_default().to_query();
    let traces = format!("/traces?service={}&{range}", encode(&node.name));
    let own = match node.kind {
        NodeKind::Service => "own",
        _ => "spent by its callers",
    };
    let p50 = node.p50_ms.map_or_else(|| "not measured".to_owned(), |p50| format!("p50 {}", duration::millis(p50)));
    view! {
        <aside class="drawer map-side" aria-label="Selected service">
            <header class="dh">
                <div class="row">
                    <span class="sw lg" data-slot=colour::slot(Kind::Service, &node.name).to_string()></span>
                    <h2 class="trunc grow">{node.name.clone()}</h2>
                    <a class="ibtn sm" href=url.with_node(None) aria-label="Close" title="Close"><Icon glyph=Glyph::Close/></a>
                </div>
                <div class="dh-sub muted">{node.kind.as_str()}</div>
                <div class="duo">
                    <div class="time">
                        <span>"p95"</span>
                        <b class="tnum">{node.p95_ms.map_or_else(|| money::UNKNOWN.to_owned(), duration::millis)}</b>
                        <em>{p50}</em>
                    </div>
                    <div class="money">
                        <span>"Cost"</span>
                        <b class="tnum"><Money amount=Some(node.cost)/></b>
                        <em>{own}</em>
                    </div>
                </div>
            </header>
            <div class="dbody">
                <div class="minis">
                    <div><span>"Calls"</span><b class="tnum">{rate(node.calls, minutes)}</b></div>
                    <div><span>"Errors"</span><b class="tnum" class:crit=bad>{number::percent(errors)}</b></div>
                    <div><span>"Connections"</span><b class="tnum">{callers.len() + called.len()}</b></div>
                </div>
                <Neighbours title="Called by" edges=callers by_parent=true url=url.clone() minutes/>
                <Neighbours title="Calls" edges=called by_parent=false url minutes/>
            </div>
            <footer class="df">
                {(node.kind == NodeKind::Service)
                    .then(|| view! {
                        <a class="btn" href=traces>
                            <Icon glyph=Glyph::Traces size=Size::Medium/>
                            <span>"Traces"</span>
                        </a>
                    })}
                <a class="btn" href=format!("/costs?by=service&{range}")>
                    <Icon glyph=Glyph::Costs size=Size::Medium/>
                    <span>"Costs"</span>
                </a>
            </footer>
        </aside>
    }
}

#[component]
fn Neighbours(title: &'static str, edges: Vec<Edge>, by_parent: bool, url: MapUrl, minutes: f64) -> impl IntoView {
    if edges.is_empty() {
        return ().into_any();
    }
    let rows = edges.into_iter().map(|edge| {
        let name = if by_parent { edge.parent } else { edge.child };
        let errors = error_share(edge.errors, edge.calls);
        let bad = errors >= ERRORS_WORTH_RED;
        view! {
            <tr>
                <td>
                    <a class="op-cell" href=url.with_node(Some(&name))>
                        <Swatch colour=colour::slot(Kind::Service, &name)/>
                        <span class="trunc">{name.clone()}</span>
                    </a>
                </td>
                <td class="num">{rate(edge.calls, minutes)}</td>
                <td class="num">{edge.p95_ms.map_or_else(|| money::UNKNOWN.to_owned(), duration::millis)}</td>
                <td class="num" class:crit=bad class:muted=!bad>{number::percent(errors)}</td>
                <td class="num"><Money amount=Some(edge.cost)/></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <h3 class="sp-h">{title}</h3>
        <table class="tbl tight">
            <thead>
                <tr>
                    <th scope="col"><span class="vh">"Name"</span></th>
                    <th scope="col" class="num">"Calls"</th>
                    <th scope="col" class="num">"p95"</th>
                    <th scope="col" class="num">"Err"</th>
                    <th scope="col" class="num">"Cost"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
