//! What was found in a trace as links, for a browser that does not step through it by itself.

use leptos::prelude::*;
use model::SpanId;
use serde::{Deserialize, Serialize};

use super::read::TraceView;
use crate::format::{duration, number};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;

/// Found spans that are listed.
pub const LISTED_MAX: usize = 20;

/// A found span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Which it is.
    pub span_id: SpanId,
    /// Its operation.
    pub name: String,
    /// Its service.
    pub service: String,
    /// When it began, in nanoseconds after the start of the trace.
    pub offset_ns: i64,
}

/// The first of what was found.
#[component]
pub fn Matches(
    /// The trace.
    view: TraceView,
    /// The view it is in.
    url: TraceUrl,
) -> impl IntoView {
    let Some(Ok(found)) = &view.sheet.found else { return ().into_any() };
    let trace_id = view.sheet.trace_id;
    let beyond = found.total.saturating_sub(view.matches.len());
    let beyond = (beyond > 0).then(|| {
        view! { <li class="muted">{format!("and {} more", number::count(beyond as i64))}</li> }
    });
    let lines = view.matches.into_iter().map(|found| {
        let href = url.with_span(Some(found.span_id)).href(trace_id);
        view! {
            <li>
                <a class="link" href=href>{named(&found.name).to_owned()}</a>
                " "
                <span class="muted">{format!("{} {}", found.service, duration::offset(found.offset_ns))}</span>
            </li>
        }
    });
    view! {
        <nav class="wf-matches no-js" aria-label="Found spans">
            <ol>{lines.collect_view()} {beyond}</ol>
        </nav>
    }
    .into_any()
}
