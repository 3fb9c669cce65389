//! Spans elsewhere that belong to this one: those it refers to, and those that refer to it.

use leptos::prelude::*;
use model::Span;
use model::space::Within;
use model::trace::linking;

use super::Section;
use super::at::{At, Of};
use super::value::KeyValues;
use crate::components::icon::Glyph;
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;

/// Links in the drawer: who fans in thousands of messages reads them elsewhere.
const LINKS_MAX: usize = 50;

/// Spans elsewhere that this one refers to.
#[component]
pub fn Links(
    /// The span.
    span: Span,
    /// Where its trace is: what it refers to was sent by the same.
    within: Within,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let links = span.detail.links;
    if links.is_empty() {
        return ().into_any();
    }
    let count = Some(links.len());
    let over = links.len().saturating_sub(LINKS_MAX);
    let json = at.json();
    let lines = links.into_iter().enumerate().take(LINKS_MAX).map(|(number, link)| {
        let view = TraceUrl { within: within.clone(), span: Some(link.span_id), ..TraceUrl::default() };
        let href = view.href(link.trace_id);
        let text = format!("{} · {}", link.trace_id.short(), link.span_id);
        view! {
            <p class="pad muted">"Follows " <a class="link mono" href=href>{text}</a></p>
            {(!link.attributes.is_empty())
                .then(|| view! { <KeyValues attributes=link.attributes of=Of::Link(number) at=at.clone()/> })}
        }
    });
    let lines = lines.collect_view();
    view! {
        <Section title="Links".to_owned() glyph=Some(Glyph::Link) count>
            {lines}
            {(over > 0)
                .then(|| {
                    view! {
                        <p class="pad muted">
                            {format!("{over} more are not shown here. ")}
                            <a class="link" href=json rel="external" target="_blank">"All of them as JSON"</a>
                        </p>
                    }
                })}
        </Section>
    }
    .into_any()
}

/// Spans elsewhere that refer to this one.
#[component]
pub fn Linking(
    /// The first of them.
    linking: linking::Linking,
) -> impl IntoView {
    if linking.spans.is_empty() {
        return ().into_any();
    }
    let count = Some(linking.spans.len());
    let lines = linking.spans.into_iter().map(|span| {
        let view = TraceUrl { within: span.within, span: Some(span.span_id), ..TraceUrl::default() };
        let href = view.href(span.trace_id);
        view! {
            <p class="pad muted">
                <a class="link" href=href>{named(&span.operation).to_owned()}</a>
                {format!(" of {} in {}", span.service, span.trace_id.short())}
            </p>
        }
    });
    let lines = lines.collect_view();
    view! {
        <Section title="Linked from".to_owned() glyph=Some(Glyph::Link) count>
            {lines}
            {linking.more.then(|| view! { <p class="pad muted">"There are more; these began first."</p> })}
        </Section>
    }
    .into_any()
}
