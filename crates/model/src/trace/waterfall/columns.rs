//! The spans of a trace as columns: what rows are made of and nothing else, with names kept once.
//!
//! A span takes [`BYTES_PER_SPAN`] here whatever it is called, so a million of them take what a page of payloads takes.

use std::mem::size_of;

use super::Extent;
use super::late::Late;
use super::skew::Shift;
use crate::id::SpanId;
use crate::span::{Category, SpanKind, Status};
use crate::time::UnixNanos;
use crate::trace::tree::links::Linked;
use crate::usd::Usd;

/// Bytes a span takes in all columns that stay, its names left out.
pub const BYTES_PER_SPAN: usize =
    size_of::<SpanId>() + 2 * size_of::<u32>() + 3 * size_of::<u8>() + 3 * size_of::<i64>();

/// Stands for an unknown cost: no cost is negative.
const UNKNOWN: i64 = i64::MIN;

/// One span on its way into the columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LightSpan {
    /// Its id.
    pub span_id: SpanId,
    /// The id of the span that caused it.
    pub parent_span_id: Option<SpanId>,
    /// Its operation, as a place in the list of operations.
    pub operation: u32,
    /// Its service, as a place in the list of services.
    pub service: u32,
    /// Role in the call.
    pub kind: SpanKind,
    /// Sort of work.
    pub category: Category,
    /// Outcome.
    pub status: Status,
    /// Start.
    pub start: UnixNanos,
    /// Duration in nanoseconds.
    pub duration_ns: i64,
    /// What counts of its cost; `None` is unknown.
    pub cost: Option<Usd>,
    /// When it was written, by the server's clock.
    pub received: UnixNanos,
}

/// The spans of a trace, in any order.
#[derive(Debug, Default)]
pub struct Columns {
    span_ids: Vec<SpanId>,
    parents: Vec<Option<SpanId>>,
    operations: Vec<u32>,
    services: Vec<u32>,
    kinds: Vec<SpanKind>,
    categories: Vec<Category>,
    statuses: Vec<Status>,
    starts: Vec<i64>,
    durations: Vec<i64>,
    costs: Vec<i64>,
    operation_names: Vec<String>,
    service_names: Vec<String>,
    /// Spans that were moved, by span.
    shifts: Vec<Shift>,
    late: Late,
}

impl Columns {
    /// Adds a span; its names may be told later.
    pub fn push(&mut self, span: LightSpan) {
        self.late.note(self.len() as u32, span.start.0.saturating_add(span.duration_ns.max(0)), span.received.0);
        self.span_ids.push(span.span_id);
        self.parents.push(span.parent_span_id);
        self.operations.push(span.operation);
        self.services.push(span.service);
        self.kinds.push(span.kind);
        self.categories.push(span.category);
        self.statuses.push(span.status);
        self.starts.push(span.start.0);
        self.durations.push(span.duration_ns.max(0));
        self.costs.push(span.cost.map_or(UNKNOWN, Usd::pico));
    }

    /// Tells the names that places stand for.
    pub fn name(&mut self, operations: Vec<String>, services: Vec<String>) {
        self.operation_names = operations;
        self.service_names = services;
    }

    /// Spans.
    pub const fn len(&self) -> usize {
        self.span_ids.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.span_ids.is_empty()
    }

    /// Forgets what only laying out needs, and gives back what growing has set aside.
    pub(super) fn settle(&mut self) {
        self.parents = Vec::new();
        self.late.settle();
        self.span_ids.shrink_to_fit();
        self.operations.shrink_to_fit();
        self.services.shrink_to_fit();
        self.kinds.shrink_to_fit();
        self.categories.shrink_to_fit();
        self.statuses.shrink_to_fit();
        self.starts.shrink_to_fit();
        self.durations.shrink_to_fit();
        self.costs.shrink_to_fit();
    }

    /// Moves spans whose clocks are behind; they come by span.
    pub(super) fn shift(&mut self, shifts: Vec<Shift>) {
        for shift in &shifts {
            let start = &mut self.starts[shift.span as usize];
            *start = start.saturating_add(shift.by_ns);
        }
        self.shifts = shifts;
    }

    /// How a span was moved, if it was.
    fn shift_of(&self, span: u32) -> Option<&Shift> {
        self.shifts.binary_search_by_key(&span, |shift| shift.span).ok().map(|at| &self.shifts[at])
    }

    /// By how much a span was moved.
    pub(super) fn shifted_ns(&self, span: u32) -> i64 {
        self.shift_of(span).map_or(0, |shift| shift.by_ns)
    }

    /// By how much its clock is behind, where that was noticed.
    pub(super) fn clock_behind_ns(&self, span: u32) -> Option<i64> {
        self.shift_of(span).filter(|shift| shift.is_first).map(|shift| shift.by_ns)
    }

    /// How long after its end it came, when that was late.
    pub(super) fn late_ns(&self, span: u32) -> Option<i64> {
        self.late.of(span)
    }

    /// Memory all of it takes.
    pub(super) fn bytes(&self) -> usize {
        let text = |names: &Vec<String>| names.iter().map(|name| name.len() + size_of::<String>()).sum::<usize>();
        self.len() * BYTES_PER_SPAN
            + text(&self.operation_names)
            + text(&self.service_names)
            + size_of_val(self.shifts.as_slice())
            + self.late.bytes()
    }

    /// All names of services.
    pub(super) fn service_names(&self) -> &[String] {
        &self.service_names
    }

    pub(in crate::trace) fn span_id(&self, span: u32) -> SpanId {
        self.span_ids[span as usize]
    }

    pub(in crate::trace) fn parent_span_id(&self, span: u32) -> Option<SpanId> {
        self.parents[span as usize]
    }

    /// The first span with this id.
    pub(in crate::trace) fn find(&self, span_id: SpanId) -> Option<u32> {
        // There are no more spans than fit.
        self.span_ids.iter().position(|id| *id == span_id).map(|span| span as u32)
    }

    /// Its operation; empty when nobody told it.
    pub(in crate::trace) fn operation(&self, span: u32) -> &str {
        self.operation_named(self.operations[span as usize])
    }

    /// The operation at a place in the list; empty when there is none.
    pub(super) fn operation_named(&self, place: u32) -> &str {
        self.operation_names.get(place as usize).map_or("", String::as_str)
    }

    /// The service at a place in the list; empty when there is none.
    pub(super) fn service_named(&self, place: u32) -> &str {
        self.service_names.get(place as usize).map_or("", String::as_str)
    }

    /// Its service; empty when nobody told it.
    pub(in crate::trace) fn service(&self, span: u32) -> &str {
        self.service_named(self.services[span as usize])
    }

    pub(super) fn service_place(&self, span: u32) -> u32 {
        self.services[span as usize]
    }

    /// Service, operation and role: spans that agree in it are similar.
    pub(in crate::trace) fn sort_of(&self, span: u32) -> (u32, u32, SpanKind) {
        let span = span as usize;
        (self.services[span], self.operations[span], self.kinds[span])
    }

    pub(in crate::trace) fn kind(&self, span: u32) -> SpanKind {
        self.kinds[span as usize]
    }

    pub(in crate::trace) fn category(&self, span: u32) -> Category {
        self.categories[span as usize]
    }

    pub(super) fn status(&self, span: u32) -> Status {
        self.statuses[span as usize]
    }

    pub(in crate::trace) fn has_failed(&self, span: u32) -> bool {
        self.status(span) == Status::Error
    }

    pub(in crate::trace) fn start(&self, span: u32) -> i64 {
        self.starts[span as usize]
    }

    /// Never negative.
    pub(in crate::trace) fn duration(&self, span: u32) -> i64 {
        self.durations[span as usize]
    }

    /// When it ends, in Unix nanoseconds; past the end of the calendar it stays there.
    pub(in crate::trace) fn end(&self, span: u32) -> i64 {
        self.start(span).saturating_add(self.duration(span))
    }

    pub(in crate::trace) fn cost(&self, span: u32) -> Option<Usd> {
        let pico = self.costs[span as usize];
        (pico != UNKNOWN).then(|| Usd::from_pico(pico))
    }

    /// The time all of them cover.
    pub(in crate::trace) fn extent(&self) -> Extent {
        let start_ns = self.starts.iter().copied().min().unwrap_or(0);
        let ends = self.starts.iter().zip(&self.durations).map(|(start, duration)| start.saturating_add(*duration));
        let end = ends.max().unwrap_or(start_ns);
        Extent { start_ns, duration_ns: end.saturating_sub(start_ns) }
    }

    pub(in crate::trace) fn linked(&self, at: usize) -> LinkedSpan<'_> {
        LinkedSpan { columns: self, at }
    }
}

/// A span as far as its place in the tree goes.
#[derive(Clone, Copy)]
pub(in crate::trace) struct LinkedSpan<'a> {
    columns: &'a Columns,
    at: usize,
}

impl Linked for LinkedSpan<'_> {
    fn span_id(&self) -> SpanId {
        self.columns.span_ids[self.at]
    }

    fn parent_span_id(&self) -> Option<SpanId> {
        self.columns.parents[self.at]
    }

    fn start(&self) -> UnixNanos {
        UnixNanos(self.columns.starts[self.at])
    }

    fn is_of_service_of(&self, other: &Self) -> bool {
        self.columns.services[self.at] == other.columns.services[other.at]
    }
}
