//! Who is whose child, and the order that follows from it.

use std::collections::HashMap;

use super::{Node, Origin, Skeleton};
use crate::id::SpanId;
use crate::time::UnixNanos;

/// A span as far as its place in the tree goes.
pub(in crate::trace) trait Linked {
    /// Its id.
    fn span_id(&self) -> SpanId;
    /// The id of the span that caused it.
    fn parent_span_id(&self) -> Option<SpanId>;
    /// Start.
    fn start(&self) -> UnixNanos;
    /// Whether both are work of one service.
    fn is_of_service_of(&self, other: &Self) -> bool;
}

impl Linked for Skeleton {
    fn span_id(&self) -> SpanId {
        self.span_id
    }

    fn parent_span_id(&self) -> Option<SpanId> {
        self.parent_span_id
    }

    fn start(&self) -> UnixNanos {
        self.start
    }

    fn is_of_service_of(&self, other: &Self) -> bool {
        self.service == other.service
    }
}

/// No parent that can be followed.
const TOP: usize = usize::MAX;

/// One node per span in pre-order, with parent, origin and depth; sums are still to be added.
pub(in crate::trace) fn in_preorder<T: Linked>(spans: &[T]) -> Vec<Node> {
    let by_start = indices_by_start(spans);
    let mut parents = parent_indices(spans);
    let cut = cut_circles(&mut parents, &by_start);
    let children = Children::of(&parents, &by_start);

    let mut nodes: Vec<Node> = Vec::with_capacity(spans.len());
    // Position of each span's node; a parent's is known before its children are visited.
    let mut positions = vec![0; spans.len()];
    let mut waiting: Vec<usize> = by_start.iter().rev().copied().filter(|&span| parents[span] == TOP).collect();
    while let Some(span) = waiting.pop() {
        let parent = (parents[span] != TOP).then(|| positions[parents[span]]);
        positions[span] = nodes.len();
        nodes.push(Node {
            span,
            parent,
            origin: origin_of(&spans[span], parent, cut[span]),
            depth: parent.map_or(1, |parent| nodes[parent].depth + 1),
            descendants: 0,
            self_ns: 0,
            subtree_cost: None,
            unpriced: 0,
            errors: 0,
        });
        waiting.extend(children.of_span(span).iter().rev());
    }
    nodes
}

fn origin_of<T: Linked>(span: &T, parent: Option<usize>, cut: bool) -> Origin {
    match (parent, span.parent_span_id()) {
        (Some(_), _) => Origin::Child,
        (None, _) if cut => Origin::CutCircle,
        (None, Some(missing)) => Origin::MissingParent(missing),
        (None, None) => Origin::Root,
    }
}

/// Span indices by start time, ties by id, so that the same spans in any order make the same tree.
fn indices_by_start<T: Linked>(spans: &[T]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&index| (spans[index].start(), spans[index].span_id(), index));
    order
}

/// The parent of each span as an index; of spans with one id the first is the parent.
fn parent_indices<T: Linked>(spans: &[T]) -> Vec<usize> {
    let mut by_id: HashMap<SpanId, usize> = HashMap::with_capacity(spans.len());
    for (index, span) in spans.iter().enumerate() {
        by_id.entry(span.span_id()).or_insert(index);
    }
    let index_of = |parent: SpanId| by_id.get(&parent).copied();
    let mut parents: Vec<usize> =
        spans.iter().map(|span| span.parent_span_id().and_then(index_of).unwrap_or(TOP)).collect();
    // Nearly every trace ends here: whether a span is a twin is told by its own two ids.
    if spans.iter().any(is_shared_twin) {
        for (index, span) in spans.iter().enumerate() {
            let twin = span.parent_span_id().and_then(|parent| index_of(parent.shared_twin()));
            if let Some(twin) = twin.filter(|&twin| twin != index && serves_for(&spans[twin], span)) {
                parents[index] = twin;
            }
        }
    }
    parents
}

/// Whether the span is the serving half of a call whose halves share an id; the calling half is its parent.
fn is_shared_twin<T: Linked>(span: &T) -> bool {
    span.parent_span_id().is_some_and(|caller| caller.shared_twin() == span.span_id())
}

/// Work inside the serving half names the id that both halves were sent with, so it seems to belong to the calling half.
/// Its service tells to which of them it belongs.
fn serves_for<T: Linked>(twin: &T, span: &T) -> bool {
    twin.parent_span_id() == span.parent_span_id() && twin.is_of_service_of(span)
}

/// Cuts every circle of parents at its earliest span and marks where. Each span is walked over once.
fn cut_circles(parents: &mut [usize], by_start: &[usize]) -> Vec<bool> {
    let mut rank = vec![0; parents.len()];
    for (position, &span) in by_start.iter().enumerate() {
        rank[span] = position;
    }
    let mut cut = vec![false; parents.len()];
    // 0 is not seen yet; else the walk that saw it, so that a walk knows its own trail.
    let mut seen_by = vec![0usize; parents.len()];
    for (walk, &first) in by_start.iter().enumerate() {
        let walk = walk + 1;
        let mut at = first;
        while at != TOP && seen_by[at] == 0 {
            seen_by[at] = walk;
            at = parents[at];
        }
        if at == TOP || seen_by[at] != walk {
            continue;
        }
        let mut earliest = at;
        let mut step = parents[at];
        while step != at {
            if rank[step] < rank[earliest] {
                earliest = step;
            }
            step = parents[step];
        }
        parents[earliest] = TOP;
        cut[earliest] = true;
    }
    cut
}

/// Children of every span in two flat lists: no allocation per span.
struct Children {
    first: Vec<usize>,
    all: Vec<usize>,
}

impl Children {
    fn of(parents: &[usize], by_start: &[usize]) -> Self {
        let mut first = vec![0; parents.len() + 1];
        for &parent in parents.iter().filter(|&&parent| parent != TOP) {
            first[parent + 1] += 1;
        }
        for index in 1..first.len() {
            first[index] += first[index - 1];
        }
        let mut next = first.clone();
        let mut all = vec![0; first.last().copied().unwrap_or(0)];
        for &span in by_start.iter().filter(|&&span| parents[span] != TOP) {
            let slot = &mut next[parents[span]];
            all[*slot] = span;
            *slot += 1;
        }
        Self { first, all }
    }

    fn of_span(&self, span: usize) -> &[usize] {
        &self.all[self.first[span]..self.first[span + 1]]
    }
}
