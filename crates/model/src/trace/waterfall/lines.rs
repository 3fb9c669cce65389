//! The rows of the unfolded trace as columns.
//!
//! Rows come in the order of the tree, so what a row adds up to is a difference between two sums from the top: its own
//! row's, and that of the last row below it. That holds for spans, missing parents and groups alike.

use std::mem::size_of;

use super::columns::Columns;
use crate::id::SpanId;
use crate::usd::UsdSum;

/// Bytes a row takes in all columns together.
pub const BYTES_PER_ROW: usize = size_of::<Content>() + 6 * size_of::<u32>() + size_of::<i128>() + 2 * size_of::<u32>();

/// No parent.
const TOP: u32 = u32::MAX;

/// What a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// A span.
    Span(u32),
    /// Stands for a parent that never came.
    Missing(u32),
    /// Stands for similar siblings.
    Similar(u32),
}

/// A row before its subtree is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub content: Content,
    pub level: u32,
    pub parent: Option<u32>,
    /// Among its siblings, from 1.
    pub place: u32,
}

/// A parent that never came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stub {
    pub span_id: SpanId,
    /// Where those that name it are kept while rows are written.
    pub place: u32,
}

/// Similar siblings as one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// The first by start: what all of them are called is what it is called.
    pub first: u32,
    pub count: u32,
    /// Median and longest duration in nanoseconds.
    pub p50_ns: i64,
    pub max_ns: i64,
    /// From the first start to the last end, in Unix nanoseconds.
    pub from: i64,
    pub to: i64,
    /// Where the members are kept while rows are written.
    pub place: u32,
}

impl Group {
    pub fn of(spans: &Columns, members: &[u32]) -> Self {
        let mut durations: Vec<i64> = members.iter().map(|&member| spans.duration(member)).collect();
        durations.sort_unstable();
        let p50_ns = durations.get(durations.len().saturating_sub(1) / 2).copied().unwrap_or(0);
        let first = members.first().copied().unwrap_or(0);
        Self {
            first,
            count: members.len() as u32,
            p50_ns,
            max_ns: durations.last().copied().unwrap_or(0),
            from: spans.start(first),
            to: members.iter().map(|&member| spans.end(member)).max().unwrap_or(0),
            place: 0,
        }
    }

    /// From the first start to the last end.
    pub const fn length_ns(&self) -> i64 {
        self.to.saturating_sub(self.from)
    }
}

/// All rows.
#[derive(Debug, Default)]
pub(super) struct Lines {
    contents: Vec<Content>,
    levels: Vec<u32>,
    parents: Vec<u32>,
    places: Vec<u32>,
    /// Direct children, as rows.
    children: Vec<u32>,
    descendants: Vec<u32>,
    tops: u32,
    groups: Vec<Group>,
    stubs: Vec<Stub>,
    /// Sums over the rows before each one, and over all of them at the end.
    cost_before: Vec<UsdSum>,
    known_before: Vec<u32>,
    unpriced_before: Vec<u32>,
}

/// What the rows of a stretch add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    /// `None` when not one cost is known.
    pub cost: Option<UsdSum>,
    pub unpriced: u32,
    pub spans: u32,
}

impl Lines {
    pub fn with_capacity(rows: usize) -> Self {
        let column = || Vec::with_capacity(rows);
        Self {
            contents: Vec::with_capacity(rows),
            levels: column(),
            parents: column(),
            places: column(),
            children: column(),
            ..Self::default()
        }
    }

    pub fn push(&mut self, line: Line) -> u32 {
        self.contents.push(line.content);
        self.levels.push(line.level);
        self.parents.push(line.parent.unwrap_or(TOP));
        self.places.push(line.place);
        self.children.push(0);
        self.len() as u32 - 1
    }

    /// Tells how many rows stand right below a row, or at the top.
    pub fn has_children(&mut self, parent: Option<u32>, count: u32) {
        match parent {
            Some(parent) => self.children[parent as usize] = count,
            None => self.tops = count,
        }
    }

    pub fn keep_group(&mut self, group: Group) -> u32 {
        self.groups.push(group);
        self.groups.len() as u32 - 1
    }

    pub fn keep_stub(&mut self, stub: Stub) -> u32 {
        self.stubs.push(stub);
        self.stubs.len() as u32 - 1
    }

    /// Works out what needs all rows: how many are below each, and the sums from the top.
    pub fn add_up(&mut self, spans: &Columns) {
        self.descendants = vec![0; self.len()];
        for row in (0..self.len()).rev() {
            if let Some(parent) = self.parent(row) {
                self.descendants[parent] += self.descendants[row] + 1;
            }
        }
        let (mut cost, mut known, mut unpriced) = (UsdSum::ZERO, 0, 0);
        self.cost_before = Vec::with_capacity(self.len() + 1);
        self.known_before = Vec::with_capacity(self.len() + 1);
        self.unpriced_before = Vec::with_capacity(self.len() + 1);
        for row in 0..=self.len() {
            self.cost_before.push(cost);
            self.known_before.push(known);
            self.unpriced_before.push(unpriced);
            match self.span(row).map(|span| spans.cost(span)) {
                Some(Some(own)) => (cost, known) = (cost + own.into(), known + 1),
                Some(None) => unpriced += 1,
                None => {}
            }
        }
    }

    pub const fn len(&self) -> usize {
        self.contents.len()
    }

    pub fn content(&self, row: usize) -> Content {
        self.contents[row]
    }

    /// The span of a row that shows one; `None` past the end too.
    pub fn span(&self, row: usize) -> Option<u32> {
        match self.contents.get(row) {
            Some(Content::Span(span)) => Some(*span),
            _ => None,
        }
    }

    pub fn group(&self, group: u32) -> &Group {
        &self.groups[group as usize]
    }

    pub fn stub(&self, stub: u32) -> &Stub {
        &self.stubs[stub as usize]
    }

    pub fn level(&self, row: usize) -> u32 {
        self.levels[row]
    }

    pub fn parent(&self, row: usize) -> Option<usize> {
        Some(self.parents[row]).filter(|&parent| parent != TOP).map(|parent| parent as usize)
    }

    pub fn descendants(&self, row: usize) -> usize {
        self.descendants[row] as usize
    }

    /// Place among its siblings, from 1, and how many they are.
    pub fn sibling(&self, row: usize) -> (usize, usize) {
        let siblings = self.parent(row).map_or(self.tops, |parent| self.children[parent]);
        (self.places[row] as usize, siblings as usize)
    }

    /// Sums over a row and all below it.
    pub fn sums(&self, row: usize) -> Sums {
        self.sums_between(row, row + 1 + self.descendants(row))
    }

    pub fn sums_between(&self, from: usize, to: usize) -> Sums {
        let known = self.known_before[to] - self.known_before[from];
        let unpriced = self.unpriced_before[to] - self.unpriced_before[from];
        let cost = self.cost_before[to] - self.cost_before[from];
        Sums { cost: (known > 0).then_some(cost), unpriced, spans: known + unpriced }
    }

    /// The rows without a parent.
    pub fn tops(&self) -> impl Iterator<Item = usize> {
        self.siblings(0, self.len())
    }

    /// The rows right below a row.
    pub fn children(&self, row: usize) -> impl Iterator<Item = usize> {
        self.siblings(row + 1, row + 1 + self.descendants(row))
    }

    /// Neighbours on one level: each is followed by all below it, which is skipped.
    fn siblings(&self, first: usize, end: usize) -> impl Iterator<Item = usize> {
        let inside = move |row: &usize| *row < end;
        let next = move |row: &usize| Some(row + 1 + self.descendants(*row)).filter(inside);
        std::iter::successors(Some(first).filter(inside), next)
    }

    pub fn bytes(&self) -> usize {
        self.len() * BYTES_PER_ROW + size_of_val(self.groups.as_slice()) + size_of_val(self.stubs.as_slice())
    }
}
