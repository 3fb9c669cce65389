//! Whether a span failed, by its status and by what its attributes and events say.

use model::attribute::Value;
use model::span::Status;

use super::field::Field;
use super::found::Found;
use crate::raw::{RawEvent, RawSpan};

/// The status and the words that go with it. A status the client set itself wins over anything inferred.
pub fn of_span(raw: &RawSpan, found: &Found<'_>) -> (Status, Option<String>) {
    let said = i16::try_from(raw.status_code).ok().and_then(Status::from_code).unwrap_or(Status::Unset);
    let status = match said {
        Status::Unset if failed(raw, found) => Status::Error,
        Status::Unset if is_status(found, "OK") => Status::Ok,
        said => said,
    };
    let mut message = Some(raw.status_message.clone()).filter(|message| !message.is_empty());
    if status == Status::Error {
        message = message.or_else(|| found.text(Field::StatusMessage).map(Into::into)).or_else(|| {
            exceptions(raw).last().and_then(|event| event.attributes.text("exception.message")).map(str::to_owned)
        });
    }
    (status, message)
}

/// Whether the status was sent as an attribute and is this word.
fn is_status(found: &Found<'_>, word: &str) -> bool {
    found.text(Field::StatusCode).is_some_and(|status| status.eq_ignore_ascii_case(word))
}

fn failed(raw: &RawSpan, found: &Found<'_>) -> bool {
    let is_word = |text: &str, words: &[&str]| words.iter().any(|word| text.trim().eq_ignore_ascii_case(word));
    let means_failure = |value: &Value| match value {
        Value::Bool(truth) => *truth,
        Value::String(text) => !is_word(text, &["false", "0", "none", "null"]),
        Value::Int(int) => *int != 0,
        _ => false,
    };
    let denies_success = |value: &Value| match value {
        Value::Bool(truth) => !truth,
        Value::String(text) => is_word(text, &["false", "0"]),
        Value::Int(int) => *int == 0,
        _ => false,
    };
    is_status(found, "ERROR")
        || found.all(Field::Failed).any(|candidate| means_failure(candidate.value))
        || found.all(Field::Succeeded).any(|candidate| denies_success(candidate.value))
        || exceptions(raw).next().is_some()
}

fn exceptions(raw: &RawSpan) -> impl Iterator<Item = &RawEvent> {
    raw.events.iter().filter(|event| event.name == "exception")
}
