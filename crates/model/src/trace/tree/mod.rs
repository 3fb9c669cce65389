//! The tree of a trace: parents, children in order, depth, self time, subtree cost. No recursion anywhere.
//!
//! [`Tree::of`] keeps every span exactly once, whatever the clients sent: a span whose parent never came heads its own
//! part of the tree, and a circle of parents is cut at its earliest span and says so. Nodes are in pre-order, so a node's
//! subtree is itself and the [`Node::descendants`] after it.

use serde::{Deserialize, Serialize};

use super::Skeleton;
use crate::id::SpanId;
use crate::span::Status;
use crate::usd::UsdSum;

pub(super) mod links;

/// A trace as a forest in pre-order; tops and children by start time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree {
    nodes: Vec<Node>,
}

/// One span's place in the tree and what its subtree adds up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Index of the span in the slice the tree was made of.
    pub span: usize,
    /// Position of the parent in [`Tree::nodes`]; `None` at the top.
    pub parent: Option<usize>,
    /// Why it stands where it stands.
    pub origin: Origin,
    /// Spans from the top down to this one; 1 at the top.
    pub depth: u32,
    /// Spans below it, all levels.
    pub descendants: usize,
    /// Nanoseconds of its duration in which no child of its own was running.
    pub self_ns: i64,
    /// Known costs of the span and all below it; `None` when not one is known.
    pub subtree_cost: Option<UsdSum>,
    /// Spans of the subtree whose cost is unknown, itself included.
    pub unpriced: usize,
    /// Failed spans of the subtree, itself included.
    pub errors: usize,
}

/// Why a span stands where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// It named no parent.
    Root,
    /// Its parent is in the trace.
    Child,
    /// It named a parent that is not in the trace.
    MissingParent(SpanId),
    /// Its parents lead back to itself: the circle is cut here.
    CutCircle,
}

impl Tree {
    /// The tree of these spans, in any order.
    pub fn of(spans: &[Skeleton]) -> Self {
        let mut nodes = links::in_preorder(spans);
        add_self_times(&mut nodes, spans);
        add_subtrees(&mut nodes, spans);
        Self { nodes }
    }

    /// All nodes, each before its children.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Positions of the direct children of the node at `position`, by start time.
    pub fn children(&self, position: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes.get(position).map_or(0, |node| position + 1 + node.descendants);
        self.siblings(position + 1, end)
    }

    /// Positions of the nodes without a parent here, by start time.
    pub fn tops(&self) -> impl Iterator<Item = usize> {
        self.siblings(0, self.nodes.len())
    }

    /// Neighbours on one level: each is followed by its whole subtree, which is skipped.
    fn siblings(&self, first: usize, end: usize) -> impl Iterator<Item = usize> {
        let inside = move |position: &usize| *position < end;
        let next = move |position: &usize| Some(position + 1 + self.nodes[*position].descendants).filter(inside);
        std::iter::successors(Some(first).filter(inside), next)
    }

    /// The trace's first span: the earliest root, else the earliest whose parent never came, else where a circle was cut.
    pub fn root(&self) -> Option<usize> {
        let rank = |position: &usize| match self.nodes[*position].origin {
            Origin::Root => 0,
            Origin::MissingParent(_) => 1,
            Origin::CutCircle | Origin::Child => 2,
        };
        self.tops().min_by_key(rank)
    }
}

/// When a span ends, in Unix nanoseconds; past the end of the calendar it stays there.
pub(super) const fn end_of(span: &Skeleton) -> i64 {
    span.start.0.saturating_add(span.duration_ns)
}

/// Self time is duration minus the union of the children's intervals, each clipped to the parent.
/// Children come by start time, so one sweep per parent with a moving edge measures the union.
fn add_self_times(nodes: &mut [Node], spans: &[Skeleton]) {
    let mut swept: Vec<i64> = nodes.iter().map(|node| spans[node.span].start.0).collect();
    for node in nodes.iter_mut() {
        node.self_ns = spans[node.span].duration_ns.max(0);
    }
    for position in 0..nodes.len() {
        let Some(parent) = nodes[position].parent else { continue };
        let child = &spans[nodes[position].span];
        let from = child.start.0.max(swept[parent]);
        let to = end_of(child).min(end_of(&spans[nodes[parent].span]));
        if to > from {
            nodes[parent].self_ns -= to - from;
            swept[parent] = to;
        }
    }
}

/// Adds every node to its parent, last first: by then its own subtree is complete.
fn add_subtrees(nodes: &mut [Node], spans: &[Skeleton]) {
    for position in (0..nodes.len()).rev() {
        let span = &spans[nodes[position].span];
        let node = &mut nodes[position];
        node.subtree_cost = sum_known(node.subtree_cost, span.cost.map(UsdSum::from));
        node.unpriced += usize::from(span.cost.is_none());
        node.errors += usize::from(span.status == Status::Error);
        let (parent, cost, unpriced, errors, size) =
            (node.parent, node.subtree_cost, node.unpriced, node.errors, node.descendants + 1);
        if let Some(parent) = parent.and_then(|parent| nodes.get_mut(parent)) {
            parent.subtree_cost = sum_known(parent.subtree_cost, cost);
            parent.unpriced += unpriced;
            parent.errors += errors;
            parent.descendants += size;
        }
    }
}

/// The sum of what is known: unknown and unknown stays unknown, never zero.
fn sum_known(left: Option<UsdSum>, right: Option<UsdSum>) -> Option<UsdSum> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left + right),
        (known, None) | (None, known) => known,
    }
}

#[cfg(test)]
pub(super) mod tests;
