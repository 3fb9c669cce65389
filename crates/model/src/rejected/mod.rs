//! Spans that were refused: why, in a few classes, and how they are listed so that their number stays exact.
//!
//! To add a class: a variant, the beginnings of its reasons in `BEGINNINGS`, its words in the dashboard.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::span::code_enum;

/// Refusals of one request that are listed one by one: enough to find the mistake by, whatever it is.
pub const REJECTED_LISTED_MAX: usize = 1_000;

/// Different reasons of one request that are told apart past that; the rest share a line.
pub const REASONS_GROUPED_MAX: usize = 100;

/// Characters kept of a reason: the longest of ours, with what was sent in it, has half as many.
pub const REASON_CHARS_MAX: usize = 400;

/// Characters kept of what was sent in the place of an id: twice what the longest id has.
pub const ID_CHARS_MAX: usize = 64;

code_enum! {
    /// What kind of reason it was; the words are labels for programs.
    Reason {
        /// None of the others.
        Other = 0, "other";
        /// An id that is missing, zero, or not an id.
        BadId = 1, "bad_id";
        /// A span without a time that can be read.
        BadTime = 2, "bad_time";
        /// A span or a body with more bytes than one may have.
        TooLarge = 3, "too_large";
        /// More spans or values than one request may have.
        TooMany = 4, "too_many";
        /// What cannot be read at all.
        Broken = 5, "broken";
        /// A format or an encoding that is not read where it was sent.
        WrongFormat = 6, "wrong_format";
        /// Its trace lives on a day that takes no more spans.
        Closed = 7, "closed";
        /// A value that no row can hold.
        Value = 8, "value";
    }
}

/// The names ids have in the protocols; what is wrong with one begins with it.
const ID_FIELDS: [&str; 12] = [
    "trace_id",
    "span_id",
    "parent_span_id",
    "traceId",
    "spanId",
    "parentSpanId",
    "traceID",
    "spanID",
    "parentSpanID",
    "id",
    "parentId",
    "parent_id",
];

/// Likewise of times.
const TIME_FIELDS: [&str; 2] = ["start_time", "end_time"];

/// How all other reasons begin.
const BEGINNINGS: [(&str, Reason); 15] = [
    ("a span of ", Reason::TooLarge),
    ("the body has more than ", Reason::TooLarge),
    ("the spans before it have ", Reason::TooMany),
    ("the span is broken", Reason::Broken),
    ("expected a ", Reason::Broken),
    ("the body is empty", Reason::Broken),
    ("the body is not ", Reason::Broken),
    ("the gRPC frame is broken", Reason::Broken),
    ("looks like ", Reason::WrongFormat),
    ("the body looks like ", Reason::WrongFormat),
    ("content-type is ", Reason::WrongFormat),
    ("expected content-type ", Reason::WrongFormat),
    ("the encoding ", Reason::WrongFormat),
    ("its trace is older ", Reason::Closed),
    ("cannot be kept", Reason::Value),
];

impl Reason {
    /// The class of a reason in words. Reasons are written where a span is refused, in whichever protocol; this is the one
    /// place that tells them apart, and tests hold it against what the decoders and the store really say.
    pub fn of(words: &str) -> Self {
        let words = without_line(words);
        let field = words.split_once(": ").map(|(field, _)| field);
        if field.is_some_and(|field| ID_FIELDS.contains(&field)) {
            return Self::BadId;
        }
        if field.is_some_and(|field| TIME_FIELDS.contains(&field)) {
            return Self::BadTime;
        }
        // A body with too many spans is told of as one that is not what was expected.
        if words.ends_with(" spans in one body") {
            return Self::TooMany;
        }
        let found = BEGINNINGS.iter().find(|(beginning, _)| words.starts_with(beginning));
        found.map_or(Self::Other, |(_, reason)| *reason)
    }
}

/// Bodies by the line say which line it was: `line 7: …`.
fn without_line(words: &str) -> &str {
    let rest = words.strip_prefix("line ").and_then(|rest| rest.split_once(": "));
    rest.filter(|(number, _)| number.bytes().all(|digit| digit.is_ascii_digit())).map_or(words, |(_, rest)| rest)
}

/// A span that is refused, as the decoder or the store says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<'a> {
    /// Id of its trace as sent, if known.
    pub trace_id: Option<&'a str>,
    /// Its own id as sent, if there was one to read.
    pub span_id: Option<&'a str>,
    /// Why, and what was expected.
    pub reason: &'a str,
}

/// Something that was refused, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Id of its trace as sent, if known.
    pub trace_id: Option<String>,
    /// Its own id as sent, if there was one to read and it stands for one span.
    pub span_id: Option<String>,
    /// Why, and what was expected.
    pub reason: String,
    /// How many spans this stands for; `None` is a whole request whose spans nobody could count.
    pub spans: Option<u64>,
}

impl Refused {
    /// A whole request.
    pub fn request(reason: &str) -> Self {
        Self { trace_id: None, span_id: None, reason: fit(reason, REASON_CHARS_MAX), spans: None }
    }
}

/// The refused spans of one request as they are kept: one by one as far as [`REJECTED_LISTED_MAX`], past that by reason.
/// Whatever was sent, there are few of them, each is short, and the sum of their spans is the number given.
pub fn listed<'a>(given: impl IntoIterator<Item = Given<'a>>) -> Vec<Refused> {
    let mut given = given.into_iter();
    let mut kept: Vec<Refused> = given.by_ref().take(REJECTED_LISTED_MAX).map(one).collect();
    let mut groups: HashMap<&str, u64> = HashMap::new();
    for span in given {
        let is_known = groups.len() < REASONS_GROUPED_MAX || groups.contains_key(span.reason);
        *groups.entry(if is_known { span.reason } else { OTHER_REASONS }).or_default() += 1;
    }
    let mut groups: Vec<(&str, u64)> = groups.into_iter().collect();
    groups.sort_unstable_by(|(left, fewer), (right, more)| more.cmp(fewer).then_with(|| left.cmp(right)));
    kept.extend(groups.into_iter().map(|(reason, spans)| {
        let reason = fit(reason, REASON_CHARS_MAX);
        Refused { trace_id: None, span_id: None, reason, spans: Some(spans) }
    }));
    kept
}

/// The reason of what shares a line with other reasons.
const OTHER_REASONS: &str = "for more reasons than are listed";

fn one(span: Given<'_>) -> Refused {
    let id = |id: Option<&str>| id.filter(|id| !id.is_empty()).map(|id| fit(id, ID_CHARS_MAX));
    Refused {
        trace_id: id(span.trace_id),
        span_id: id(span.span_id),
        reason: fit(span.reason, REASON_CHARS_MAX),
        spans: Some(1),
    }
}

/// At most so many characters, none of which a database refuses (it keeps no NUL).
fn fit(text: &str, chars_max: usize) -> String {
    let mut kept: String = text.chars().take(chars_max).map(|c| if c == '\0' { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(chars_max).is_some() {
        kept.pop();
        kept.push('…');
    }
    kept
}

/// A line of the list of refused spans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Ascending with time.
    pub id: i64,
    /// When it was refused.
    pub at: DateTime<Utc>,
    /// Who sent it.
    pub sender: String,
    /// How it came, in words; `None` when that could not be told.
    pub encoding: Option<String>,
    /// The class of its reason.
    pub class: Reason,
    /// What was refused.
    pub refused: Refused,
}

/// What was refused for one class of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// The class.
    pub class: Reason,
    /// Spans.
    pub spans: u64,
    /// Whole requests, whose spans nobody could count.
    pub requests: u64,
}

/// Which lines are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Only lines before this one: where the page before ended.
    pub before: Option<i64>,
    /// Only this class of reasons.
    pub class: Option<Reason>,
    /// Only this sender.
    pub sender: Option<String>,
}

#[cfg(test)]
mod tests;
