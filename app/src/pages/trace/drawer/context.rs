//! Whose a span is, where it ran, and what was odd about it.

use leptos::prelude::*;
use model::Span;
use model::attribute::{Attributes, Value};
use model::cost::{Dimension, Owner};
use model::owner::{NamedAbove, OwnerSource, Provenance};
use model::span::DataTag;

use super::Section;
use super::at::{At, Of};
use super::value::KeyValues;
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::owner::OwnerLink;
use crate::format::duration;

/// What was odd about the span and what was done about it.
#[component]
pub fn Warnings(
    /// The span.
    span: Span,
    /// How long after its end it came, when that was late.
    #[prop(optional_no_strip)]
    late_ns: Option<i64>,
) -> impl IntoView {
    let [attributes, events, links] = span.detail.dropped;
    let dropped = [(attributes, "attributes"), (events, "events"), (links, "links")];
    let dropped = dropped.into_iter().filter(|(count, _)| *count > 0);
    let dropped = dropped.map(|(count, what)| format!("The client itself dropped {count} {what}."));
    let late = late_ns.map(|ns| format!("It came {} after it had ended.", duration::nanos(ns)));
    let warnings: Vec<String> = span.detail.warnings.into_iter().chain(dropped).chain(late).collect();
    if warnings.is_empty() {
        return ().into_any();
    }
    let count = Some(warnings.len());
    let lines = warnings.into_iter().map(|text| {
        view! {
            <li class="warn-t">
                <Icon glyph=Glyph::Warn size=Size::Small/>
                <span>{text}</span>
            </li>
        }
    });
    let lines = lines.collect_view();
    view! {
        <Section title="Warnings".to_owned() count>
            <ul class="checks">{lines}</ul>
        </Section>
    }
    .into_any()
}

/// Who pays, for whom and for what, and how that is known.
#[component]
pub fn Ownership(
    /// The span.
    span: Span,
    /// Who named what it inherits.
    above: NamedAbove,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let known = span.known;
    let notes = [
        ("tenant", known.tenant, above.tenant),
        ("user", known.user, above.user),
        ("capability", known.capability, above.capability),
    ];
    let notes = notes.into_iter().filter_map(|(what, known, above)| {
        let words = told(known, above)?;
        Some(view! { <li class="muted">{format!("{what}: {words}")}</li> })
    });
    let notes = notes.collect_view();
    let owners =
        [(Dimension::Tenant, span.tenant), (Dimension::User, span.user), (Dimension::Capability, span.capability)];
    let owners: Vec<Owner> =
        owners.into_iter().filter_map(|(dimension, key)| Some(Owner { dimension, key: Some(key?) })).collect();
    let tag = (span.data_tag != DataTag::ExportOk).then(|| span.data_tag.to_string());
    let lines = named([("session", span.session), ("environment", span.environment), ("data_tag", tag)]);
    let count = owners.len() + lines.0.len();
    if count == 0 {
        return ().into_any();
    }
    let owners = owners.into_iter().map(|owner| {
        view! {
            <div>
                <dt class="mono">{owner.dimension.as_str()}</dt>
                <dd><OwnerLink owner/></dd>
            </div>
        }
    });
    view! {
        <Section title="Ownership".to_owned() count=Some(count)>
            <dl class="kv">{owners.collect_view()}</dl>
            <KeyValues attributes=lines of=Of::Known at/>
            <ul class="checks">{notes}</ul>
        </Section>
    }
    .into_any()
}

/// How an owner is known, where it does not go without saying: it was not named on the span itself.
fn told(known: Provenance, above: Option<String>) -> Option<String> {
    let from = |source: OwnerSource| match source {
        OwnerSource::Resource => Some("said by the resource"),
        OwnerSource::Carried => Some("carried along in the trace state"),
        OwnerSource::Key => Some("by the key it was sent with"),
        OwnerSource::Span | OwnerSource::Nobody => None,
    };
    if !known.inherited {
        return from(known.source).map(str::to_owned);
    }
    let above = above.filter(|name| !name.is_empty()).unwrap_or_else(|| "a span above".to_owned());
    let more = from(known.source).map(|words| format!(", {words} there")).unwrap_or_default();
    Some(format!("inherited from {above}{more}"))
}

/// The process the span came from, and the library that made it.
#[component]
pub fn Resource(
    /// The span.
    span: Span,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let scope = named([
        ("scope.name", Some(span.detail.scope_name).filter(|name| !name.is_empty())),
        ("scope.version", Some(span.detail.scope_version).filter(|version| !version.is_empty())),
    ]);
    view! {
        {section("Resource", span.detail.resource.as_ref().clone(), Of::Resource, at.clone())}
        {section("Instrumentation", scope, Of::Known, at)}
    }
}

/// How the span hangs together with others.
#[component]
pub fn Context(
    /// The span.
    span: Span,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let lines = named([
        ("trace_id", Some(span.trace_id.to_string())),
        ("span_id", Some(span.span_id.to_string())),
        ("parent_span_id", span.parent_span_id.map(|parent| parent.to_string())),
        ("peer", span.peer),
        ("tracestate", Some(span.detail.trace_state).filter(|state| !state.is_empty())),
    ]);
    section("Context", lines, Of::Known, at)
}

/// The pairs that have a value.
fn named<const N: usize>(pairs: [(&str, Option<String>); N]) -> Attributes {
    let pairs = pairs.into_iter().filter_map(|(key, value)| Some((key.into(), Value::from(value?))));
    Attributes(pairs.collect())
}

fn section(title: &'static str, lines: Attributes, of: Of, at: At) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    view! {
        <Section title=title.to_owned() count=Some(lines.0.len())>
            <KeyValues attributes=lines of at/>
        </Section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_that_the_span_does_not_name_says_where_it_came_from() {
        let named = Provenance::own(OwnerSource::Span);
        assert_eq!(told(named, None), None);
        let parent = Some("parent_request".to_owned());
        assert_eq!(told(named.passed_on(), parent.clone()).as_deref(), Some("inherited from parent_request"));
        let program = Provenance::own(OwnerSource::Resource);
        assert_eq!(told(program, None).as_deref(), Some("said by the resource"));
        let words = "inherited from parent_request, said by the resource there";
        assert_eq!(told(program.passed_on(), parent).as_deref(), Some(words));
        assert_eq!(told(named.passed_on(), None).as_deref(), Some("inherited from a span above"));
    }
}
