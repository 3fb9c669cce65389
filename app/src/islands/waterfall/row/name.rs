//! The first cell of a row: caret, icon, and what it is called.

use leptos::prelude::*;
use model::SpanId;
use model::span::Status;
use model::trace::find::places;
use model::trace::waterfall::{Row, RowKind, SimilarRow, SpanRow};

use super::{INDENT_STEPS_MAX, glyph, indent, named};
use crate::components::icon::{Glyph, Size};
use crate::components::markup::Markup;
use crate::format::{duration, number};
use crate::islands::waterfall::viewer::Viewer;
use crate::islands::waterfall::{limit, waste};

/// Caret, icon, operation and service; `words` are marked in names.
pub(super) fn cell(html: &mut Markup, row: &Row, words: &[String], viewer: Viewer) {
    html.tag("<div role=\"rowheader\" class=\"wf-name\"").attribute("style", &format!("--lv:{}", indent(row.level)));
    html.tag(">");
    if row.level > INDENT_STEPS_MAX + 1 {
        let level = number::count(row.level.into());
        html.tag("<span class=\"deep tnum\"").attribute("title", &format!("Level {level}"));
        html.tag(">").text(&level).tag("</span>");
    }
    if row.descendants > 0 {
        caret(html, row, viewer);
    }
    match &row.kind {
        RowKind::Span(span) => span_name(html, span, words, viewer),
        RowKind::MissingParent(missing) => missing_name(html, *missing),
        RowKind::Similar(similar) => similar_name(html, similar, words),
    }
    html.tag("</div>");
}

/// What it is called, and nothing else, over the cells of money too.
pub(super) fn in_brief(html: &mut Markup, row: &Row) {
    let name = match &row.kind {
        RowKind::Span(span) => named(&span.name),
        RowKind::MissingParent(_) => "parent not received",
        RowKind::Similar(similar) => named(&similar.name),
    };
    html.tag("<div role=\"rowheader\" class=\"wf-name\"").attribute("style", &format!("--lv:{}", indent(row.level)));
    html.tag("><span class=\"op\">").text(name).tag("</span></div>");
}

/// Folds and unfolds: a link without JavaScript, at once with it (`touch`). Which of both it does is said by the row.
fn caret(html: &mut Markup, row: &Row, viewer: Viewer) {
    let is_folded = viewer.folds.with_untracked(|folds| folds.is_folded(row.index));
    let href = viewer.url.with_untracked(|url| url.with_toggled(row.key(), is_folded).href(viewer.trace_id));
    html.tag("<a class=\"caret\" tabindex=\"-1\" aria-label=\"Fold or unfold\"").attribute("href", &href);
    html.attribute("title", &format!("{} below", number::count(row.descendants as i64))).tag(">");
    html.icon(Glyph::Caret, Size::Small).tag("</a>");
}

fn span_name(html: &mut Markup, span: &SpanRow, words: &[String], viewer: Viewer) {
    let href = viewer.url.with_untracked(|url| url.with_span(Some(span.span_id)).href(viewer.trace_id));
    sort(html, glyph(span.category, span.kind));
    html.tag("<a tabindex=\"-1\"");
    html.attribute("class", if span.status == Status::Error { "op crit" } else { "op" }).attribute("href", &href);
    marked(html.tag(">"), words, named(&span.name));
    html.tag("</a>");
    if span.cut_circle {
        html.tag("<span class=\"badge warn\" title=\"Its parents lead back to itself\">circle cut</span>");
    }
    if let Some(behind_ns) = span.clock_behind_ns {
        let words = format!("clock {} behind, shifted", duration::nanos(behind_ns));
        html.tag("<span class=\"badge warn clock\"").attribute("title", &words).tag(">");
        html.icon(Glyph::Clock, Size::Small).text(&words).tag("</span>");
    }
    if let Some(ns) = span.late_ns {
        let late = duration::nanos(ns);
        html.tag("<span class=\"badge warn late\"").attribute("title", &format!("It came {late} after it had ended"));
        html.tag(">late ").text(&late).tag("</span>");
    }
    limit::mark(html, viewer, span.span_id);
    waste::mark(html, viewer, span.span_id);
    service(html, words, &span.service);
}

/// The icon of what it is, with the colour of its service before it.
fn sort(html: &mut Markup, glyph: Glyph) {
    html.tag("<svg aria-hidden=\"true\" class=\"i kind\"><use").attribute("href", glyph.href()).tag("></use></svg>");
}

fn service(html: &mut Markup, words: &[String], name: &str) {
    marked(html.tag("<span class=\"sv\">"), words, name);
    html.tag("</span>");
}

/// A name, with the words that were looked for marked in it.
fn marked(html: &mut Markup, words: &[String], name: &str) {
    let mut at = 0;
    for (from, to) in places(name, words) {
        html.text(&name[at..from]).tag("<mark>").text(&name[from..to]).tag("</mark>");
        at = to;
    }
    html.text(&name[at..]);
}

fn missing_name(html: &mut Markup, missing: SpanId) {
    let id = missing.to_string();
    sort(html, Glyph::Warn);
    html.tag("<span class=\"op\"");
    html.attribute("title", &id).tag(">parent <code>").text(id.get(..4).unwrap_or_default());
    html.tag("…</code> not received</span>");
}

fn similar_name(html: &mut Markup, similar: &SimilarRow, words: &[String]) {
    sort(html, glyph(similar.category, similar.kind));
    html.tag("<span class=\"op grp-op\"><b class=\"tnum\">×").text(&number::count(similar.count as i64));
    marked(html.tag("</b> similar <span class=\"mono\">"), words, named(&similar.name));
    html.tag("</span></span>");
    service(html, words, &similar.service);
}
