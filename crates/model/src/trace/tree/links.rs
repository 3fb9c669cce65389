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

impl<T: Linked> Linked for &T {
    fn span_id(&self) -> SpanId {
        (*self).span_id()
    }

    fn parent_span_id(&self) -> Option<SpanId> {
        (*self).parent_span_id()
    }

    fn start(&self) -> UnixNanos {
        (*self).start()
    }

    fn is_of_service_of(&self, other: &Self) -> bool {
        (*self).is_of_service_of(other)
    }
}

/// No parent that can be followed. So many spans can be linked: indices are kept in 32 bits, which halves what a large trace takes.
const TOP: u32 = u32::MAX;

/// Who is whose child, by indices of spans.
#[derive(Debug)]
pub(in crate::trace) struct Links {
    by_start: Vec<u32>,
    parents: Vec<u32>,
    cut: Vec<bool>,
    children: Children,
}

impl Links {
    /// The links between `count` spans, the first four billion of them.
    pub(in crate::trace) fn of<T: Linked>(count: usize, span: impl Fn(usize) -> T) -> Self {
        let count = u32::try_from(count).unwrap_or(TOP) as usize;
        let by_start = indices_by_start(count, &span);
        let mut parents = parent_indices(count, &span);
        let cut = cut_circles(&mut parents, &by_start);
        let children = Children::of(&parents, &by_start);
        Self { by_start, parents, cut, children }
    }

    /// Spans whose parent is not here, by start time.
    pub(in crate::trace) fn tops(&self) -> impl DoubleEndedIterator<Item = u32> {
        self.by_start.iter().copied().filter(|&span| self.parents[span as usize] == TOP)
    }

    /// The parent of a span.
    pub(in crate::trace) fn parent(&self, span: u32) -> Option<u32> {
        Some(self.parents[span as usize]).filter(|&parent| parent != TOP)
    }

    /// Children of a span, by start time.
    pub(in crate::trace) fn children(&self, span: u32) -> &[u32] {
        self.children.of_span(span)
    }

    /// The lists of children alone.
    pub(in crate::trace) fn into_children(self) -> Children {
        self.children
    }

    /// Why a span stands where it stands.
    pub(in crate::trace) fn origin(&self, span: u32, named: Option<SpanId>) -> Origin {
        match (self.parent(span), named) {
            (Some(_), _) => Origin::Child,
            (None, _) if self.cut[span as usize] => Origin::CutCircle,
            (None, Some(missing)) => Origin::MissingParent(missing),
            (None, None) => Origin::Root,
        }
    }
}

/// One node per span in pre-order, with parent, origin and depth; sums are still to be added.
pub(in crate::trace) fn in_preorder<T: Linked>(spans: &[T]) -> Vec<Node> {
    let links = Links::of(spans.len(), |index| &spans[index]);
    let mut nodes: Vec<Node> = Vec::with_capacity(spans.len());
    // Position of each span's node; a parent's is known before its children are visited.
    let mut positions = vec![0; spans.len()];
    let mut waiting: Vec<u32> = links.tops().rev().collect();
    while let Some(span) = waiting.pop() {
        let parent = links.parent(span).map(|parent| positions[parent as usize]);
        positions[span as usize] = nodes.len();
        nodes.push(Node {
            span: span as usize,
            parent,
            origin: links.origin(span, spans[span as usize].parent_span_id()),
            depth: parent.map_or(1, |parent| nodes[parent].depth + 1),
            descendants: 0,
            self_ns: 0,
            subtree_cost: None,
            unpriced: 0,
            errors: 0,
        });
        waiting.extend(links.children(span).iter().rev());
    }
    nodes
}

/// Span indices by start time, ties by id, so that the same spans in any order make the same tree.
fn indices_by_start<T: Linked>(count: usize, span: impl Fn(usize) -> T) -> Vec<u32> {
    // Below the most spans that can be linked, so it fits.
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.sort_by_key(|&index| {
        let span = span(index as usize);
        (span.start(), span.span_id(), index)
    });
    order
}

/// The parent of each span as an index; of spans with one id the first is the parent.
fn parent_indices<T: Linked>(count: usize, span: impl Fn(usize) -> T) -> Vec<u32> {
    let mut by_id: HashMap<SpanId, u32> = HashMap::with_capacity(count);
    for index in 0..count {
        by_id.entry(span(index).span_id()).or_insert(index as u32);
    }
    let index_of = |parent: SpanId| by_id.get(&parent).copied();
    let mut parents: Vec<u32> =
        (0..count).map(|index| span(index).parent_span_id().and_then(index_of).unwrap_or(TOP)).collect();
    // Nearly every trace ends here: whether a span is a twin is told by its own two ids.
    if (0..count).any(|index| is_shared_twin(&span(index))) {
        for (index, own) in parents.iter_mut().enumerate() {
            let twin = span(index).parent_span_id().and_then(|parent| index_of(parent.shared_twin()));
            let serves = |twin: &u32| *twin as usize != index && serves_for(&span(*twin as usize), &span(index));
            if let Some(twin) = twin.filter(serves) {
                *own = twin;
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
fn cut_circles(parents: &mut [u32], by_start: &[u32]) -> Vec<bool> {
    let mut rank = vec![0u32; parents.len()];
    for (position, &span) in by_start.iter().enumerate() {
        rank[span as usize] = position as u32;
    }
    let mut cut = vec![false; parents.len()];
    // 0 is not seen yet; else the walk that saw it, so that a walk knows its own trail.
    let mut seen_by = vec![0u32; parents.len()];
    for (walk, &first) in (1..).zip(by_start) {
        let mut at = first;
        while at != TOP && seen_by[at as usize] == 0 {
            seen_by[at as usize] = walk;
            at = parents[at as usize];
        }
        if at == TOP || seen_by[at as usize] != walk {
            continue;
        }
        let mut earliest = at;
        let mut step = parents[at as usize];
        while step != at {
            if rank[step as usize] < rank[earliest as usize] {
                earliest = step;
            }
            step = parents[step as usize];
        }
        parents[earliest as usize] = TOP;
        cut[earliest as usize] = true;
    }
    cut
}

/// Children of every span in two flat lists: no allocation per span.
#[derive(Debug)]
pub(in crate::trace) struct Children {
    first: Vec<u32>,
    all: Vec<u32>,
}

impl Children {
    fn of(parents: &[u32], by_start: &[u32]) -> Self {
        let mut first = vec![0u32; parents.len() + 1];
        for &parent in parents.iter().filter(|&&parent| parent != TOP) {
            first[parent as usize + 1] += 1;
        }
        for index in 1..first.len() {
            first[index] += first[index - 1];
        }
        let mut next = first.clone();
        let mut all = vec![0; first.last().map_or(0, |last| *last as usize)];
        for &span in by_start.iter().filter(|&&span| parents[span as usize] != TOP) {
            let slot = &mut next[parents[span as usize] as usize];
            all[*slot as usize] = span;
            *slot += 1;
        }
        Self { first, all }
    }

    /// Children of a span, by start time.
    pub(in crate::trace) fn of_span(&self, span: u32) -> &[u32] {
        let span = span as usize;
        &self.all[self.first[span] as usize..self.first[span + 1] as usize]
    }
}
