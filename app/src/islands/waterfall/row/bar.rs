//! The last cell of a row: where its time lies.

use leptos::prelude::*;
use model::span::Status;
use model::trace::waterfall::{Part, RowKind, SimilarRow, SpanRow};

use crate::components::markup::Markup;
use crate::format::{duration, number};
use crate::islands::waterfall::bars::{bar_style, moment_style, part_style};
use crate::islands::waterfall::viewer::Viewer;

/// Its bar with what is written beside it; what was not received has none.
pub(super) fn bar(kind: &RowKind, viewer: Viewer) -> String {
    let mut html = Markup::default();
    match kind {
        RowKind::Span(span) => of_span(&mut html, span, viewer),
        RowKind::Similar(similar) => of_similar(&mut html, similar, viewer),
        RowKind::MissingParent(_) => {}
    }
    html.into_html()
}

/// From when until when there is something, in nanoseconds after the start of the trace: the words stand beside that.
pub(super) fn ends(kind: &RowKind) -> Option<(i64, i64)> {
    let (from, lasts) = match kind {
        RowKind::Span(span) => (span.offset_ns, span.duration_ns),
        RowKind::Similar(similar) => (similar.offset_ns, similar.duration_ns),
        RowKind::MissingParent(_) => return None,
    };
    Some((from, from.saturating_add(lasts)))
}

/// Tint for the whole, solid where no child was running, a line where the critical path runs, marks for events and failure, the
/// duration beside it.
fn of_span(html: &mut Markup, span: &SpanRow, viewer: Viewer) {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let end_ns = span.offset_ns.saturating_add(span.duration_ns);
    let failed = span.status == Status::Error;
    mark(html, "b t", &bar_style(extent, span.offset_ns, span.duration_ns));
    let parts = |html: &mut Markup, class, parts: &[Part]| {
        parts.iter().for_each(|part| mark(html, class, &part_style(extent, *part)));
    };
    parts(html, "b s", &span.self_parts);
    parts(html, "cp", &span.critical_parts);
    for event in viewer.events_of(span.span_id) {
        html.tag("<i").attribute("class", if event.is_exception { "ev x" } else { "ev" });
        html.attribute("style", &moment_style(extent, event.offset_ns)).attribute("title", &event.name).tag("></i>");
    }
    if failed {
        mark(html, "er", &moment_style(extent, end_ns));
    }
    html.tag(if failed { "<em class=\"bl\" data-err>" } else { "<em class=\"bl\">" });
    html.text(&duration::nanos(span.duration_ns)).tag("</em>");
}

/// A tint from the first to the last, a mark where one of them lies, red where one failed; beside it what their durations are,
/// each by the name of its statistic.
fn of_similar(html: &mut Markup, similar: &SimilarRow, viewer: Viewer) {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    mark(html, "b t grp", &bar_style(extent, similar.offset_ns, similar.duration_ns));
    for tick in &similar.ticks {
        match tick.failed {
            true => mark(html, "gt x", &moment_style(extent, tick.part.offset_ns)),
            false => mark(html, "gt", &part_style(extent, tick.part)),
        }
    }
    html.tag("<em class=\"bl\">").text(&statistics(similar)).tag("</em>");
}

fn mark(html: &mut Markup, class: &str, style: &str) {
    html.tag("<i").attribute("class", class).attribute("style", style).tag("></i>");
}

/// `p50 212 ms · max 1.91 s · 3 errors`.
pub fn statistics(similar: &SimilarRow) -> String {
    let (p50, max) = (duration::nanos(similar.p50_ns), duration::nanos(similar.max_ns));
    let failed = (similar.failed > 0).then(|| format!(" · {}", number::counted(similar.failed as i64, "error")));
    format!("p50 {p50} · max {max}{}", failed.unwrap_or_default())
}
