//! A window: some rows and the events on their bars, in the few bytes they travel in.
//!
//! Names are written once per window, times as distances, numbers in as many bytes as they need: a row takes about forty,
//! as JSON it takes five hundred. [`RowWindow::to_bytes`] and [`RowWindow::from_bytes`] are each other's reverse; what a server of another
//! release writes is told by its first byte.

use super::{Part, Row, RowKind, SimilarRow, SpanRow, Tick};
use crate::id::SpanId;
use crate::span::{Category, SpanKind, Status};
use crate::trace::Revision;
use crate::trace::waste::{Mark, Reason};
use crate::usd::{Usd, UsdSum};

mod bytes;

use bytes::{Reader, Writer};

/// Of what is written here; another number for another layout of bytes.
const FORMAT: u64 = 2;

/// Some rows of a trace.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RowWindow {
    /// The trace as it was laid out for them.
    pub revision: Revision,
    /// Rows, by index.
    pub rows: Vec<Row>,
    /// Events by span, for the spans among the rows that have any.
    pub events: Vec<(SpanId, Vec<EventMark>)>,
    /// Why their own cost was avoidable, for the spans among the rows of which it was.
    pub wasted: Vec<(SpanId, Mark)>,
}

/// An event as a mark on a bar.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct EventMark {
    /// Nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// What happened.
    pub name: String,
    /// It is an exception.
    pub is_exception: bool,
}

/// These bytes are no window of this release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rows are written in another way than this page can read")]
pub struct Unreadable;

impl RowWindow {
    /// The window as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.number(FORMAT);
        out.signed(self.revision.version.into());
        out.signed(self.revision.finalised.into());
        out.number(self.rows.len() as u64);
        let mut index = 0;
        for row in &self.rows {
            out.signed(row.index as i64 - index);
            index = row.index as i64;
            write_row(&mut out, row);
        }
        out.list(&self.events, |out, (span_id, marks)| {
            out.id(*span_id);
            out.list(marks, |out, mark| {
                out.signed(mark.offset_ns);
                out.text(&mark.name);
                out.flag(mark.is_exception);
            });
        });
        out.list(&self.wasted, |out, (span_id, mark)| {
            out.id(*span_id);
            out.text(mark.reason.as_str());
            out.id(mark.because);
            out.text(&mark.operation);
        });
        out.finish()
    }

    /// The window in these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        read(&mut Reader::new(bytes)).ok_or(Unreadable)
    }
}

fn read(from: &mut Reader<'_>) -> Option<RowWindow> {
    if from.number()? != FORMAT {
        return None;
    }
    let revision = Revision { version: from.signed()?.try_into().ok()?, finalised: from.signed()?.try_into().ok()? };
    let mut index = 0i64;
    let rows = from.list(|from| {
        index = index.checked_add(from.signed()?)?;
        read_row(from, index.try_into().ok()?)
    })?;
    let events = from.list(|from| {
        let span_id = from.id()?;
        let marks = from.list(|from| {
            Some(EventMark { offset_ns: from.signed()?, name: from.text()?, is_exception: from.flag()? })
        })?;
        Some((span_id, marks))
    })?;
    let wasted = from.list(|from| {
        let (span_id, reason) = (from.id()?, Reason::from_name(&from.text()?)?);
        Some((span_id, Mark { reason, because: from.id()?, operation: from.text()? }))
    })?;
    from.is_at_end().then_some(RowWindow { revision, rows, events, wasted })
}

fn write_row(out: &mut Writer, row: &Row) {
    out.number(row.level.into());
    out.number(row.descendants as u64);
    // The parent stands above, so its distance is at least one.
    out.number(row.parent.map_or(0, |parent| row.index.saturating_sub(parent) as u64));
    out.number(row.place as u64);
    out.number(row.siblings as u64);
    out.option(row.subtree_cost, |out, cost| out.wide(cost.pico()));
    out.number(row.subtree_unpriced as u64);
    match &row.kind {
        RowKind::Span(span) => {
            out.number(0);
            write_span(out, span);
        }
        RowKind::MissingParent(span_id) => {
            out.number(1);
            out.id(*span_id);
        }
        RowKind::Similar(similar) => {
            out.number(2);
            write_similar(out, similar);
        }
    }
}

fn read_row(from: &mut Reader<'_>, index: usize) -> Option<Row> {
    Some(Row {
        index,
        level: from.number()?.try_into().ok()?,
        descendants: from.size()?,
        parent: match from.size()? {
            0 => None,
            distance => Some(index.checked_sub(distance)?),
        },
        place: from.size()?,
        siblings: from.size()?,
        subtree_cost: from.option(|from| from.wide().map(UsdSum::from_pico))?,
        subtree_unpriced: from.size()?,
        kind: match from.number()? {
            0 => RowKind::Span(Box::new(read_span(from)?)),
            1 => RowKind::MissingParent(from.id()?),
            2 => RowKind::Similar(Box::new(read_similar(from)?)),
            _ => return None,
        },
    })
}

fn write_span(out: &mut Writer, span: &SpanRow) {
    out.id(span.span_id);
    out.text(&span.name);
    out.text(&span.service);
    out.code(span.kind.code());
    out.code(span.category.code());
    out.code(span.status.code());
    out.signed(span.offset_ns);
    out.signed(span.duration_ns);
    out.signed(span.self_ns);
    write_parts(out, span.offset_ns, &span.self_parts);
    write_parts(out, span.offset_ns, &span.critical_parts);
    out.option(span.cost, |out, cost| out.signed(cost.pico()));
    out.flag(span.cut_circle);
    out.signed(span.shifted_ns);
    out.option(span.clock_behind_ns, Writer::signed);
    out.option(span.late_ns, Writer::signed);
}

fn read_span(from: &mut Reader<'_>) -> Option<SpanRow> {
    let span_id = from.id()?;
    let (name, service) = (from.text()?, from.text()?);
    let kind = SpanKind::from_code(from.code()?)?;
    let (category, status) = (Category::from_code(from.code()?)?, Status::from_code(from.code()?)?);
    let (offset_ns, duration_ns, self_ns) = (from.signed()?, from.signed()?, from.signed()?);
    Some(SpanRow {
        span_id,
        name,
        service,
        kind,
        category,
        status,
        offset_ns,
        duration_ns,
        self_ns,
        self_parts: read_parts(from, offset_ns)?,
        critical_parts: read_parts(from, offset_ns)?,
        cost: from.option(|from| from.signed().map(Usd::from_pico))?,
        cut_circle: from.flag()?,
        shifted_ns: from.signed()?,
        clock_behind_ns: from.option(Reader::signed)?,
        late_ns: from.option(Reader::signed)?,
    })
}

fn write_similar(out: &mut Writer, similar: &SimilarRow) {
    out.id(similar.first);
    out.text(&similar.name);
    out.text(&similar.service);
    out.code(similar.kind.code());
    out.code(similar.category.code());
    out.number(similar.count as u64);
    out.number(similar.spans as u64);
    out.number(similar.failed as u64);
    out.signed(similar.p50_ns);
    out.signed(similar.max_ns);
    out.signed(similar.offset_ns);
    out.signed(similar.duration_ns);
    let ticks: Vec<Part> = similar.ticks.iter().map(|tick| tick.part).collect();
    write_parts(out, similar.offset_ns, &ticks);
    similar.ticks.iter().for_each(|tick| out.flag(tick.failed));
}

fn read_similar(from: &mut Reader<'_>) -> Option<SimilarRow> {
    let first = from.id()?;
    let (name, service) = (from.text()?, from.text()?);
    let (kind, category) = (SpanKind::from_code(from.code()?)?, Category::from_code(from.code()?)?);
    let (count, spans, failed) = (from.size()?, from.size()?, from.size()?);
    let (p50_ns, max_ns, offset_ns, duration_ns) = (from.signed()?, from.signed()?, from.signed()?, from.signed()?);
    let parts = read_parts(from, offset_ns)?;
    let ticks = parts.into_iter().map(|part| Some(Tick { part, failed: from.flag()? })).collect::<Option<_>>()?;
    let row = SimilarRow {
        first,
        name,
        service,
        kind,
        category,
        count,
        spans,
        failed,
        p50_ns,
        max_ns,
        offset_ns,
        duration_ns,
        ticks,
    };
    Some(row)
}

/// Stretches of time, each by its distance from the end of the one before.
fn write_parts(out: &mut Writer, from_ns: i64, parts: &[Part]) {
    let mut end = from_ns;
    out.list(parts, |out, part| {
        out.signed(part.offset_ns.wrapping_sub(end));
        out.signed(part.duration_ns);
        end = part.offset_ns.wrapping_add(part.duration_ns);
    });
}

fn read_parts(from: &mut Reader<'_>, from_ns: i64) -> Option<Vec<Part>> {
    let mut end = from_ns;
    from.list(|from| {
        let (distance, duration_ns) = (from.signed()?, from.signed()?);
        let offset_ns = end.wrapping_add(distance);
        end = offset_ns.wrapping_add(duration_ns);
        Some(Part { offset_ns, duration_ns })
    })
}

#[cfg(test)]
mod tests;
