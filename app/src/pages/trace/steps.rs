//! Steps from span to span that every view offers: the next failed one, the one before, the dearest. The waterfall takes them by
//! itself; elsewhere they are links, which say which key they have.

use leptos::prelude::*;
use model::SpanId;
use model::trace::waterfall::{Layout, Row};
use serde::{Deserialize, Serialize};

use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::sheet::Sheet;

/// Where steps lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// The failed span after the opened one; goes round at the end.
    pub next_failed: Option<SpanId>,
    /// The failed span before it.
    pub previous_failed: Option<SpanId>,
    /// The span with the highest own cost.
    pub dearest: Option<SpanId>,
}

impl Steps {
    /// The steps from a row, or from the beginning.
    pub fn from(layout: &Layout, row: Option<usize>) -> Self {
        let failed = &layout.overview.failed_rows;
        let next = failed.iter().find(|failed| row.is_none_or(|row| **failed > row)).or(failed.first());
        let previous = failed.iter().rev().find(|failed| row.is_some_and(|row| **failed < row)).or(failed.last());
        let span = |row: usize| layout.waterfall.rows([row]).first().and_then(Row::span_id);
        Self {
            next_failed: next.and_then(|row| span(*row)),
            previous_failed: previous.and_then(|row| span(*row)),
            dearest: layout.overview.dearest_row.and_then(span),
        }
    }
}

/// The steps as links.
#[component]
pub fn StepLinks(
    /// Where they lead.
    steps: Steps,
    /// The trace.
    sheet: Sheet,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    let link = |span: Option<SpanId>, key: &'static str, what: &'static str| {
        // A part of the trace that is shown alone may not have it.
        let url = url.with_span(Some(span?)).with_option("root", None);
        Some(view! {
            <a href=url.href(sheet.trace_id) aria-keyshortcuts=key data-noscroll>
                <kbd>{key}</kbd>
                {what}
            </a>
        })
    };
    let links = [
        link(steps.next_failed, "e", "next error"),
        link(steps.previous_failed, "E", "previous error"),
        link(steps.dearest, "$", "dearest"),
    ];
    view! { <nav class="steps" aria-label="Steps">{links.into_iter().flatten().collect_view()}</nav> }.into_any()
}
