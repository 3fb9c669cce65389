//! What happened within a span, exceptions first.

use leptos::prelude::*;
use model::Span;
use model::conversation::Excerpt;
use model::span::{Event, Status};

use super::Section;
use super::at::{At, Of};
use super::fold::Folded;
use super::value::KeyValues;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::duration;
use crate::format::number::counted;

/// Events in the drawer; the others are counted, and in the JSON of the span.
const EVENTS_MAX: usize = 100;

/// Exceptions shown with their stacks: retries repeat one, and the first of them tell why.
const EXCEPTIONS_MAX: usize = 5;

/// Lines of a stack that are seen before anybody asks for more: where it was thrown, and who called.
const STACK_LINES: usize = 8;

/// Exceptions with their stacks; a failure without one shows what the client said about it.
#[component]
pub fn Exceptions(
    /// The span.
    span: Span,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let exceptions: Vec<(usize, &Event)> =
        span.detail.events.iter().enumerate().filter(|(_, event)| is_exception(event)).collect();
    let message = span.status_message.clone().filter(|message| !message.is_empty());
    if exceptions.is_empty() && span.status != Status::Error {
        return ().into_any();
    }
    let count = (!exceptions.is_empty()).then_some(exceptions.len());
    let title = if exceptions.is_empty() { "Failure" } else { "Exception" };
    let over = exceptions.len().saturating_sub(EXCEPTIONS_MAX);
    let blocks = exceptions.iter().take(EXCEPTIONS_MAX).map(|(number, event)| exception(*number, event, &at));
    let blocks = blocks.collect_view();
    view! {
        <Section title=title.to_owned() glyph=Some(Glyph::Error) count>
            {message.map(|message| view! { <p class="pad status-message">{message}</p> })}
            {blocks}
            {(over > 0).then(|| view! { <Others over what="exception" at/> })}
        </Section>
    }
    .into_any()
}

fn is_exception(event: &Event) -> bool {
    event.name == "exception"
}

fn exception(number: usize, event: &Event, at: &At) -> AnyView {
    let text = |key: &str| event.attributes.text(key).map(ToOwned::to_owned);
    let kind = text("exception.type").unwrap_or_else(|| "exception".to_owned());
    let whole = |key: &str| at.value(Of::Event(number), key);
    let message = text("exception.message").map(|message| match message.len() <= Excerpt::BYTES_MAX {
        true => view! { <p>{message}</p> }.into_any(),
        false => view! { <Folded excerpt=Excerpt::words(&message) whole=whole("exception.message")/> }.into_any(),
    });
    let stack = text("exception.stacktrace").map(|stack| view! { <Stack stack whole=whole("exception.stacktrace")/> });
    view! {
        <div class="exc">
            <b>{kind}</b>
            {message}
            {stack}
        </div>
    }
    .into_any()
}

/// A stack, the lines after the first ones folded.
#[component]
fn Stack(stack: String, #[prop(optional_no_strip)] whole: Option<String>) -> impl IntoView {
    let lines = stack.lines().count();
    if stack.len() > Excerpt::BYTES_MAX {
        return view! { <Folded excerpt=Excerpt::words(&stack) whole/> }.into_any();
    }
    let (first, rest) = split_lines(&stack, STACK_LINES);
    let more = (!rest.is_empty()).then(|| {
        view! {
            <details class="exc__more">
                <summary>{format!("{} more", counted(lines.saturating_sub(STACK_LINES) as i64, "line"))}</summary>
                <pre class="mono" tabindex="0" data-value="">{rest.to_owned()}</pre>
            </details>
        }
    });
    view! {
        <div class="exc__stack" data-copies="">
            <pre class="mono" tabindex="0" data-value="">{first.to_owned()}</pre>
            {more}
            <button type="button" class="btn needs-js" data-does="copy">
                <Icon glyph=Glyph::Copy size=Size::Medium/>
                <span aria-live="polite">"Copy stack"</span>
            </button>
        </div>
    }
    .into_any()
}

/// The first lines of a text, and what comes after them.
fn split_lines(text: &str, lines: usize) -> (&str, &str) {
    match text.match_indices('\n').nth(lines.saturating_sub(1)) {
        Some((end, _)) => (&text[..end], &text[end + 1..]),
        None => (text, ""),
    }
}

/// Every event with its time and attributes.
#[component]
pub fn Events(
    /// The span.
    span: Span,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let events = span.detail.events;
    if events.is_empty() {
        return ().into_any();
    }
    let count = Some(events.len());
    let over = events.len().saturating_sub(EVENTS_MAX);
    let lines = events.into_iter().enumerate().take(EVENTS_MAX).map(|(number, event)| {
        let offset = duration::offset(event.time.0.saturating_sub(span.start.0));
        let failed = is_exception(&event);
        // The stack stands with the exception.
        let attributes = if failed { Default::default() } else { event.attributes };
        let name = if event.name.is_empty() { "unnamed".to_owned() } else { event.name };
        let at = at.clone();
        view! {
            <li class:x=failed>
                <time class="tnum">{offset}</time>
                <span class="trunc">{name}</span>
            </li>
            {(!attributes.is_empty())
                .then(|| view! { <li class="ev-kv"><KeyValues attributes of=Of::Event(number) at/></li> })}
        }
    });
    let lines = lines.collect_view();
    view! {
        <Section title="Events".to_owned() count>
            <ol class="evs">{lines}</ol>
            {(over > 0).then(|| view! { <Others over what="event" at/> })}
        </Section>
    }
    .into_any()
}

/// How many are not shown, and where they are.
#[component]
fn Others(over: usize, what: &'static str, at: At) -> impl IntoView {
    view! {
        <p class="pad muted">
            {format!("{} more not shown here. ", counted(over as i64, what))}
            <a class="link" href=at.json() rel="external" target="_blank">"All of them as JSON"</a>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_split_after_its_first_lines() {
        assert_eq!(split_lines("a\nb\nc", 2), ("a\nb", "c"));
        assert_eq!(split_lines("a\nb", 2), ("a\nb", ""));
        assert_eq!(split_lines("", 2), ("", ""));
    }
}
