//! Attributes, as the client sent them, grouped by what they are about.

use leptos::prelude::*;
use model::Span;
use model::attribute::{Attributes, Text, Value, not_finite};

use super::Section;
use crate::components::icon::Glyph;

/// Characters of a value shown in one line; longer ones get a block of their own.
const LINE_CHARS_MAX: usize = 60;

/// Groups by the first part of the key; keys of no group are "Attributes".
const GROUPS: [(&str, Option<Glyph>, &[&str]); 6] = [
    ("AI", Some(Glyph::Model), &["gen_ai", "llm", "ai", "openinference", "traceloop", "langfuse", "input", "output"]),
    ("Tool", Some(Glyph::Tool), &["tool", "tool_call", "target_tool", "execution_time_ms"]),
    ("Agent", Some(Glyph::Agent), &["agent"]),
    ("HTTP", None, &["http", "url", "server", "client", "network", "net", "user_agent"]),
    ("Database", Some(Glyph::Database), &["db"]),
    ("Queue", Some(Glyph::Queue), &["messaging", "queue"]),
];

/// The key's group, by its first part.
fn group_of(key: &str) -> Option<usize> {
    let first = key.split('.').next().unwrap_or(key);
    GROUPS.iter().position(|(_, _, firsts)| firsts.contains(&first))
}

/// All span attributes but those of the decision, which has its own place.
#[component]
pub fn AttributeGroups(
    /// The span.
    span: Span,
) -> impl IntoView {
    let mut groups: Vec<Vec<(Text, Value)>> = vec![Vec::new(); GROUPS.len() + 1];
    for (key, value) in span.detail.attributes.0 {
        if !key.starts_with("decision.") {
            groups[group_of(&key).unwrap_or(GROUPS.len())].push((key, value));
        }
    }
    let named = GROUPS.iter().map(|(title, glyph, _)| (*title, *glyph)).chain([("Attributes", None)]);
    let sections = named.zip(groups).filter(|(_, attributes)| !attributes.is_empty());
    sections
        .map(|((title, glyph), attributes)| {
            view! {
                <Section title=title.to_owned() glyph count=Some(attributes.len())>
                    <KeyValues attributes=Attributes(attributes)/>
                </Section>
            }
        })
        .collect_view()
}

/// What was decided, how surely, and what else was considered.
#[component]
pub fn Decision(
    /// The span.
    span: Span,
) -> impl IntoView {
    let attributes = &span.detail.attributes;
    let Some(kind) = attributes.get("decision.type").map(shown) else { return ().into_any() };
    let confidence = attributes.get("decision.confidence").map(shown).and_then(|text| text.parse::<f64>().ok());
    let result = attributes.get("decision.result").map(shown);
    let rest = attributes.0.iter().filter(|(key, _)| {
        key.starts_with("decision.")
            && !["decision.type", "decision.confidence", "decision.result"].contains(&key.as_str())
    });
    let rest = Attributes(rest.cloned().collect());
    view! {
        <Section title="Decision".to_owned() glyph=Some(Glyph::Decision)>
            <div class="dec">
                <div class="row">
                    <span class="med">{kind}</span>
                    <span class="spacer"></span>
                    {confidence.map(|confidence| view! { <Confidence confidence/> })}
                </div>
                {result.map(|result| view! { <p>{result}</p> })}
            </div>
            <KeyValues attributes=rest/>
        </Section>
    }
    .into_any()
}

#[component]
fn Confidence(confidence: f64) -> impl IntoView {
    let width = format!("width:{:.0}%", confidence.clamp(0.0, 1.0) * 100.0);
    view! {
        <span class="conf" title="confidence">
            <span class="conf-bar">
                <i style=width></i>
            </span>
            <b class="tnum">{format!("{confidence:.2}")}</b>
        </span>
    }
}

/// Keys and values in the order they were sent.
#[component]
pub fn KeyValues(
    /// What to list.
    attributes: Attributes,
) -> impl IntoView {
    let lines = attributes.0.into_iter().map(|(key, value)| {
        let text = shown(&value);
        let key = key.into_string();
        let long = text.chars().count() > LINE_CHARS_MAX || text.contains('\n');
        view! {
            <div class:long=long>
                <dt class="mono" title=key.clone()>{key.clone()}</dt>
                <dd title=text.clone()>{text.clone()}</dd>
            </div>
        }
    });
    view! { <dl class="kv">{lines.collect_view()}</dl> }
}

/// A value as people read it: text as it is, lists and maps as JSON, raw bytes by their number.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Value::Empty => "(empty)".to_owned(),
        other => json(other).to_string(),
    }
}

/// The value as JSON. Values nest as deep as the decoder lets them, which is less than a stack holds.
fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Empty => serde_json::Value::Null,
        Value::String(text) => text.as_str().into(),
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) => (*number).into(),
        Value::Double(number) if number.is_finite() => (*number).into(),
        Value::Double(number) => not_finite(*number).into(),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()).into(),
        Value::Array(items) => items.iter().map(json).collect(),
        Value::Map(map) => map.0.iter().map(|(key, value)| (key.to_string(), json(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_they_were_sent() {
        let map = Value::Map(Attributes(vec![("a".into(), Value::Array(vec![Value::Int(1), Value::Bool(true)]))]));
        for (value, text) in [
            (Value::String("x \"y\"".into()), "x \"y\""),
            (Value::Int(-3), "-3"),
            (Value::Double(0.1), "0.1"),
            (Value::Double(f64::NAN), "\"NaN\""),
            (Value::Bytes(vec![1, 2]), "2 bytes"),
            (Value::Empty, "(empty)"),
            (map, r#"{"a":[1,true]}"#),
        ] {
            assert_eq!(shown(&value), text);
        }
    }

    #[test]
    fn a_key_belongs_to_the_group_of_its_first_part() {
        let title = |key| group_of(key).map(|group| GROUPS[group].0);
        assert_eq!(title("gen_ai.request.model"), Some("AI"));
        assert_eq!(title("http.method"), Some("HTTP"));
        assert_eq!(title("httpx.version"), None);
        assert_eq!(title("tenant"), None);
    }
}
