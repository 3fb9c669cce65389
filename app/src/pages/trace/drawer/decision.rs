//! What was decided, how surely, by which factors, and what else was considered.

use leptos::prelude::*;
use model::Span;
use model::attribute::Attributes;
use model::masked::is_masked;
use serde_json::Value as Json;

use super::Section;
use super::at::{At, Of};
use super::attributes::Listed;
use super::value::{KeyValues, Look, look};
use crate::components::icon::Glyph;

/// Factors or alternatives that are listed; the others stay readable as they were sent.
const WEIGHED_MAX: usize = 20;

/// Something that was weighed, and how much.
#[derive(Debug, Clone, PartialEq)]
struct Weighed {
    what: String,
    weight: Option<String>,
}

/// The section; nothing for a span that decided nothing.
#[component]
pub fn Decision(
    /// The span.
    span: Span,
    /// Its attributes about the decision.
    attributes: Attributes,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let sent = &span.detail.attributes;
    let line = |key: &str| match look(sent.get(key)?) {
        Look::Line(text) => Some(text),
        Look::Block(excerpt) => Some(excerpt.text),
        Look::Nothing | Look::Masked => None,
    };
    let Some(kind) = line("decision.type") else {
        return view! { <Listed title="Decision" glyph=Some(Glyph::Decision) attributes at/> }.into_any();
    };
    let confidence =
        line("decision.confidence").and_then(|text| text.parse::<f64>().ok()).filter(|share| share.is_finite());
    let result = line("decision.result");
    let weighed = |key: &str| line(key).and_then(|text| weighed(&text));
    let (factors, alternatives) = (weighed("decision.factors"), weighed("decision.alternatives"));
    // What is shown in words needs no line; what could not be read stays as it was sent.
    let told = [
        ("decision.type", true),
        ("decision.confidence", confidence.is_some()),
        ("decision.result", result.is_some()),
        ("decision.factors", factors.is_some()),
        ("decision.alternatives", alternatives.is_some()),
    ];
    let is_told = |key: &str| told.iter().any(|(name, is_told)| *name == key && *is_told);
    let rest = Attributes(attributes.0.into_iter().filter(|(key, _)| !is_told(key)).collect());
    view! {
        <Section title="Decision".to_owned() glyph=Some(Glyph::Decision)>
            <div class="dec">
                <div class="row">
                    <span class="med">{kind}</span>
                    <span class="spacer"></span>
                    {confidence.map(|confidence| view! { <Confidence confidence/> })}
                </div>
                {result.map(|result| view! { <p>{result}</p> })}
                {factors.map(|factors| view! { <Considered title="Factors" weighed=factors/> })}
                {alternatives.map(|others| view! { <Considered title="Considered" weighed=others/> })}
            </div>
            <KeyValues attributes=rest of=Of::Span at/>
        </Section>
    }
    .into_any()
}

#[component]
fn Confidence(confidence: f64) -> impl IntoView {
    let width = format!("width:{:.0}%", confidence.clamp(0.0, 1.0) * 100.0);
    view! {
        <span class="conf">
            <span class="vh">"confidence "</span>
            <span class="conf-bar" aria-hidden="true">
                <i style=width></i>
            </span>
            <b class="tnum">{format!("{confidence:.2}")}</b>
        </span>
    }
}

#[component]
fn Considered(title: &'static str, weighed: Vec<Weighed>) -> impl IntoView {
    let items = weighed.into_iter().map(|Weighed { what, weight }| {
        view! {
            <li>
                <span>{what}</span>
                {weight.map(|weight| view! { <b class="tnum">{weight}</b> })}
            </li>
        }
    });
    view! {
        <div class="alts">
            <span>{title}</span>
            <ul>{items.collect_view()}</ul>
        </div>
    }
}

/// A list of things with or without a weight, in the ways programs write one; `None` for anything else, or more than are listed.
fn weighed(text: &str) -> Option<Vec<Weighed>> {
    if is_masked(text) {
        return None;
    }
    let found: Vec<Weighed> = match serde_json::from_str::<Json>(text) {
        Ok(Json::Object(members)) => {
            members.into_iter().map(|(what, weight)| named(what, &weight)).collect::<Option<_>>()?
        }
        Ok(Json::Array(items)) => items.iter().map(item).collect::<Option<_>>()?,
        Ok(_) => return None,
        Err(_) if text.trim_start().starts_with(['{', '[']) => return None,
        // Plain words are a list with commas.
        Err(_) => text.split(',').map(|what| Weighed { what: what.trim().to_owned(), weight: None }).collect(),
    };
    (!found.is_empty() && found.len() <= WEIGHED_MAX).then_some(found)
}

fn named(what: String, weight: &Json) -> Option<Weighed> {
    Some(Weighed { what, weight: Some(scalar(weight)?) })
}

fn item(item: &Json) -> Option<Weighed> {
    let Json::Object(members) = item else { return Some(Weighed { what: scalar(item)?, weight: None }) };
    let first = |keys: &[&str]| keys.iter().find_map(|key| scalar(members.get(*key)?));
    let what = first(&["name", "factor", "option", "alternative", "action", "type", "result", "label"])?;
    Some(Weighed { what, weight: first(&["confidence", "score", "weight", "value", "probability"]) })
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Option<Vec<(String, Option<String>)>> {
        let mut found: Vec<_> = weighed(text)?.into_iter().map(|one| (one.what, one.weight)).collect();
        found.sort();
        Some(found)
    }

    #[test]
    fn factors_and_alternatives_are_read_in_the_ways_programs_write_them() {
        let (edit, ask) = (("edit".to_owned(), Some("0.61".to_owned())), ("ask".to_owned(), Some("0.22".to_owned())));
        let both = Some(vec![ask.clone(), edit.clone()]);
        assert_eq!(pairs(r#"{"edit": 0.61, "ask": 0.22}"#), both);
        assert_eq!(pairs(r#"[{"option": "ask", "confidence": 0.22}, {"name": "edit", "score": 0.61}]"#), both);
        let words = Some(vec![("ask".to_owned(), None), ("edit".to_owned(), None)]);
        assert_eq!(pairs(r#"["edit", "ask"]"#), words);
        assert_eq!(pairs("edit, ask"), words);
    }

    #[test]
    fn what_is_no_list_stays_as_it_was_sent() {
        for text in ["***", "{\"a\": {\"b\": 1}}", "{\"cut", "[[1]]", "3", "[]"] {
            assert_eq!(pairs(text), None, "{text}");
        }
        assert_eq!(pairs(&"a,".repeat(40)), None, "more than are listed");
    }
}
