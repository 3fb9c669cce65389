//! A rule: what is looked at, when it is too much, and what is said then.
//!
//! Rules are written in `trace_alerts.yaml` or made in the dashboard; [`fields`] reads both, [`draft`] a form, and [`book`] says
//! where each of them comes from.

use serde::{Deserialize, Serialize};

use self::draft::Draft;
use super::query::Query;
use super::query::spans::{Bound, SpanQuery};
use super::{Alert, Severity};

pub mod book;
pub mod draft;
pub mod fields;
pub mod trial;

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Unique name.
    pub name: String,
    /// What is looked at.
    pub query: Query,
    /// The query as it was written.
    pub query_text: String,
    /// Fires when the count reaches this.
    pub threshold: i64,
    /// Width of the sliding window in seconds.
    pub window_seconds: i64,
    /// How bad it is.
    pub severity: Severity,
    /// What may be left out.
    pub terms: Terms,
}

/// Longest name of a group, in bytes: values of attributes may have a thousand each, and a page has one line for all of it.
const GROUP_NAME_BYTES_MAX: usize = 1_000;

/// What a rule says besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The rule it is one group of, or that it is itself; `None` of what is always looked for.
    pub of: Option<String>,
    /// How long its condition has to be true before it fires, in seconds.
    pub for_seconds: i64,
    /// An alert that fires is not over before its figure is back here: in the unit of the figure, or a count.
    pub recovery: Option<i64>,
    /// What it means when there is nothing in the window.
    pub no_data: NoData,
    /// Labels of its alerts.
    pub labels: Vec<(String, String)>,
    /// What to do about it: an address.
    pub runbook: Option<String>,
}

/// What it means for a figure that there is nothing to work it out of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoData {
    /// That all is well.
    #[default]
    Ok,
    /// Nothing: alerts stay as they are.
    Keep,
    /// That something is wrong: it fires.
    Fire,
}

impl NoData {
    /// Every meaning by its word.
    pub const ALL: [(&'static str, Self); 3] = [("ok", Self::Ok), ("keep", Self::Keep), ("fire", Self::Fire)];

    /// The word.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, meaning)| *meaning == self).map_or("", |(word, _)| word)
    }
}

impl Rule {
    /// All it says on one line, for the history.
    pub fn words(&self) -> String {
        let Draft { query, threshold, window, severity, wait, recovery, no_data, labels, runbook, .. } =
            Draft::of(self);
        let besides = [("recovery", recovery), ("no data", no_data), ("labels", labels), ("runbook", runbook)];
        let besides = besides.into_iter().filter(|(_, text)| !text.is_empty());
        let besides: String = besides.map(|(name, text)| format!(", {name} {text}")).collect();
        format!("{query}, threshold {threshold}, window {window}, for {wait}, {severity}{besides}")
    }

    /// The rule of one group of it: everything is the same but its name and what it is about.
    pub fn of_group(&self, keys: &[(String, String)]) -> Self {
        let named: Vec<String> = keys.iter().map(|(key, value)| format!("{key} {value}")).collect();
        let name = if named.is_empty() { self.name.clone() } else { format!("{}, {}", self.name, named.join(", ")) };
        Self { name: fit(name), ..self.clone() }
    }

    /// The count from which on it holds: an alert that fires is over only below what it recovers at.
    pub(super) fn threshold_for(&self, open: Option<&Alert>) -> i64 {
        let recovery = self.terms.recovery.filter(|_| fires(open) && self.query.bound().is_none());
        recovery.unwrap_or(self.threshold)
    }

    /// What a figure is compared with, for spans that are looked for: with an alert that fires, what it recovers at.
    pub fn bound_for(&self, query: &SpanQuery, open: Option<&Alert>) -> Option<Bound> {
        let bound = query.bound?;
        let limit = self.terms.recovery.filter(|_| fires(open)).unwrap_or(bound.limit);
        Some(Bound { limit, ..bound })
    }
}

/// A name that an index can hold: the rest of a longer one is a number that is the same for the same rest (FNV-1a).
fn fit(name: String) -> String {
    if name.len() <= GROUP_NAME_BYTES_MAX {
        return name;
    }
    let (begin, rest) = name.split_at(name.floor_char_boundary(GROUP_NAME_BYTES_MAX));
    let number = rest
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{begin}… {number:016x}")
}

fn fires(open: Option<&Alert>) -> bool {
    open.is_some_and(|alert| alert.state.is_live())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_with_long_names_are_told_apart_by_names_that_an_index_can_hold() {
        let [name, query, window, severity] = ["Long", "count(spans) by url > 1", "1m", "info"].map(str::to_owned);
        let rule = Draft { name, query, window, severity, ..Draft::default() }.read().unwrap();
        let of = |end: &str| rule.of_group(&[("url".to_owned(), format!("{}{end}", "ä".repeat(800)))]).name;
        assert!(of("one").len() < 1_100 && of("one").starts_with("Long, url ää"));
        assert_ne!(of("one"), of("two"));
        assert_eq!(of("one"), of("one"));
        assert_eq!(rule.of_group(&[("url".to_owned(), "/a".to_owned())]).name, "Long, url /a");
    }
}
