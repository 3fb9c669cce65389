//! The order of rows: the tree from top to bottom, with a row for each missing parent above the spans that name it and one for
//! each group of similar siblings above its members.

use std::collections::HashMap;

use super::columns::Columns;
use super::critical::Critical;
use super::lines::{Content, Group, Line, Lines, Stub};
use super::similar::{Unit, units};
use crate::id::SpanId;
use crate::trace::tree::Origin;
use crate::trace::tree::links::Links;

/// What the rows are made from.
pub(super) struct Outline<'a> {
    spans: &'a Columns,
    links: &'a Links,
    critical: &'a Critical,
    lines: Lines,
    /// Rows still to be written, the next one last: no recursion, so depth costs nothing.
    waiting: Vec<Line>,
    /// Members of groups and children of missing parents, until their rows are written.
    below: Vec<Vec<u32>>,
}

impl<'a> Outline<'a> {
    /// The rows of these spans.
    pub fn of(spans: &'a Columns, links: &'a Links, critical: &'a Critical) -> Lines {
        let lines = Lines::with_capacity(spans.len());
        let mut outline = Self { spans, links, critical, lines, waiting: Vec::new(), below: Vec::new() };
        outline.wait_for_tops();
        while let Some(line) = outline.waiting.pop() {
            let row = outline.lines.push(line);
            let level = line.level + 1;
            match line.content {
                Content::Span(span) => outline.wait_for(links.children(span), Some(row), level),
                Content::Missing(stub) => {
                    let place = outline.lines.stub(stub).place as usize;
                    let children = std::mem::take(&mut outline.below[place]);
                    outline.wait_for(&children, Some(row), level);
                }
                Content::Similar(group) => {
                    let place = outline.lines.group(group).place as usize;
                    let members = std::mem::take(&mut outline.below[place]);
                    outline.wait_in_rows(members.into_iter().map(Content::Span).collect(), Some(row), level);
                }
            }
        }
        outline.lines.add_up(spans);
        outline.lines
    }

    /// The tops, with those that name one missing parent together where the first of them begins.
    fn wait_for_tops(&mut self) {
        let mut places: HashMap<SpanId, usize> = HashMap::new();
        let mut groups: Vec<(Option<SpanId>, Vec<u32>)> = Vec::new();
        // Tops in a row that name no parent can be similar, so they are looked at together.
        let mut roots = Vec::new();
        for top in self.links.tops() {
            match self.links.origin(top, self.spans.parent_span_id(top)) {
                Origin::MissingParent(parent) => {
                    let place = *places.entry(parent).or_insert(groups.len());
                    if place == groups.len() {
                        groups.push((Some(parent), Vec::new()));
                    }
                    groups[place].1.push(top);
                }
                Origin::Root | Origin::Child | Origin::CutCircle => roots.push(top),
            }
        }
        let stubs = groups.into_iter().filter_map(|(parent, children)| Some((parent?, children)));
        let mut tops: Vec<(i64, Content)> = Vec::new();
        for (parent, children) in stubs {
            let start = children.first().map_or(0, |&first| self.spans.start(first));
            let stub = Stub { span_id: parent, place: self.keep_below(children) };
            tops.push((start, Content::Missing(self.lines.keep_stub(stub))));
        }
        for unit in units(self.spans, self.critical, &roots) {
            tops.push((self.spans.start(unit.first()), self.content_of(unit)));
        }
        // By start; a root before a stub of the same moment would be as right.
        tops.sort_by_key(|(start, _)| *start);
        self.wait_in_rows(tops.into_iter().map(|(_, content)| content).collect(), None, 1);
    }

    /// Lets siblings wait for their rows, similar ones in one.
    fn wait_for(&mut self, siblings: &[u32], parent: Option<u32>, level: u32) {
        let contents = units(self.spans, self.critical, siblings).into_iter();
        let contents = contents.map(|unit| self.content_of(unit)).collect();
        self.wait_in_rows(contents, parent, level);
    }

    /// Lets rows wait that stand below `parent`.
    fn wait_in_rows(&mut self, contents: Vec<Content>, parent: Option<u32>, level: u32) {
        // There are no more rows than fit.
        self.lines.has_children(parent, contents.len() as u32);
        let places = (1..=contents.len() as u32).rev();
        let lines = places.zip(contents.into_iter().rev());
        self.waiting.extend(lines.map(|(place, content)| Line { content, level, parent, place }));
    }

    fn content_of(&mut self, unit: Unit) -> Content {
        match unit {
            Unit::Span(span) => Content::Span(span),
            Unit::Similar(members) => {
                let mut group = Group::of(self.spans, &members);
                group.place = self.keep_below(members);
                Content::Similar(self.lines.keep_group(group))
            }
        }
    }

    fn keep_below(&mut self, spans: Vec<u32>) -> u32 {
        self.below.push(spans);
        self.below.len() as u32 - 1
    }
}
