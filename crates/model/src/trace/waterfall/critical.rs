//! The critical path: which stretches of which spans the root's duration is made of.
//!
//! Told from the end backwards: what a span waited for last is the child that ended last before it went on. Children are
//! clipped to their parent, and what runs on after it is not waited for. The stretches tile the root from end to end, so
//! their lengths add up to its duration.

use std::cmp::Reverse;

use super::columns::Columns;
use crate::trace::tree::links::Links;

/// A stretch of the path within one span, in Unix nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stretch {
    pub span: u32,
    pub from: i64,
    pub to: i64,
}

/// The path, by span and time.
#[derive(Debug, Default)]
pub(super) struct Critical(Vec<Stretch>);

/// A span that is being gone through backwards.
struct Frame {
    span: u32,
    from: i64,
    to: i64,
    /// What comes after this is told.
    at: i64,
    /// Children still to be looked at: the last one ends last.
    children: Vec<u32>,
}

impl Critical {
    /// The path through `root`.
    pub fn of(spans: &Columns, links: &Links, root: Option<u32>) -> Self {
        let mut stretches = Vec::new();
        let root = root.map(|root| Frame::new(spans, links, root, spans.start(root), spans.end(root)));
        let mut frames: Vec<Frame> = root.into_iter().collect();
        while let Some(frame) = frames.last_mut() {
            let child = frame.next_child(spans);
            let from = child.map_or(frame.from, |child| child.to);
            if from < frame.at {
                stretches.push(Stretch { span: frame.span, from, to: frame.at });
            }
            match child {
                Some(child) => {
                    frame.at = child.from;
                    frames.push(Frame::new(spans, links, child.span, child.from, child.to));
                }
                None => drop(frames.pop()),
            }
        }
        stretches.sort_unstable();
        stretches.shrink_to_fit();
        Self(stretches)
    }

    /// The stretches within a span, by time.
    pub fn of_span(&self, span: u32) -> &[Stretch] {
        let first = self.0.partition_point(|stretch| stretch.span < span);
        let after = self.0.partition_point(|stretch| stretch.span <= span);
        &self.0[first..after]
    }

    /// Whether a span has a part in it.
    pub fn passes(&self, span: u32) -> bool {
        !self.of_span(span).is_empty()
    }

    pub fn bytes(&self) -> usize {
        size_of_val(self.0.as_slice())
    }
}

impl Frame {
    fn new(spans: &Columns, links: &Links, span: u32, from: i64, to: i64) -> Self {
        let mut children = links.children(span).to_vec();
        // Of those that end together, the one that began first explains most: it comes last.
        children.sort_by_key(|&child| (spans.end(child).min(to), Reverse(spans.start(child))));
        Self { span, from, to, at: to, children }
    }

    /// The child that was waited for last before `at`.
    fn next_child(&mut self, spans: &Columns) -> Option<Stretch> {
        while let Some(span) = self.children.pop() {
            let (from, to) = (spans.start(span).max(self.from), spans.end(span).min(self.to));
            if to <= self.at && from < to {
                return Some(Stretch { span, from, to });
            }
        }
        None
    }
}
