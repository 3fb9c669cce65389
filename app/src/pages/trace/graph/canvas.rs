//! The picture: nodes in layers from what called to what was called. A click on a node opens its dearest span.

use leptos::prelude::*;
use model::trace::waterfall::graph::{Graph, GraphEdge, GraphNode};

use super::{name_of, opened};
use crate::components::icon::Glyph;
use crate::format::{duration, money, number};
use crate::islands::waterfall::bars::heat;
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::glyph;
use crate::pages::map::canvas::Arrows;
use crate::pages::map::layout::{Point, layout, path};
use crate::pages::trace::read::TraceView;

/// Letters of a name under its node: as many as fit between two layers. The whole is in the tooltip and the table.
const NAME_CHARS_MAX: usize = 18;

/// Circumference of the ring that shows the share of failed spans (radius 23).
const RING: f64 = 2.0 * std::f64::consts::PI * 23.0;

/// Least length of the mark on the ring: any failure is seen.
const MARK_MIN: f64 = 6.0;

/// From the middle of a node to a number beside it, on its edge.
const BESIDE: (f64, f64) = (44.0, 7.0);

/// Steps of the colour scale from which an icon is drawn in white.
const DARK_FROM: u8 = 4;

/// The picture.
#[component]
pub fn Canvas(
    /// What called what.
    graph: Graph,
    /// The trace.
    view: TraceView,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    let ends: Vec<(usize, usize)> = graph.edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let places = layout(graph.nodes.len(), &ends);
    let (view_box, size) = places.view_box();
    let busiest = graph.edges.iter().map(|edge| edge.calls).max().unwrap_or(1);
    let lines = graph.edges.iter().zip(&places.edges).map(|(edge, line)| edge_view(edge, line, &graph, busiest));
    let lines = lines.collect_view();
    let discs = graph
        .nodes
        .iter()
        .zip(&places.nodes)
        .enumerate()
        .map(|(at, (node, point))| node_view(at, node, *point, &view, &url));
    let discs = discs.collect_view();
    let words = format!(
        "What called what: {} and {}. The tables below hold the same.",
        number::counted(graph.nodes.len() as i64, "node"),
        number::counted(graph.edges.len() as i64, "connection")
    );
    view! {
        <div class="map-canvas tg-canvas">
            <svg style=size viewBox=view_box preserveAspectRatio="xMidYMid meet" role="group" aria-label=words data-roves>
                <Arrows/>
                {lines}
                {discs}
            </svg>
        </div>
    }
    .into_any()
}

fn edge_view(edge: &GraphEdge, line: &[Point], graph: &Graph, busiest: usize) -> impl IntoView + use<> {
    let share = (1.0 + edge.calls as f64).ln() / (1.0 + busiest as f64).ln();
    let bad = edge.failed > 0;
    let ends = [edge.from, edge.to].map(|node| graph.nodes.get(node).map_or("", name_of));
    let words = format!("{} to {}: {}", ends[0], ends[1], words(edge));
    let calls = figure_at(edge, line, graph).filter(|_| edge.calls > 1).map(|Point { x, y }| {
        view! { <text class="nm" x=format!("{x:.1}") y=format!("{y:.1}")>{format!("{}×", number::count(edge.calls as i64))}</text> }
    });
    view! {
        <path
            class="edge"
            class:bad=bad
            class:indirect={edge.indirect == edge.calls}
            d=path(line)
            stroke-width=format!("{:.1}", 1.0 + 4.4 * share)
            marker-end=if bad { "url(#arrow-bad)" } else { "url(#arrow)" }
        >
            <title>{words}</title>
        </path>
        {calls}
    }
}

/// Where the number of calls stands: beside the end that no other edge has, where no name is in the way; else in the middle.
fn figure_at(edge: &GraphEdge, line: &[Point], graph: &Graph) -> Option<Point> {
    let [first, second, ..] = *line else { return None };
    let [.., before, last] = *line else { return None };
    let alone = |is_its: &dyn Fn(&GraphEdge) -> bool| graph.edges.iter().filter(|other| is_its(other)).count() == 1;
    let beside =
        |end: Point, other: Point| Point { x: end.x + BESIDE.0.copysign(other.x - end.x), y: end.y - BESIDE.1 };
    Some(if alone(&|other| other.to == edge.to) {
        beside(last, before)
    } else if alone(&|other| other.from == edge.from) {
        beside(first, second)
    } else {
        let middle = (line.len() - 1) / 2;
        let (from, to) = (line[middle], line[middle + 1]);
        Point { x: f64::midpoint(from.x, to.x), y: f64::midpoint(from.y, to.y) - BESIDE.1 }
    })
}

/// An edge in words: calls, failures, time, cost.
fn words(edge: &GraphEdge) -> String {
    let indirect = match edge.indirect {
        0 => String::new(),
        indirect => format!(", {} of them through others", number::count(indirect as i64)),
    };
    let cost = edge.cost.map_or_else(|| "cost unknown".to_owned(), money::amount);
    format!(
        "{}{indirect}, {} failed, {}, {cost}",
        number::counted(edge.calls as i64, "call"),
        number::count(edge.failed as i64),
        duration::nanos(i64::try_from(edge.total_ns).unwrap_or(i64::MAX)),
    )
}

fn node_view(at: usize, node: &GraphNode, point: Point, view: &TraceView, url: &TraceUrl) -> impl IntoView + use<> {
    let sum = &node.sum;
    let opened = opened(node, url);
    let on = url.span.is_some() && url.span == opened.span;
    let cost = sum.cost.filter(|cost| cost.pico() > 0);
    let step = heat(number::share(cost.unwrap_or_default().pico(), view.sheet.own_cost.pico()));
    let failed = sum.failed as f64 / sum.spans.max(1) as f64;
    let mark = (failed > 0.0).then(|| {
        let length = (failed * RING).max(MARK_MIN);
        view! { <circle class="ring-e" r="23" stroke-dasharray=format!("{length:.1} {RING:.1}") transform="rotate(-90)"></circle> }
    });
    let self_time = duration::nanos(i64::try_from(sum.self_ns).unwrap_or(i64::MAX));
    let cost_words = cost.map(money::amount);
    let what = if node.is_model { "model".to_owned() } else { node.service.clone() };
    let label = format!(
        "{}, {what}, {}, self time {self_time}, {} failed, cost {}",
        name_of(node),
        number::counted(sum.spans as i64, "span"),
        number::count(sum.failed as i64),
        sum.cost.map_or_else(|| "unknown".to_owned(), money::amount),
    );
    let title = label.clone();
    let icon = if node.is_model { Glyph::Model } else { glyph(node.category, node.kind) };
    view! {
        <a
            class="node"
            class:on=on
            href=opened.href(view.sheet.trace_id)
            aria-label=label
            aria-current=on.then_some("true")
            data-opened=on.then_some("")
            data-pair=at.to_string()
            data-noscroll
        >
            <title>{title}</title>
            <g transform=format!("translate({:.1} {:.1})", point.x, point.y)>
                <circle class="halo" r="30"></circle>
                <circle class="disc" r="19" data-heat=step.to_string()></circle>
                <circle class="ring" r="23"></circle>
                {mark}
                <svg class="ni" class:inv={step >= DARK_FROM} x="-9" y="-9" width="18" height="18">
                    <use href=icon.href()></use>
                </svg>
                <text class="nn" y="41">{cut(name_of(node))}</text>
                <text class="nm" y="56">
                    <tspan class="tt">{self_time}</tspan>
                    <tspan class="mm" dx="5">{cost_words}</tspan>
                </text>
            </g>
        </a>
    }
}

/// As much of a name as fits.
fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    name.chars().take(NAME_CHARS_MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_and_says_so() {
        assert_eq!(cut("agent.run"), "agent.run");
        assert_eq!(cut("POST /api/v1/agents/code-analyst/execute"), "POST /api/v1/agen…");
        assert_eq!(cut(&"ü".repeat(50)).chars().count(), NAME_CHARS_MAX);
    }

    #[test]
    fn an_edge_says_calls_failures_time_and_cost() {
        let edge = GraphEdge { from: 0, to: 1, calls: 3, indirect: 1, failed: 2, total_ns: 1_500_000_000, cost: None };
        assert_eq!(words(&edge), "3 calls, 1 of them through others, 2 failed, 1.5 s, cost unknown");
    }
}
