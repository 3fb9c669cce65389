//! The fields of a rule as people write them: in `trace_alerts.yaml`, in a form and to the API. One rule for all of them.
//!
//! What cannot be read is answered with what was expected, so that whoever typed it can type something else.

use super::super::Severity;
use super::super::query::Query;
use super::super::query::owners::BudgetFigure;
use super::super::query::spans::{Bound, KEYS_MAX};
use super::{NoData, Rule};
use crate::alert::books::BOOKS_ALARM;
use crate::budget::alarm::TRACE_ALARM;
use crate::budget::draft::Mistake;

/// Characters of a name: it stands on one line of a page, with the group behind it.
pub const NAME_CHARS_MAX: usize = 120;

/// Bytes of a query: it stands in one line of a file.
pub const QUERY_BYTES_MAX: usize = 1_000;

/// The longest window, and the longest wait before it fires: all that arrived within is looked at every few seconds.
const SECONDS_MAX: i64 = 24 * 3_600;

/// The longest window of a query about spans: they are looked at one by one.
pub const SPANS_WINDOW_SECONDS_MAX: i64 = 3_600;

/// Labels of a rule: an alert has twenty, with those of whoever is behind it.
const LABELS_MAX: usize = 10 - KEYS_MAX;

/// Characters of a label's name and of its value.
const LABEL_CHARS_MAX: usize = 100;

/// Characters of an address.
const ADDRESS_CHARS_MAX: usize = 500;

/// What a threshold is.
pub const THRESHOLD: &str = "a whole number of 1 or more";
/// What a window is.
pub const WINDOW: &str = "a window between 1s and 24h, such as 30s, 5m or 1h";
/// What a wait is.
pub const WAIT: &str = "a time up to 24h, such as 0s, 2m or 1h";
/// What a severity is.
pub const SEVERITY: &str = "a severity: info, warning or critical";
/// What may follow from there being nothing.
pub const NO_DATA: &str = "ok, keep or fire";
/// What labels are.
pub const LABELS: &str = "labels such as `team = payments, env = prod`, at most 7";
/// What a runbook is.
pub const RUNBOOK: &str = "an address that begins with http:// or https://";

/// A name that no other rule has.
pub fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() {
        return Err("expected a name that is not empty".into());
    }
    if name.chars().count() > NAME_CHARS_MAX || name.contains(char::is_control) {
        return Err(format!("expected a name of one line, with at most {NAME_CHARS_MAX} characters"));
    }
    if name == TRACE_ALARM {
        return Err(format!(
            "{TRACE_ALARM:?} is the name of another rule, of trace_limit_usd in budgets.yaml; expected any other"
        ));
    }
    if name == BOOKS_ALARM {
        return Err(format!("{BOOKS_ALARM:?} is the name of a rule that is always there; expected any other"));
    }
    Ok(name.to_owned())
}

/// What is to be looked at.
pub fn query(text: &str) -> Result<Query, String> {
    if text.len() > QUERY_BYTES_MAX {
        return Err(format!("expected a query of at most {QUERY_BYTES_MAX} bytes"));
    }
    let query = text.parse().map_err(|error| format!("query {text:?}: {error}"))?;
    match &query {
        Query::BooksDiffer => Err("expected another query; whether the books balance is looked at anyway".into()),
        Query::Budget(of) if of.bound.is_none() => Err(format!(
            "expected a limit, such as `{query} > {}`",
            if of.figure == BudgetFigure::Spent { "90%" } else { "6" }
        )),
        _ => Ok(query),
    }
}

/// How many there have to be.
pub fn threshold(text: &str) -> Result<i64, String> {
    text.trim().parse().ok().filter(|count| *count >= 1).ok_or_else(|| format!("expected {THRESHOLD}"))
}

/// Seconds of a window.
pub fn window(text: &str) -> Result<i64, String> {
    seconds(text).filter(|seconds| (1..=SECONDS_MAX).contains(seconds)).ok_or_else(|| format!("expected {WINDOW}"))
}

/// The window of a rule with this query, if none is given: there is one where nothing is counted within it.
pub fn window_by_default(query: &Query) -> Option<i64> {
    const QUIET_SECONDS: i64 = 60;
    matches!(query, Query::Budget(_) | Query::OddSpend(_)).then_some(QUIET_SECONDS)
}

/// Seconds it has to hold.
pub fn wait(text: &str) -> Result<i64, String> {
    seconds(text).filter(|seconds| (0..=SECONDS_MAX).contains(seconds)).ok_or_else(|| format!("expected {WAIT}"))
}

/// `30s`, `5m`, `1h`.
fn seconds(text: &str) -> Option<i64> {
    [("s", 1), ("m", 60), ("h", 3_600)].into_iter().find_map(|(unit, seconds)| {
        let count: i64 = text.trim().strip_suffix(unit)?.trim_end().parse().ok()?;
        count.checked_mul(seconds)
    })
}

/// Seconds as [`window`] and [`wait`] read them.
pub fn seconds_text(seconds: i64) -> String {
    match seconds {
        0 => "0s".to_owned(),
        _ if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        _ if seconds % 60 == 0 => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

/// How bad it is.
pub fn severity(text: &str) -> Result<Severity, String> {
    let known = Severity::ALL.iter().copied().find(|severity| severity.as_str().eq_ignore_ascii_case(text.trim()));
    known.ok_or_else(|| format!("expected {SEVERITY}"))
}

/// What it means that there is nothing.
pub fn no_data(text: &str) -> Result<NoData, String> {
    let known = NoData::ALL.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
    known.map(|(_, meaning)| meaning).ok_or_else(|| format!("expected {NO_DATA}"))
}

/// `team = payments, env = prod`.
pub fn labels(text: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let read = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        label(name, value)
    };
    let labels: Option<Vec<_>> = pairs.map(read).collect();
    let labels = labels.ok_or_else(|| format!("expected {LABELS}"))?;
    is_list(&labels).then_some(labels).ok_or_else(|| format!("expected {LABELS}, each once"))
}

/// One label.
pub fn label(name: &str, value: &str) -> Option<(String, String)> {
    let fits = |text: &str| {
        let length = text.chars().count();
        (1..=LABEL_CHARS_MAX).contains(&length) && !text.contains(|c: char| c.is_control() || matches!(c, ',' | '='))
    };
    let (name, value) = (name.trim(), value.trim());
    (fits(name) && fits(value)).then(|| (name.to_owned(), value.to_owned()))
}

/// Whether these are labels of one rule: few, and each once.
pub fn is_list(labels: &[(String, String)]) -> bool {
    let is_first =
        |(place, (name, _)): (usize, &(String, String))| labels[..place].iter().all(|(other, _)| other != name);
    labels.len() <= LABELS_MAX && labels.iter().enumerate().all(is_first)
}

/// As [`labels`] reads them.
pub fn labels_text(labels: &[(String, String)]) -> String {
    labels.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
}

/// What to do about it.
pub fn runbook(text: &str) -> Result<String, String> {
    let address = text.trim();
    let is_web =
        ["http://", "https://"].iter().any(|scheme| address.len() > scheme.len() && address.starts_with(scheme));
    let fits = is_web
        && address.len() <= ADDRESS_CHARS_MAX
        && !address.contains(|c: char| c.is_whitespace() || c.is_control());
    fits.then(|| address.to_owned()).ok_or_else(|| format!("expected {RUNBOOK}"))
}

/// Where an alert of a query is over again: in the unit of its figure, or a count, on the quiet side of the limit.
pub fn recovery(text: &str, query: &Query, threshold: i64) -> Result<i64, String> {
    if matches!(query, Query::Budget(_) | Query::OddSpend(_)) {
        return Err(
            "expected none: what is spent is never unspent, and odd spend is over when it is as expected again".into(),
        );
    }
    let Some(Bound { op, limit }) = query.bound() else {
        let count = text.trim().parse().ok().filter(|count| (1..=threshold).contains(count));
        return count.ok_or_else(|| format!("expected a whole number from 1 to {threshold}, the threshold"));
    };
    let recovery = query.limit(text).map_err(|error| error.to_string())?;
    let is_quiet = Bound { op, limit: recovery };
    let (is_beyond, side) = match op {
        super::super::query::Comparison::Equal => {
            return Err("expected none: a figure that is compared with `=` is over when it is another".into());
        }
        _ if is_quiet.looks_for_small() => (recovery < limit, "or more"),
        _ => (recovery > limit, "or less"),
    };
    if is_beyond { Err(format!("expected the limit of the query {side}")) } else { Ok(recovery) }
}

/// What does not go together, of fields that can each be read.
pub fn together(rule: &Rule) -> Result<(), Mistake> {
    if rule.threshold != 1 && matches!(rule.query, Query::Budget(_) | Query::OddSpend(_)) {
        return Err(Mistake::new("threshold", "expected 1, or nothing: the limit is part of the query"));
    }
    let Query::Spans(query) = &rule.query else {
        return match rule.terms.no_data {
            NoData::Ok => Ok(()),
            _ => {
                Err(Mistake::new("no_data", "expected ok: what counts traces or spans counts none when there are none"))
            }
        };
    };
    if rule.window_seconds > SPANS_WINDOW_SECONDS_MAX {
        return Err(Mistake::new("window", "expected at most 1h: spans are looked at one by one"));
    }
    if rule.threshold != 1 && query.has_groups() && query.bound.is_some() {
        return Err(Mistake::new(
            "threshold",
            "expected 1, or nothing: each group that is beyond the limit fires by itself",
        ));
    }
    if rule.terms.no_data != NoData::Ok && query.bound.is_none() {
        return Err(Mistake::new("no_data", "expected ok: a count of none is no unknown figure"));
    }
    Ok(())
}
