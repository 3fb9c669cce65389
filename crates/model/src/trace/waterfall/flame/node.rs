//! What one box stands for: rows of one sort, and what stands below them.

use std::collections::HashMap;

use super::{BoxKind, BoxSpans, Measure};
use crate::span::SpanKind;
use crate::trace::waterfall::lines::Content;
use crate::trace::waterfall::{RowKey, Waterfall};
use crate::usd::UsdSum;

/// Rows that are one box: a span, a parent that never came, or spans of one sort.
pub(super) struct Node {
    /// Rows of spans, or the one row of a missing parent; at least one.
    rows: Vec<usize>,
    /// The row that shows all of them in the waterfall, when one does.
    row: Option<usize>,
}

impl Waterfall {
    /// The box of a row.
    pub(super) fn node(&self, row: usize) -> Node {
        let rows = match self.lines.content(row) {
            Content::Span(_) | Content::Missing(_) => vec![row],
            Content::Similar(_) => self.lines.children(row).collect(),
        };
        Node { rows, row: Some(row) }
    }
}

impl Node {
    /// What stands below: of one span its rows, of several whatever is of one sort together.
    pub fn below<'a>(&'a self, waterfall: &'a Waterfall) -> Box<dyn Iterator<Item = Node> + 'a> {
        match self.rows.as_slice() {
            [row] => Box::new(waterfall.lines.children(*row).map(|row| waterfall.node(row))),
            rows => Box::new(by_sort(rows, waterfall).into_iter()),
        }
    }

    /// What its spans and all below them have spent.
    pub fn width(&self, waterfall: &Waterfall, measure: Measure) -> i128 {
        self.rows.iter().map(|&row| waterfall.spent_below(row, measure)).sum()
    }

    /// What its spans have spent.
    pub fn own(&self, waterfall: &Waterfall, measure: Measure) -> i128 {
        self.spans_of(waterfall).map(|span| waterfall.spent_by(span, measure)).sum()
    }

    /// Its spans and all below them.
    pub fn spans(&self, waterfall: &Waterfall) -> usize {
        self.rows.iter().map(|&row| waterfall.lines.sums(row).spans as usize).sum()
    }

    /// What is said of it.
    pub fn shown(&self, waterfall: &Waterfall, selected: Option<usize>) -> BoxKind {
        let spans = &waterfall.spans;
        let longest =
            self.spans_of(waterfall).max_by_key(|&span| (spans.duration(span), std::cmp::Reverse(spans.start(span))));
        let Some(longest) = longest else {
            let stub = self.rows.first().map(|&row| waterfall.key(row));
            return match stub {
                Some(RowKey::Span(id) | RowKey::Similar(id)) => BoxKind::MissingParent(id),
                None => BoxKind::Narrow(0),
            };
        };
        let known = || self.spans_of(waterfall).filter_map(|span| spans.cost(span));
        let has_below = self.rows.iter().any(|&row| waterfall.lines.descendants(row) > 0);
        BoxKind::Spans(Box::new(BoxSpans {
            span_id: spans.span_id(longest),
            count: self.rows.len(),
            failed: self.spans_of(waterfall).filter(|&span| spans.has_failed(span)).count(),
            name: spans.operation(longest).to_owned(),
            service: spans.service(longest).to_owned(),
            kind: spans.kind(longest),
            category: spans.category(longest),
            duration_ns: spans.duration(longest),
            cost: known().next().is_some().then(|| known().sum::<UsdSum>()),
            zoom: self.row.filter(|_| has_below).map(|row| waterfall.key(row)),
            // There are no more rows than fit.
            pair: self.rows.first().map_or(0, |&row| row as u32),
            is_selected: selected.is_some_and(|selected| self.rows.contains(&selected)),
        }))
    }

    fn spans_of<'a>(&'a self, waterfall: &'a Waterfall) -> impl Iterator<Item = u32> + 'a {
        self.rows.iter().filter_map(|&row| waterfall.lines.span(row))
    }
}

/// What stands below these rows, whatever is of one sort together.
fn by_sort(rows: &[usize], waterfall: &Waterfall) -> Vec<Node> {
    let mut places: HashMap<(u32, u32, SpanKind), usize> = HashMap::new();
    let mut nodes: Vec<Node> = Vec::new();
    let spans = rows.iter().flat_map(|&row| waterfall.lines.children(row));
    let spans = spans.flat_map(|row| waterfall.node(row).rows);
    for row in spans {
        // Below a span there are spans.
        let Some(span) = waterfall.lines.span(row) else { continue };
        let place = *places.entry(waterfall.spans.sort_of(span)).or_insert(nodes.len());
        if place == nodes.len() {
            nodes.push(Node { rows: Vec::new(), row: None });
        }
        nodes[place].rows.push(row);
    }
    for node in &mut nodes {
        if let [row] = node.rows.as_slice() {
            node.row = Some(*row);
        }
    }
    nodes
}
