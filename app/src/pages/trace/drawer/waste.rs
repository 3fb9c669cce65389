//! What is said of a span whose own cost was avoidable.

use leptos::prelude::*;
use model::trace::waste::Mark;
use model::{SpanId, TraceId};

use crate::components::icon::{Glyph, Icon, Size};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;
use crate::islands::waterfall::waste::before_name;

/// The note of one; nothing for every other span.
pub fn note(mark: Option<Mark>, span_id: SpanId, trace_id: TraceId, url: &TraceUrl) -> Option<AnyView> {
    let mark = mark?;
    let before = before_name(&mark, span_id);
    let because = (mark.because != span_id).then(|| {
        let href = url.with_span(Some(mark.because)).href(trace_id);
        view! { <a class="link" href=href>{named(&mark.operation).to_owned()}</a> }
    });
    let note = view! {
        <p class="banner warn waste-note" role="note">
            <Icon glyph=Glyph::Warn size=Size::Medium/>
            <span>"Its cost was avoidable: " {before} {because} "."</span>
        </p>
    };
    Some(note.into_any())
}
