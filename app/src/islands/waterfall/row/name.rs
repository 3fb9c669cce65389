//! The first cell of a row: caret, icon, and what it is called.

use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use model::SpanId;
use model::span::Status;
use model::trace::find::places;
use model::trace::waterfall::{Row, RowKind, SimilarRow, SpanRow};

use super::{INDENT_STEPS_MAX, glyph, named};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, number};
use crate::islands::waterfall::viewer::Viewer;
use crate::islands::waterfall::{limit, waste};

/// Caret, icon, operation and service.
#[component]
pub fn NameCell(
    /// The row.
    row: Arc<Row>,
    /// Words to mark in names.
    words: Arc<[String]>,
    /// Who looks at it.
    viewer: Viewer,
    /// Whether what is below it is hidden; none when nothing is.
    folded: Option<Memo<bool>>,
) -> impl IntoView {
    let body = match &row.kind {
        RowKind::Span(span) => span_name(span, &words, viewer),
        RowKind::MissingParent(missing) => missing_name(*missing),
        RowKind::Similar(similar) => similar_name(similar, &words),
    };
    let level = (row.level > INDENT_STEPS_MAX + 1).then(|| {
        let level = number::count(row.level.into());
        view! { <span class="deep tnum" title=format!("Level {level}")>{level.clone()}</span> }
    });
    view! {
        <div class="wf-name" role="rowheader">
            <span class="guides"></span>
            {level}
            {match folded {
                Some(folded) => view! { <Caret row viewer folded/> }.into_any(),
                None => view! { <span class="caret"></span> }.into_any(),
            }}
            {body}
        </div>
    }
}

fn span_name(span: &SpanRow, words: &[String], viewer: Viewer) -> AnyView {
    let failed = span.status == Status::Error;
    let href = viewer.url.get_untracked().with_span(Some(span.span_id)).href(viewer.trace_id);
    let cut = span
        .cut_circle
        .then(|| view! { <span class="badge warn" title="Its parents lead back to itself">"circle cut"</span> });
    let clock = span.clock_behind_ns.map(|behind_ns| {
        let words = format!("clock {} behind, shifted", duration::nanos(behind_ns));
        view! {
            <span class="badge warn clock" title=words.clone()>
                <Icon glyph=Glyph::Clock size=Size::Small/>
                {words.clone()}
            </span>
        }
    });
    let late = span.late_ns.map(|ns| {
        let title = format!("It came {} after it had ended", duration::nanos(ns));
        view! { <span class="badge warn late" title=title>{format!("late {}", duration::nanos(ns))}</span> }
    });
    view! {
        <span class="kind"><Icon glyph=glyph(span.category, span.kind) size=Size::Medium/></span>
        <a class="op" class:crit=failed href=href tabindex="-1">{marked(words, named(&span.name))}</a>
        {cut}
        {clock}
        {late}
        {limit::mark(viewer, span.span_id)}
        {waste::mark(viewer, span.span_id)}
        <span class="sv">{marked(words, &span.service)}</span>
    }
    .into_any()
}

/// A name, with the words that were looked for marked in it.
fn marked(words: &[String], name: &str) -> AnyView {
    let places = places(name, words);
    if places.is_empty() {
        return name.to_owned().into_any();
    }
    let (mut pieces, mut at) = (Vec::new(), 0);
    for (from, to) in places {
        pieces.push(name[at..from].to_owned().into_any());
        pieces.push(view! { <mark>{name[from..to].to_owned()}</mark> }.into_any());
        at = to;
    }
    pieces.push(name[at..].to_owned().into_any());
    pieces.into_any()
}

fn missing_name(missing: SpanId) -> AnyView {
    let text = missing.to_string();
    let short = text.get(..4).unwrap_or_default().to_owned();
    view! {
        <span class="kind"><Icon glyph=Glyph::Warn size=Size::Medium/></span>
        <span class="op" title=text>"parent " <code>{short} "…"</code> " not received"</span>
    }
    .into_any()
}

fn similar_name(similar: &SimilarRow, words: &[String]) -> AnyView {
    view! {
        <span class="kind"><Icon glyph=glyph(similar.category, similar.kind) size=Size::Medium/></span>
        <span class="op grp-op">
            <b class="tnum">{format!("×{}", number::count(similar.count as i64))}</b>
            " similar "
            <span class="mono">{marked(words, named(&similar.name))}</span>
        </span>
        <span class="sv">{marked(words, &similar.service)}</span>
    }
    .into_any()
}

/// Folds and unfolds: a link without JavaScript, at once with it.
#[component]
fn Caret(row: Arc<Row>, viewer: Viewer, folded: Memo<bool>) -> impl IntoView {
    let href = viewer.url.get_untracked().with_toggled(row.key(), folded.get_untracked()).href(viewer.trace_id);
    let hides = row.descendants;
    let toggle = move |event: ev::MouseEvent| {
        event.prevent_default();
        event.stop_propagation();
        viewer.toggle(&row);
    };
    view! {
        <a
            class="caret"
            class:open=move || !folded.get()
            href=href
            tabindex="-1"
            aria-label=move || if folded.get() { "Unfold" } else { "Fold" }
            title=format!("{} below", number::count(hides as i64))
            on:click=toggle
        >
            <Icon glyph=Glyph::Caret size=Size::Small/>
        </a>
    }
    .into_any()
}
