//! The picture: nodes in layers, edges as wide as they are busy.

use std::collections::HashMap;

use leptos::prelude::*;
use model::dependency::{Edge, Node};
use model::usd::UsdSum;

use super::api::MapView;
use super::figures::{error_share, glyph, heat, rate, scale_words};
use super::layout::{Point, layout, path};
use super::links::MapUrl;
use crate::format::{duration, money, number};

/// Nodes drawn; the busiest. More would be smaller than their names, and the table has all.
const NODES_MAX: usize = 80;

/// Circumference of the ring that shows the share of errors (radius 23).
const RING: f64 = 2.0 * std::f64::consts::PI * 23.0;

/// Errors are shown four times as large as they are: 25 % closes the ring.
const ERROR_MAGNIFIED: f64 = 4.0;

/// Least length of the mark on the ring: any error is seen.
const ERROR_MARK_MIN: f64 = 3.0;

/// Share of errors from which a node says so in words and an edge is red.
const ERRORS_WORTH_WORDS: f64 = 0.01;

/// Steps of the colour scale from which an icon is drawn in white.
const DARK_FROM: u8 = 4;

/// The picture of a map, with its legend.
#[component]
pub fn Canvas(
    /// The map.
    view: MapView,
    /// What the URL asks for.
    url: MapUrl,
    /// Name of the selected node.
    selected: Option<String>,
) -> impl IntoView {
    let (nodes, edges, hidden) = drawn(&view);
    let ends: Vec<(usize, usize)> = edges.iter().map(|(from, to, _)| (*from, *to)).collect();
    let places = layout(nodes.len(), &ends);
    let (view_box, size) = places.view_box();
    let busiest = edges.iter().map(|(_, _, edge)| edge.calls).max().unwrap_or(1);
    let minutes = view.minutes();
    let selected = selected.as_deref();
    let lines =
        edges.iter().zip(&places.edges).map(|((_, _, edge), line)| edge_view(edge, line, selected, busiest, minutes));
    let lines = lines.collect_view();
    let discs =
        nodes.iter().zip(&places.nodes).map(|(node, at)| node_view(node, *at, &url, selected, minutes)).collect_view();
    let words = format!(
        "Service dependency map, {} nodes, {} connections. A table view holds the same data.",
        nodes.len(),
        edges.len()
    );
    view! {
        <div class="map-canvas">
            <svg style=size viewBox=view_box preserveAspectRatio="xMidYMid meet" role="group" aria-label=words>
                <Arrows/>
                {lines}
                {discs}
            </svg>
        </div>
        <Legend url/>
        {(hidden > 0).then(|| view! { <p class="map-hidden">{format!("{hidden} less busy nodes are only in the table")}</p> })}
    }
}

/// The busiest nodes, and the edges between them with the indices of their ends; calls by several transports are one edge.
fn drawn(view: &MapView) -> (Vec<Node>, Vec<(usize, usize, Edge)>, usize) {
    let mut nodes = view.map.nodes.clone();
    nodes.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| a.name.cmp(&b.name)));
    let hidden = nodes.len().saturating_sub(NODES_MAX);
    nodes.truncate(NODES_MAX);
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    let index: HashMap<&str, usize> = nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
    let mut merged: Vec<(usize, usize, Edge)> = Vec::new();
    for edge in &view.map.edges {
        let ends = index.get(edge.parent.as_str()).zip(index.get(edge.child.as_str()));
        let Some((&from, &to)) = ends else { continue };
        match merged.iter_mut().find(|(known_from, known_to, _)| (*known_from, *known_to) == (from, to)) {
            Some((_, _, known)) => {
                known.calls += edge.calls;
                known.errors += edge.errors;
            }
            None => merged.push((from, to, edge.clone())),
        }
    }
    merged.sort_by_key(|(from, to, _)| (*from, *to));
    (nodes, merged, hidden)
}

/// Ends of edges: `#arrow`, `#arrow-on`, `#arrow-bad`.
#[component]
pub fn Arrows() -> impl IntoView {
    let arrow = |id: &'static str, class: &'static str| {
        view! {
            <marker id=id viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto">
                <path class=class d="M1 1 6.5 4 1 7z"></path>
            </marker>
        }
    };
    view! { <defs>{arrow("arrow", "arrow")} {arrow("arrow-on", "arrow on")} {arrow("arrow-bad", "arrow bad")}</defs> }
}

fn edge_view(edge: &Edge, line: &[Point], selected: Option<&str>, busiest: i64, minutes: f64) -> impl IntoView + use<> {
    let on = selected.is_some_and(|name| edge.parent == name || edge.child == name);
    let bad = on && error_share(edge.errors, edge.calls) >= ERRORS_WORTH_WORDS;
    let share = (1.0 + edge.calls as f64).ln() / (1.0 + busiest as f64).ln();
    let width = format!("{:.1}", 1.0 + 4.4 * share);
    let marker = match (on, bad) {
        (_, true) => "url(#arrow-bad)",
        (true, false) => "url(#arrow-on)",
        (false, false) => "url(#arrow)",
    };
    let calls = rate(edge.calls, minutes);
    let label = (on && line.len() >= 2).then(|| {
        let middle = (line.len() - 1) / 2;
        let (from, to) = (line[middle], line[middle + 1]);
        let (x, y) = ((from.x + to.x) / 2.0, (from.y + to.y) / 2.0 - 7.0);
        view! { <text class="elab" x=format!("{x:.1}") y=format!("{y:.1}")>{calls.clone()}</text> }
    });
    view! {
        <path class="edge" class:on=on class:bad=bad d=path(line) stroke-width=width marker-end=marker>
            <title>{format!("{} to {}: {calls}", edge.parent, edge.child)}</title>
        </path>
        {label}
    }
}

fn node_view(node: &Node, at: Point, url: &MapUrl, selected: Option<&str>, minutes: f64) -> impl IntoView + use<> {
    let on = selected == Some(node.name.as_str());
    let step = heat(node, url.colour, minutes);
    let errors = error_share(node.errors, node.calls);
    let mark = (errors > 0.0).then(|| {
        let length = (errors * ERROR_MAGNIFIED * RING).clamp(ERROR_MARK_MIN, RING);
        view! { <circle class="ring-e" r="23" stroke-dasharray=format!("{length:.1} {RING:.1}") transform="rotate(-90)"></circle> }
    });
    let loud = (errors >= ERRORS_WORTH_WORDS)
        .then(|| view! { <text class="ne" x="-20" y="-25" text-anchor="end">{number::percent(errors)}</text> });
    let p95 = node.p95_ms.map(duration::millis);
    let cost = (node.cost != UsdSum::ZERO).then(|| money::amount(node.cost));
    let figures = match (p95.clone(), cost.clone()) {
        (None, None) => view! { <tspan>{rate(node.calls, minutes)}</tspan> }.into_any(),
        (p95, cost) => view! { <tspan class="tt">{p95}</tspan><tspan class="mm" dx="5">{cost}</tspan> }.into_any(),
    };
    let label = format!(
        "{}, {}, {}, {} errors, p95 {}, cost {}",
        node.name,
        node.kind,
        rate(node.calls, minutes),
        number::percent(errors),
        p95.unwrap_or_else(|| "not measured".to_owned()),
        cost.unwrap_or_else(|| "$0".to_owned()),
    );
    view! {
        <a class="node" class:on=on href=url.with_node(Some(&node.name).filter(|_| !on).map(String::as_str)) aria-label=label aria-current=on.then_some("true")>
            <g transform=format!("translate({:.1} {:.1})", at.x, at.y)>
                {on.then(|| view! { <circle class="halo" r="30"></circle> })}
                <circle class="disc" r="19" data-heat=step.to_string()></circle>
                <circle class="ring" r="23"></circle>
                {mark}
                <svg class="ni" class:inv={step >= DARK_FROM} x="-9" y="-9" width="18" height="18">
                    <use href=glyph(node.kind).href()></use>
                </svg>
                <text class="nn" y="41">{node.name.clone()}</text>
                <text class="nm" y="56">{figures}</text>
                {loud}
            </g>
        </a>
    }
}

/// What colours, rings and widths mean.
#[component]
fn Legend(url: MapUrl) -> impl IntoView {
    let (what, scale) = scale_words(url.colour);
    view! {
        <div class="map-leg">
            <span>{what}</span>
            {(0..7).map(|step| view! { <i data-heat=step.to_string()></i> }).collect_view()}
            <span class="tnum">{scale}</span>
            <span class="lg-ring"></span>
            <span>"ring: error share (×4)"</span>
            <span class="lg-edge"></span>
            <span>"line: calls"</span>
        </div>
    }
}
