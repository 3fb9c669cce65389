//! Role and outcome of a span in native JSON: words, or a status as OpenTelemetry writes it.

use serde_json::Value as Json;

use super::span::take;
use crate::json::{self, Members};

/// Roles by their codes in OTLP.
const KINDS: [&str; 6] = ["", "internal", "server", "client", "producer", "consumer"];

/// Outcomes by their codes in OTLP.
const STATUSES: [&str; 3] = ["unset", "ok", "error"];

/// Role and outcome, by their codes in OTLP.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) kind: i32,
    pub(super) status_code: i32,
    pub(super) status_message: String,
}

/// Takes `kind`, `status` and `status_message`. What is not known is as if it had not been told.
pub(super) fn take_from(members: &mut Members) -> Outcome {
    let kind = take(members, &["kind"]).and_then(|sent| code(&sent, "span_kind_", &KINDS)).unwrap_or(0);
    let (status, described) = match take(members, &["status"]) {
        // `{"code": "ERROR", "message": "..."}`, and as SDKs print it.
        Some(Json::Object(mut status)) => {
            let text = take(&mut status, &["message", "description"]).and_then(|text| json::text(&text));
            (take(&mut status, &["code", "status_code"]), text)
        }
        status => (status, None),
    };
    let status_code = status.and_then(|sent| code(&sent, "status_code_", &STATUSES)).unwrap_or(0);
    let message = take(members, &["status_message"]).and_then(|text| json::text(&text));
    Outcome { kind, status_code, status_message: message.or(described).unwrap_or_default() }
}

/// The place of a word among the known ones, however it is written, or a place that was sent as such.
fn code(sent: &Json, prefix: &str, words: &[&str]) -> Option<i32> {
    let place = match sent {
        Json::String(word) => {
            let word = word.to_ascii_lowercase();
            let word = word.strip_prefix(prefix).unwrap_or(&word);
            words.iter().position(|known| *known == word)
        }
        Json::Number(number) => number.as_u64().and_then(|place| usize::try_from(place).ok()),
        _ => None,
    };
    place.filter(|place| *place < words.len()).and_then(|place| i32::try_from(place).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(sent: &Json) -> Outcome {
        take_from(&mut sent.as_object().unwrap().clone())
    }

    #[test]
    fn a_status_is_a_word_or_what_opentelemetry_writes() {
        let failed = Outcome { kind: 3, status_code: 2, status_message: "overloaded".to_owned() };
        for status in [
            json!({"kind": "client", "status": "error", "status_message": "overloaded"}),
            json!({"kind": "CLIENT", "status": {"code": "ERROR", "message": "overloaded"}}),
            json!({"kind": "SPAN_KIND_CLIENT", "status": {"code": "STATUS_CODE_ERROR", "message": "overloaded"}}),
            json!({"kind": 3, "status": {"code": 2, "message": "overloaded"}}),
            json!({"kind": "client", "status": {"status_code": "ERROR", "description": "overloaded"}}),
        ] {
            assert_eq!(told(&status), failed, "{status}");
        }
    }

    #[test]
    fn what_is_not_known_is_as_if_it_had_not_been_told() {
        let nothing = Outcome { kind: 0, status_code: 0, status_message: String::new() };
        for status in [json!({"status": "bad", "kind": "x"}), json!({"status": [], "kind": 9}), json!({})] {
            assert_eq!(told(&status), nothing, "{status}");
        }
    }
}
