//! Annotations as events. Zipkin's annotation is a time and a text; exporters that have more to say write it into the text.
//!
//! | who | how |
//! |---|---|
//! | OpenTelemetry, by its specification | `"name": {"key": value}` |
//! | the Python SDK | `{"name": {"key": value}}` |
//! | the Go SDK | `name: {"key": value}` |
//! | the Collector | `name\|{"key": value}\|dropped attributes` |
//! | everybody else | `name` |

use model::attribute::Attributes;
use serde_json::Value as Json;

use crate::json::{Members, plain};
use crate::raw::RawEvent;

/// The event that an annotation is.
pub fn read(time_ns: u64, text: String, warnings: &mut Vec<String>) -> RawEvent {
    match object(&text).or_else(|| quoted(&text)).or_else(|| colon(&text)).or_else(|| bars(&text)) {
        Some((name, members)) => RawEvent { time_ns, name, attributes: plain::attributes(members, warnings) },
        None => RawEvent { time_ns, name: text, attributes: Attributes::default() },
    }
}

type Named = (String, Members);

/// `{"name": {..}}`; an event without attributes may have `null` there.
fn object(text: &str) -> Option<Named> {
    if !text.starts_with('{') {
        return None;
    }
    let mut outer = serde_json::from_str::<Members>(text).ok()?.into_iter();
    match (outer.next()?, outer.next()) {
        ((name, Json::Object(members)), None) => Some((name, members)),
        ((name, Json::Null), None) => Some((name, Members::default())),
        _ => None,
    }
}

/// `"name": {..}`
fn quoted(text: &str) -> Option<Named> {
    if !text.starts_with('"') {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
    let name = values.next()?.ok()?;
    let rest = text.get(values.byte_offset()..)?.trim_start().strip_prefix(':')?;
    Some((name, serde_json::from_str(rest).ok()?))
}

/// `name: {..}`
fn colon(text: &str) -> Option<Named> {
    if !text.ends_with('}') {
        return None;
    }
    let (name, rest) = text.split_once(": {")?;
    Some((name.to_owned(), braced(rest)?))
}

/// `name|{..}|0`
fn bars(text: &str) -> Option<Named> {
    let (front, dropped) = text.rsplit_once('|')?;
    dropped.parse::<u32>().ok()?;
    let (name, rest) = front.split_once("|{")?;
    Some((name.to_owned(), braced(rest)?))
}

/// The members of an object whose opening brace has been taken off.
fn braced(rest: &str) -> Option<Members> {
    serde_json::from_str(&format!("{{{rest}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_and_why(text: &str) -> (String, Option<String>) {
        let event = read(1, text.to_owned(), &mut Vec::new());
        (event.name, event.attributes.text("why").map(str::to_owned))
    }

    #[test]
    fn what_exporters_write_into_the_text_is_read_back() {
        for text in [
            r#""cache miss": {"why": "cold"}"#,
            r#""cache miss":{"why":"cold"}"#,
            r#"{"cache miss": {"why": "cold"}}"#,
            r#"cache miss: {"why":"cold"}"#,
            r#"cache miss|{"why":"cold"}|0"#,
        ] {
            assert_eq!(name_and_why(text), ("cache miss".into(), Some("cold".into())), "{text}");
        }
        assert_eq!(name_and_why(r#"{"started": null}"#), ("started".into(), None));
    }

    #[test]
    fn any_other_text_is_the_name() {
        for text in [
            "",
            "cache miss",
            "{",
            r#"{"a": 1}"#,
            r#"{"a": {}, "b": {}}"#,
            r#""quoted""#,
            r#""quoted": 7"#,
            "set: {1, 2}",
            "a|b|c",
            "a|{|0",
            "a|{}|x",
        ] {
            assert_eq!(name_and_why(text), (text.into(), None), "{text}");
        }
    }
}
