//! One value of a span: what it says, how it is copied, where it leads.

use leptos::prelude::*;
use model::attribute::{Attributes, Value};
use model::conversation::Excerpt;
use model::masked::is_masked;

use super::at::{At, Of};
use super::fold::Folded;
use crate::components::icon::{Glyph, Icon, Size};

/// Bytes of a value shown in one line; longer ones get a block of their own.
const LINE_BYTES_MAX: usize = 60;

/// Values in one list: some screens. The others are counted, and in the JSON of the span.
const VALUES_MAX: usize = 200;

/// From here on the status of an answer is a failure.
const FAILED_STATUS_MIN: i64 = 400;

/// How a value is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Nothing was sent.
    Nothing,
    /// Somebody hid it.
    Masked,
    /// In the line of its key.
    Line(String),
    /// Below its key.
    Block(Excerpt),
}

/// Text as it is, lists and maps as JSON, raw bytes by their number.
pub fn look(value: &Value) -> Look {
    let fits = |text: &str| text.len() <= LINE_BYTES_MAX && !text.contains('\n');
    match value {
        Value::Empty => Look::Nothing,
        Value::String(text) if text.is_empty() => Look::Nothing,
        Value::String(text) if is_masked(text) => Look::Masked,
        Value::String(text) if fits(text) => Look::Line(text.to_string()),
        Value::String(text) if !text.trim_start().starts_with(['{', '[']) => Look::Block(Excerpt::words(text)),
        Value::Bytes(bytes) => Look::Line(format!("{} bytes", bytes.len())),
        other => match other.to_json() {
            serde_json::Value::String(text) if fits(&text) => Look::Line(text),
            json @ (serde_json::Value::Array(_) | serde_json::Value::Object(_)) => {
                let text = json.to_string();
                if fits(&text) { Look::Line(text) } else { Look::Block(Excerpt::of(&json)) }
            }
            json @ serde_json::Value::String(_) => Look::Block(Excerpt::of(&json)),
            json => Look::Line(json.to_string()),
        },
    }
}

/// Keys and values in their order.
#[component]
pub fn KeyValues(
    /// What to list.
    attributes: Attributes,
    /// What it is of.
    of: Of,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let over = attributes.0.len().saturating_sub(VALUES_MAX);
    let rows = attributes.0.iter().take(VALUES_MAX).map(|(key, value)| row(key, value, of, &at)).collect_view();
    let rest = (over > 0).then(|| {
        view! {
            <p class="pad muted">
                {format!("{over} more are not shown here. ")}
                <a class="link" href=at.json() rel="external" target="_blank">"All of them as JSON"</a>
            </p>
        }
    });
    view! {
        <dl class="kv">{rows}</dl>
        {rest}
    }
    .into_any()
}

fn row(key: &str, value: &Value, of: Of, at: &At) -> AnyView {
    let look = look(value);
    let long = matches!(look, Look::Block(_));
    let failed = key.ends_with("status_code") && is_failed(value);
    let filter = match &look {
        Look::Line(text) => at.traces(key, text),
        _ => None,
    };
    let is_whole = match &look {
        Look::Line(_) => true,
        Look::Block(excerpt) => !excerpt.is_cut(),
        Look::Nothing | Look::Masked => false,
    };
    let shown = match look {
        Look::Nothing => view! { <span class="muted">"(empty)"</span> }.into_any(),
        Look::Masked => view! { <span class="badge" title="Hidden before it was sent">"masked"</span> }.into_any(),
        Look::Line(text) if failed => view! { <span class="badge crit" data-value="">{text}</span> }.into_any(),
        Look::Line(text) => {
            view! { <span class="trunc" data-value="" title=text.clone()>{text.clone()}</span> }.into_any()
        }
        Look::Block(excerpt) => view! { <Folded excerpt whole=at.value(of, key)/> }.into_any(),
    };
    let key = key.to_owned();
    view! {
        <div class="kv-row" class:long=long data-copies="">
            <dt class="mono" title=key.clone()>{key.clone()}</dt>
            <dd>
                {shown}
                <span class="kv-act">
                    {filter.map(|href| view! { <FilterLink href key=key.clone()/> })}
                    {is_whole.then(|| view! { <CopyValue key/> })}
                </span>
            </dd>
        </div>
    }
    .into_any()
}

fn is_failed(value: &Value) -> bool {
    let status = match value {
        Value::Int(status) => Some(*status),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    status.is_some_and(|status| status >= FAILED_STATUS_MIN)
}

#[component]
fn FilterLink(href: String, key: String) -> impl IntoView {
    let words = format!("Traces with this {key}");
    view! {
        <a class="ibtn xs" href=href title=words.clone() aria-label=words.clone()>
            <Icon glyph=Glyph::Filter size=Size::Small/>
        </a>
    }
}

/// Copies the value of its row.
#[component]
fn CopyValue(key: String) -> impl IntoView {
    let words = format!("Copy {key}");
    view! {
        <button type="button" class="ibtn xs needs-js" data-does="copy" title=words.clone() aria-label=words.clone()>
            <Icon glyph=Glyph::Copy size=Size::Small/>
            <Icon glyph=Glyph::Check size=Size::Small/>
            <span class="vh" aria-live="polite"></span>
        </button>
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
            (Value::Double(f64::NAN), "NaN"),
            (Value::Bytes(vec![1, 2]), "2 bytes"),
            (Value::String("{\"a\": 1}".into()), "{\"a\": 1}"),
            (map, r#"{"a":[1,true]}"#),
        ] {
            assert_eq!(look(&value), Look::Line(text.to_owned()));
        }
        assert_eq!(look(&Value::Empty), Look::Nothing);
    }

    #[test]
    fn json_in_long_text_is_laid_out_and_other_text_is_not() {
        let long = "x".repeat(80);
        let Look::Block(json) = look(&format!("{{\"a\":\"{long}\"}}").into()) else { panic!("a block") };
        assert_eq!((json.json, json.text.lines().count()), (true, 3));
        let Look::Block(words) = look(&long.clone().into()) else { panic!("a block") };
        assert_eq!((words.json, words.text), (false, long));
    }

    #[test]
    fn hidden_values_stay_hidden() {
        assert_eq!(look(&"***".into()), Look::Masked);
        assert_eq!(look(&"[REDACTED]".into()), Look::Masked);
    }

    #[test]
    fn a_value_of_megabytes_is_cut_and_says_so() {
        let Look::Block(excerpt) = look(&"x".repeat(5 << 20).into()) else { panic!("a block") };
        assert_eq!((excerpt.bytes, excerpt.is_cut()), (5 << 20, true));
    }
}
