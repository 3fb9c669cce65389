//! What happened within a span, exceptions first.

use leptos::prelude::*;
use model::Span;
use model::span::{Event, Status};

use super::Section;
use super::attributes::KeyValues;
use crate::components::icon::Glyph;
use crate::format::duration;

/// Exceptions with their stacks; a failure without one shows what the client said about it.
#[component]
pub fn Exceptions(
    /// The span.
    span: Span,
) -> impl IntoView {
    let exceptions: Vec<Event> = span.detail.events.into_iter().filter(is_exception).collect();
    let message = span.status_message.filter(|message| !message.is_empty());
    if exceptions.is_empty() && span.status != Status::Error {
        return ().into_any();
    }
    let count = (!exceptions.is_empty()).then_some(exceptions.len());
    let title = if exceptions.is_empty() { "Failure" } else { "Exception" };
    let blocks = exceptions.iter().map(exception).collect_view();
    view! {
        <Section title=title.to_owned() glyph=Some(Glyph::Error) count>
            {message.map(|message| view! { <p class="pad status-message">{message}</p> })}
            {blocks}
        </Section>
    }
    .into_any()
}

fn is_exception(event: &Event) -> bool {
    event.name == "exception"
}

fn exception(event: &Event) -> impl IntoView + use<> {
    let text = |key: &str| event.attributes.text(key).map(ToOwned::to_owned);
    let kind = text("exception.type").unwrap_or_else(|| "exception".to_owned());
    view! {
        <div class="exc">
            <b>{kind}</b>
            {text("exception.message").map(|message| view! { <p>{message}</p> })}
            {text("exception.stacktrace").map(|stack| view! { <pre class="mono" tabindex="0">{stack}</pre> })}
        </div>
    }
}

/// Every event with its time and attributes.
#[component]
pub fn Events(
    /// The span.
    span: Span,
) -> impl IntoView {
    let events = span.detail.events;
    if events.is_empty() {
        return ().into_any();
    }
    let count = Some(events.len());
    let lines = events.into_iter().map(|event| {
        let offset = duration::offset(event.time.0.saturating_sub(span.start.0));
        let failed = is_exception(&event);
        // The stack stands with the exception.
        let attributes = if failed { Default::default() } else { event.attributes };
        view! {
            <li class:x=failed>
                <time class="tnum">{offset}</time>
                <span>{event.name}</span>
            </li>
            {(!attributes.is_empty()).then(|| view! { <li class="ev-kv"><KeyValues attributes/></li> })}
        }
    });
    let lines = lines.collect_view();
    view! {
        <Section title="Events".to_owned() count>
            <ol class="evs">{lines}</ol>
        </Section>
    }
    .into_any()
}
