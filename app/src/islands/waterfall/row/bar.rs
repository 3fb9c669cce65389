//! The last cell of a row: where its time lies.

use leptos::prelude::*;
use model::span::Status;
use model::trace::waterfall::{Part, RowKind, SimilarRow, SpanRow, Zoom};

use crate::components::markup::Markup;
use crate::format::{duration, number};
use crate::islands::waterfall::bars;
use crate::islands::waterfall::viewer::Viewer;

/// Its bar with what is written beside it, as the zoom shows it; what was not received has none.
pub(super) fn bar(html: &mut Markup, kind: &RowKind, viewer: Viewer) {
    let zoom = viewer.zoom.get_untracked();
    match kind {
        RowKind::Span(span) => of_span(html, span, zoom, viewer),
        RowKind::Similar(similar) => of_similar(html, similar, zoom),
        RowKind::MissingParent(_) => {}
    }
}

/// Its bar and nothing else.
pub(super) fn in_brief(html: &mut Markup, kind: &RowKind, viewer: Viewer) {
    let zoom = viewer.zoom.get_untracked();
    match kind {
        RowKind::Span(span) => {
            let class = if *span.self_parts == [whole(span)] { "b s" } else { "b t" };
            stretch(html, class, zoom, whole(span));
        }
        RowKind::Similar(similar) => stretch(html, "b t grp", zoom, all(similar)),
        RowKind::MissingParent(_) => {}
    }
}

fn whole(span: &SpanRow) -> Part {
    Part { offset_ns: span.offset_ns, duration_ns: span.duration_ns }
}

fn all(similar: &SimilarRow) -> Part {
    Part { offset_ns: similar.offset_ns, duration_ns: similar.duration_ns }
}

/// Tint for the whole, solid where no child was running, a line where the critical path runs, marks for events and failure, the
/// duration beside it.
fn of_span(html: &mut Markup, span: &SpanRow, zoom: Zoom, viewer: Viewer) {
    let whole = whole(span);
    // Solid all over, there is no tint to be seen.
    if *span.self_parts != [whole] {
        stretch(html, "b t", zoom, whole);
    }
    span.self_parts.iter().for_each(|part| stretch(html, "b s", zoom, *part));
    span.critical_parts.iter().for_each(|part| stretch(html, "cp", zoom, *part));
    for event in viewer.events_of(span.span_id) {
        if let Some(style) = bars::moment(zoom, event.offset_ns) {
            html.tag("<i").attribute("class", if event.is_exception { "ev x" } else { "ev" });
            html.attribute("style", &style).attribute("title", &event.name).tag("></i>");
        }
    }
    let failed = span.status == Status::Error;
    if failed {
        moment(html, "er", zoom, span.offset_ns.saturating_add(span.duration_ns));
    }
    let (class, words) = (if failed { "bl fails" } else { "bl" }, duration::nanos(span.duration_ns));
    beside(html, class, zoom, whole, &words);
}

/// A tint from the first to the last, a mark where one of them lies, red where one failed; beside it what their durations are,
/// each by the name of its statistic.
fn of_similar(html: &mut Markup, similar: &SimilarRow, zoom: Zoom) {
    let whole = all(similar);
    stretch(html, "b t grp", zoom, whole);
    for tick in &similar.ticks {
        match tick.failed {
            true => moment(html, "gt x", zoom, tick.part.offset_ns),
            false => stretch(html, "gt", zoom, tick.part),
        }
    }
    beside(html, "bl", zoom, whole, &statistics(similar));
}

/// What lasts for a while.
fn stretch(html: &mut Markup, class: &'static str, zoom: Zoom, part: Part) {
    mark(html, class, bars::stretch(zoom, part));
}

/// What is but a moment.
fn moment(html: &mut Markup, class: &'static str, zoom: Zoom, offset_ns: i64) {
    mark(html, class, bars::moment(zoom, offset_ns));
}

fn mark(html: &mut Markup, class: &'static str, style: Option<String>) {
    if let Some(style) = style {
        html.tag("<i").attribute("class", class).attribute("style", &style).tag("></i>");
    }
}

/// The words beside what lasts from when until when.
fn beside(html: &mut Markup, class: &'static str, zoom: Zoom, part: Part, words: &str) {
    let (side, style) = bars::beside(zoom, part);
    html.tag("<em").attribute("class", class).attribute("data-side", side).attribute("style", &style);
    html.tag(">").text(words).tag("</em>");
}

/// `p50 212 ms · max 1.91 s · 3 errors`.
pub fn statistics(similar: &SimilarRow) -> String {
    let (p50, max) = (duration::nanos(similar.p50_ns), duration::nanos(similar.max_ns));
    let failed = (similar.failed > 0).then(|| format!(" · {}", number::counted(similar.failed as i64, "error")));
    format!("p50 {p50} · max {max}{}", failed.unwrap_or_default())
}
