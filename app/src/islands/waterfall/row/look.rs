//! What a row says at first sight, and the same in words.

use leptos::prelude::WithValue;
use model::span::Status;
use model::trace::waterfall::{Row, RowKind, SimilarRow, SpanRow};

use super::bar::statistics;
use super::named;
use crate::components::figures::known;
use crate::format::{self, duration, number};
use crate::islands::waterfall::bars::heat;
use crate::islands::waterfall::viewer::Viewer;
use crate::islands::waterfall::{limit, waste};

/// What a row looks like at first sight.
pub(super) struct Look {
    pub(super) failed: bool,
    pub(super) slot: u8,
    pub(super) heat: u8,
}

impl Look {
    pub(super) fn of(row: &Row, viewer: Viewer) -> Self {
        match &row.kind {
            RowKind::MissingParent(_) => Self { failed: false, slot: crate::colour::OTHER, heat: 0 },
            RowKind::Span(span) => Self {
                failed: span.status == Status::Error,
                slot: viewer.slot(&span.service),
                heat: heat(cost_share(span, viewer)),
            },
            RowKind::Similar(similar) => Self { failed: false, slot: viewer.slot(&similar.service), heat: 0 },
        }
    }
}

/// The same, and all else that a row shows, for who listens instead of looking.
pub(super) fn words(row: &Row, viewer: Viewer) -> String {
    match &row.kind {
        RowKind::MissingParent(id) => format!("Parent {id} was not received, {} spans name it", row.descendants),
        RowKind::Span(span) => of_span(span, viewer),
        RowKind::Similar(similar) => of_similar(row, similar),
    }
}

fn of_similar(row: &Row, similar: &SimilarRow) -> String {
    let cost = row.subtree_cost.map_or_else(|| "cost unknown".to_owned(), format::money::amount);
    format!(
        "{} similar spans, {}, {}, {}, {cost}",
        number::count(similar.count as i64),
        named(&similar.name),
        similar.service,
        statistics(similar)
    )
}

fn of_span(span: &SpanRow, viewer: Viewer) -> String {
    let cost_words = match known(span.cost) {
        Some(cost) => {
            format!("{}, {} of trace", format::money::amount(cost), number::percent(cost_share(span, viewer)))
        }
        None => "cost unknown".to_owned(),
    };
    let failed_words = if span.status == Status::Error { ", failed" } else { "" };
    let (limit_words, waste_words) = (limit::spoken(viewer, span.span_id), waste::spoken(viewer, span.span_id));
    let clock_words = span.clock_behind_ns.map(|ns| format!(", clock {} behind, shifted", duration::nanos(ns)));
    let clock_words = clock_words.unwrap_or_default();
    let late_words = span.late_ns.map(|ns| format!(", came {} after it had ended", duration::nanos(ns)));
    let late_words = late_words.unwrap_or_default();
    let critical_words = if span.critical_parts.is_empty() { "" } else { ", on critical path" };
    format!(
        "{}, {}, {}, starts at {}, {cost_words}{critical_words}{failed_words}{clock_words}{late_words}{waste_words}{limit_words}",
        named(&span.name),
        span.service,
        duration::nanos(span.duration_ns),
        duration::nanos(span.offset_ns),
    )
}

/// The part of the trace's cost that a span spent itself, 0 to 1; 0 as long as it is not known.
fn cost_share(span: &SpanRow, viewer: Viewer) -> f64 {
    let total = viewer.sheet.with_value(|sheet| sheet.own_cost);
    number::share(known(span.cost).unwrap_or_default().pico(), total.pico())
}
