//! The spans around one: above it, beside it, below it.

use super::Waterfall;
use crate::id::SpanId;

/// A span nearby, by id and operation.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Neighbour {
    /// Which.
    pub span_id: SpanId,
    /// Its operation; empty when the client sent none.
    pub operation: String,
    /// Its service.
    pub service: String,
}

/// Where a span stands in its trace, and what stands around it. Siblings and children are in the order they began.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Neighbours {
    /// The span above, when it was received.
    pub parent: Option<Neighbour>,
    /// The child of the same parent before it.
    pub previous: Option<Neighbour>,
    /// The child of the same parent after it.
    pub next: Option<Neighbour>,
    /// Its own first child.
    pub first_child: Option<Neighbour>,
    /// Its own children.
    pub children: usize,
    /// Its place among the children of its parent, from 1, and how many those are; 0 of 0 at the top.
    pub sibling: (usize, usize),
    /// How deep it is, from 1 at the top.
    pub level: usize,
}

impl Waterfall {
    /// What stands around a span; `None` when the span is not among those laid out.
    pub fn neighbours(&self, span_id: SpanId) -> Option<Neighbours> {
        let row = self.index_of(span_id)?;
        let span = self.lines.span(row)?;
        // Rows of similar spans and of parents that never came stand between, and are no spans.
        let above = || std::iter::successors(self.lines.parent(row), |&row| self.lines.parent(row));
        let parent = above().find_map(|row| self.lines.span(row));
        let children = self.children.of_span(span);
        let siblings = parent.map(|parent| self.children.of_span(parent)).unwrap_or_default();
        let place = siblings.iter().position(|&sibling| sibling == span);
        let beside = |step: isize| siblings.get(place?.checked_add_signed(step)?).map(|&span| self.neighbour(span));
        Some(Neighbours {
            parent: parent.map(|parent| self.neighbour(parent)),
            previous: beside(-1),
            next: beside(1),
            first_child: children.first().map(|&child| self.neighbour(child)),
            children: children.len(),
            sibling: (place.map_or(0, |place| place + 1), siblings.len()),
            level: 1 + above().filter(|&row| self.lines.span(row).is_some()).count(),
        })
    }

    fn neighbour(&self, span: u32) -> Neighbour {
        Neighbour {
            span_id: self.spans.span_id(span),
            operation: self.spans.operation(span).to_owned(),
            service: self.spans.service(span).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{any_trace, columns};
    use super::*;
    use crate::trace::tree::tests::{a_span, id};

    #[test]
    fn a_span_knows_what_stands_around_it() {
        let spans =
            [a_span(1, None, 0, 9), a_span(2, Some(1), 1, 1), a_span(3, Some(1), 2, 1), a_span(4, Some(3), 3, 1)];
        let around = Waterfall::of(columns(&spans)).neighbours(id(3)).unwrap();
        let named = |found: Option<Neighbour>| found.map(|found| found.span_id);
        assert_eq!(named(around.parent), Some(id(1)));
        assert_eq!((named(around.previous), named(around.next)), (Some(id(2)), None));
        assert_eq!((named(around.first_child), around.children), (Some(id(4)), 1));
        assert_eq!((around.sibling, around.level), ((2, 2), 2));
    }

    proptest! {
        #[test]
        fn neighbours_agree_with_each_other_whatever_the_tree(mut spans in any_trace()) {
            // Of spans with one id only the first can be asked for.
            let mut seen = std::collections::HashSet::new();
            spans.retain(|span| seen.insert(span.span_id));
            let waterfall = Waterfall::of(columns(&spans));
            for span in &spans {
                let around = waterfall.neighbours(span.span_id).unwrap();
                if let Some(next) = around.next {
                    let back = waterfall.neighbours(next.span_id).unwrap();
                    prop_assert_eq!(back.previous.map(|found| found.span_id), Some(span.span_id));
                    prop_assert_eq!(back.parent, around.parent);
                }
                if let Some(child) = around.first_child {
                    let below = waterfall.neighbours(child.span_id).unwrap();
                    prop_assert_eq!(below.parent.map(|found| found.span_id), Some(span.span_id));
                    prop_assert_eq!((below.previous, below.sibling), (None, (1, around.children)));
                }
            }
        }
    }
}
