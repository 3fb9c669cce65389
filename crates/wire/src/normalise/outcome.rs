//! Whether a span failed, by its status and by what its attributes and events say.

use model::attribute::Value;
use model::span::Status;

use super::found::Found;
use super::keys::Field;
use crate::raw::{RawEvent, RawSpan};

/// The status and the words that go with it. A status the client set itself wins over anything inferred.
pub fn of_span(raw: &RawSpan, found: &Found<'_>) -> (Status, Option<String>) {
    let said = i16::try_from(raw.status_code).ok().and_then(Status::from_code).unwrap_or(Status::Unset);
    let status = match said {
        Status::Unset if failed(raw, found) => Status::Error,
        Status::Unset if status_word(found).as_deref() == Some("OK") => Status::Ok,
        said => said,
    };
    let mut message = Some(raw.status_message.clone()).filter(|message| !message.is_empty());
    if status == Status::Error {
        message = message.or_else(|| found.text(Field::StatusMessage)).or_else(|| {
            exceptions(raw).last().and_then(|event| event.attributes.text("exception.message")).map(str::to_owned)
        });
    }
    (status, message)
}

fn status_word(found: &Found<'_>) -> Option<String> {
    found.text(Field::StatusCode).map(|word| word.to_ascii_uppercase())
}

fn failed(raw: &RawSpan, found: &Found<'_>) -> bool {
    let means_failure = |value: &Value| match value {
        Value::Bool(truth) => *truth,
        Value::String(text) => !["false", "0", "none"].contains(&text.to_ascii_lowercase().as_str()),
        Value::Int(int) => *int != 0,
        _ => false,
    };
    let succeeded = |value: &Value| !matches!(value, Value::Bool(false)) && *value != Value::String("false".into());
    status_word(found).as_deref() == Some("ERROR")
        || found.all(Field::Failed).iter().any(|candidate| means_failure(candidate.value))
        || found.all(Field::Succeeded).iter().any(|candidate| !succeeded(candidate.value))
        || exceptions(raw).next().is_some()
}

fn exceptions(raw: &RawSpan) -> impl Iterator<Item = &RawEvent> {
    raw.events.iter().filter(|event| event.name == "exception")
}
