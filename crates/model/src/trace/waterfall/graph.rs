//! What called what in one trace: spans of one sort as one node, and edges from what called to what was called.
//!
//! A call of a model is of the sort of its model, whoever made it; every other span of the sort of its service and operation, which
//! is what agents, steps and tools are told apart by. Of more sorts than can be drawn the ones that matter stay, and whoever
//! was called by one that did not is joined to the nearest span above it that stays: an edge then says how many calls led
//! through something else.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Waterfall;
use super::statistics::{Calls, GroupBy, Statistic};
use crate::span::{Category, SpanKind};
use crate::usd::UsdSum;

/// No node.
const NONE: u32 = u32::MAX;

/// What called what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graph {
    /// Nodes, those that begin first before the others.
    pub nodes: Vec<GraphNode>,
    /// Edges between them by their ends.
    pub edges: Vec<GraphEdge>,
    /// Sorts of spans without a node.
    pub left_out: usize,
    /// Spans of those.
    pub left_out_spans: usize,
}

/// Spans of one sort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphNode {
    /// Service.
    pub service: String,
    /// Operation, or the model.
    pub name: String,
    /// It is a model.
    pub is_model: bool,
    /// Sort of work of the first of them.
    pub category: Category,
    /// Role in the call of the first of them.
    pub kind: SpanKind,
    /// What they add up to.
    pub sum: Statistic,
    /// How many were called by another of them.
    pub by_itself: usize,
    /// How many have nothing above them.
    pub tops: usize,
}

/// Calls from spans of one sort to spans of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphEdge {
    /// Place of the node that called.
    pub from: usize,
    /// Place of the node that was called.
    pub to: usize,
    /// Calls.
    pub calls: usize,
    /// Of these, calls that led through spans without a node.
    pub indirect: usize,
    /// Calls that failed.
    pub failed: usize,
    /// Sum of the durations of what was called, in nanoseconds.
    pub total_ns: i128,
    /// Sum of its own cost; `None` when not one is known.
    pub cost: Option<UsdSum>,
}

/// A sort of span: service and operation, or the model alone.
type Sort = (u32, u32);

/// Spans of a sort while they are gathered.
struct Gathered {
    sort: Sort,
    spans: Vec<u32>,
}

impl Waterfall {
    /// What called what, in at most `nodes_max` nodes.
    pub fn graph(&self, calls: &Calls, nodes_max: usize) -> Graph {
        let sorts = self.sorts(calls);
        let sums: Vec<Statistic> = sorts.iter().map(|sort| self.statistic(&sort.spans, calls)).collect();
        let kept = self.most_telling(&sums, nodes_max);
        let mut node_of_span = vec![NONE; self.spans.len()];
        let mut graph = Graph::default();
        for (sort, sum) in sorts.iter().zip(sums).enumerate().filter_map(|(at, pair)| kept[at].then_some(pair)) {
            for &span in &sort.spans {
                // There are no more nodes than fit.
                node_of_span[span as usize] = graph.nodes.len() as u32;
            }
            graph.nodes.push(self.graph_node(sort, sum, calls));
        }
        let left_out = sorts.iter().zip(&kept).filter(|(_, kept)| !**kept);
        for (sort, _) in left_out {
            graph.left_out += 1;
            graph.left_out_spans += sort.spans.len();
        }
        self.join(&mut graph, &node_of_span);
        graph
    }

    /// The spans by sort, those that begin first before the others.
    fn sorts(&self, calls: &Calls) -> Vec<Gathered> {
        let mut places: HashMap<Sort, usize> = HashMap::new();
        let mut sorts: Vec<Gathered> = Vec::new();
        for span in (0..self.len()).filter_map(|row| self.lines.span(row)) {
            let (service, operation, _) = self.spans.sort_of(span);
            let model = self.key_of(span, GroupBy::Model, calls).model;
            let sort = if calls.model(model).is_empty() { (service, operation) } else { (NONE, model) };
            let place = *places.entry(sort).or_insert(sorts.len());
            if place == sorts.len() {
                sorts.push(Gathered { sort, spans: Vec::new() });
            }
            sorts[place].spans.push(span);
        }
        sorts
    }

    /// Which sorts stay: those with the largest share of time, money and failures, and always the first, where the trace begins.
    fn most_telling(&self, sums: &[Statistic], nodes_max: usize) -> Vec<bool> {
        let total_ns = sums.iter().map(|sum| sum.self_ns).sum::<i128>().max(1);
        let total_cost = sums.iter().filter_map(|sum| sum.cost).sum::<UsdSum>().pico().max(1);
        let failed = sums.iter().map(|sum| sum.failed).sum::<usize>().max(1) as i128;
        // Thousandths of thousandths of each.
        const PARTS: i128 = 1_000_000;
        let tells = |sum: &Statistic| {
            let cost = sum.cost.map_or(0, UsdSum::pico);
            sum.self_ns.saturating_mul(PARTS) / total_ns
                + cost.saturating_mul(PARTS) / total_cost
                + sum.failed as i128 * PARTS / failed
        };
        let mut order: Vec<usize> = (0..sums.len()).collect();
        order.sort_by_key(|&at| (at != 0, Reverse(tells(&sums[at])), at));
        let mut kept = vec![false; sums.len()];
        for at in order.into_iter().take(nodes_max) {
            kept[at] = true;
        }
        kept
    }

    fn graph_node(&self, sort: &Gathered, sum: Statistic, calls: &Calls) -> GraphNode {
        let first = sort.spans.first().copied().unwrap_or_default();
        let is_model = sort.sort.0 == NONE;
        GraphNode {
            service: self.spans.service(first).to_owned(),
            name: if is_model { calls.model(sort.sort.1) } else { self.spans.operation(first) }.to_owned(),
            is_model,
            category: self.spans.category(first),
            kind: self.spans.kind(first),
            sum,
            by_itself: 0,
            tops: 0,
        }
    }

    /// Draws an edge from every span that stays to the nearest one above it that does.
    fn join(&self, graph: &mut Graph, node_of_span: &[u32]) {
        let mut places: HashMap<(usize, usize), usize> = HashMap::new();
        // Per row, the nearest node at it or above it, and whether that is above the nearest span.
        let mut nearest: Vec<(u32, bool)> = Vec::with_capacity(self.len());
        for row in 0..self.len() {
            let (above, is_indirect) = self.lines.parent(row).map_or((NONE, false), |parent| nearest[parent]);
            let Some(span) = self.lines.span(row) else {
                nearest.push((above, is_indirect));
                continue;
            };
            let node = node_of_span[span as usize];
            if node == NONE {
                nearest.push((above, true));
                continue;
            }
            nearest.push((node, false));
            let (from, to) = (above as usize, node as usize);
            if above == NONE {
                graph.nodes[to].tops += 1;
            } else if above == node {
                graph.nodes[to].by_itself += 1;
            } else {
                let place = *places.entry((from, to)).or_insert(graph.edges.len());
                if place == graph.edges.len() {
                    graph.edges.push(GraphEdge { from, to, calls: 0, indirect: 0, failed: 0, total_ns: 0, cost: None });
                }
                let edge = &mut graph.edges[place];
                edge.calls += 1;
                edge.indirect += usize::from(is_indirect);
                edge.failed += usize::from(self.spans.has_failed(span));
                edge.total_ns += i128::from(self.spans.duration(span));
                if let Some(cost) = self.spans.cost(span) {
                    edge.cost = Some(edge.cost.unwrap_or_default() + cost.into());
                }
            }
        }
        graph.edges.sort_by_key(|edge| (edge.from, edge.to));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{any_trace, waterfall_of};
    use super::*;
    use crate::trace::Skeleton;
    use crate::trace::tree::tests::a_span;

    fn named(name: &str, span: Skeleton) -> Skeleton {
        Skeleton { name: name.to_owned(), ..span }
    }

    proptest! {
        #[test]
        fn every_span_is_of_one_node_and_called_once(spans in any_trace(), nodes_max in 1usize..6) {
            let graph = waterfall_of(&spans).graph(&Calls::default(), nodes_max);
            prop_assert!(graph.nodes.len() <= nodes_max);
            let of_nodes: usize = graph.nodes.iter().map(|node| node.sum.spans).sum();
            prop_assert_eq!(of_nodes + graph.left_out_spans, spans.len());
            for (place, node) in graph.nodes.iter().enumerate() {
                let called: usize = graph.edges.iter().filter(|edge| edge.to == place).map(|edge| edge.calls).sum();
                prop_assert_eq!(called + node.by_itself + node.tops, node.sum.spans);
            }
            prop_assert!(graph.edges.iter().all(|edge| edge.from != edge.to && edge.indirect <= edge.calls));
        }
    }

    #[test]
    fn calls_through_what_is_left_out_lead_to_the_nearest_above() {
        let spans = [
            named("root", a_span(0, None, 0, 1_000)),
            named("small", a_span(1, Some(0), 10, 900)),
            named("large", a_span(2, Some(1), 10, 900)),
        ];
        let waterfall = waterfall_of(&spans);
        let graph = waterfall.graph(&Calls::default(), 2);
        let names: Vec<&str> = graph.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!((names, graph.left_out, graph.left_out_spans), (vec!["root", "large"], 1, 1));
        let [edge] = graph.edges.as_slice() else { panic!("{:?}", graph.edges) };
        assert_eq!((edge.from, edge.to, edge.calls, edge.indirect), (0, 1, 1, 1));
        assert_eq!(waterfall.graph(&Calls::default(), 9).edges.len(), 2);
    }
}
