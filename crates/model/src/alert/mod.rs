//! Alerts: rules, what they observe, and the states an alert goes through.
//!
//! [`rule`] says what is looked for and [`query`] how that is written; [`machine`] decides what an observation does to an alert, [`hold`] what people do to it,
//! [`drivers`] says what the money went up by, [`notification`] who has been told, [`wanted`] which of them are looked for; this file names
//! the data.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::TraceId;
use crate::span::code_enum;
use crate::usd::Usd;

pub mod books;
pub mod drivers;
pub mod hold;
pub mod machine;
pub mod notification;
pub mod query;
pub mod receiver;
pub mod rule;
pub mod spend;
pub mod wanted;

pub use rule::{Rule, Terms};

code_enum! {
    /// How bad a firing alert is.
    Severity {
        /// Worth knowing.
        Info = 0, "info";
        /// Worth a look today.
        Warning = 1, "warning";
        /// Worth a look now.
        Critical = 2, "critical";
    }
}

code_enum! {
    /// Where an alert stands.
    State {
        /// The condition holds and nobody has taken it.
        Firing = 0, "firing";
        /// Somebody has taken it; quiet until its end, or until it grows too far.
        Acknowledged = 1, "acknowledged";
        /// Silent until its end, then looked at again.
        Snoozed = 2, "snoozed";
        /// Over.
        Resolved = 3, "resolved";
        /// The condition holds, but not for as long as its rule asks: nobody hears of it yet.
        Pending = 4, "pending";
    }
}

impl State {
    /// Whether it has been told of and is not over: what can be acknowledged, snoozed or resolved.
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Pending | Self::Resolved)
    }
}

/// What a rule's query found in its window.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// How many traces or spans match: compared with the threshold.
    pub count: i64,
    /// The worst single figure among them, in the unit of the query (USD as a decimal, depth in levels, ...), for people.
    pub peak: Option<f64>,
    /// Matching traces, worst first, at most [`EVIDENCE_MAX`].
    pub evidence: Vec<TraceId>,
    /// Who is behind most of it: `("tenant", "acme-robotics")`, `("operation", "orchestrate_task")`, ...
    pub labels: Vec<(String, String)>,
}

/// Evidence traces kept per alert: enough to see the pattern, little enough to keep for every alert for ever.
pub const EVIDENCE_MAX: usize = 50;

/// One alert: a rule whose condition was met, from then until it is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Its id, ascending with time.
    pub id: i64,
    /// Counts the changes made to it: a change based on an older version is a conflict.
    pub version: i32,
    /// The rule's name, with the group it is about.
    pub rule: String,
    /// The rule it is one group of, or that it is itself; `None` of what is always looked for.
    pub of_rule: Option<String>,
    /// What to do about it: an address.
    pub runbook: Option<String>,
    /// The rule's query as written.
    pub query_text: String,
    /// The rule's threshold when it fired.
    pub threshold: i64,
    /// The rule's window when it fired, in seconds.
    pub window_seconds: i64,
    /// The rule's severity.
    pub severity: Severity,
    /// Where it stands.
    pub state: State,
    /// The latest observation; evidence and labels accumulate over the alert's life.
    pub observation: Observation,
    /// The highest count seen while it was open.
    pub peak_count: i64,
    /// When it fired (again).
    pub fired_at: DateTime<Utc>,
    /// When its condition was last seen true.
    pub last_true_at: DateTime<Utc>,
    /// When it was over.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who took or silenced it, and until when.
    pub hold: Option<Hold>,
}

/// An acknowledgement or a snooze.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Who.
    pub by: String,
    /// Why, in their words.
    pub note: String,
    /// When it was set.
    pub at: DateTime<Utc>,
    /// When it ends; `None` holds until the alert resolves.
    pub until: Option<DateTime<Utc>>,
    /// Dollars it may grow by while it is quiet; without them it fires again at twice its figure.
    pub grows_by: Option<Usd>,
    /// The count at that moment: an acknowledged alert of a rule that counts spans fires again at twice this.
    pub count: i64,
    /// The peak figure at that moment: likewise for a rule that measures traces.
    pub peak: Option<f64>,
}

/// One line of an alert's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// The state it led to.
    pub state: State,
    /// Who did it; `None` for the rule itself.
    pub by: Option<String>,
    /// What happened, in words.
    pub text: String,
}

/// When the case was opened that a history, the newest first, is about at last: it may have fired again since, and what was resolved
/// before that was another one.
pub fn opened_at(history: &[HistoryEntry]) -> Option<DateTime<Utc>> {
    let is_over = |entry: &&HistoryEntry| entry.state == State::Resolved;
    history.iter().skip_while(is_over).take_while(|entry| !is_over(entry)).last().map(|entry| entry.at)
}

/// How many alerts are in each state, for badges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Firing now.
    pub firing: i64,
    /// Acknowledged or snoozed.
    pub held: i64,
    /// Resolved in the last 24 hours.
    pub resolved_24h: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_was_opened_when_it_first_fired_after_the_one_before_was_over() {
        let at = |minute| DateTime::UNIX_EPOCH + chrono::TimeDelta::minutes(minute);
        let entry = |minute, state| HistoryEntry { at: at(minute), state, by: None, text: String::new() };
        let mut history = vec![entry(3, State::Firing), entry(2, State::Acknowledged), entry(1, State::Firing)];
        assert_eq!(opened_at(&history), Some(at(1)));
        history.extend([entry(0, State::Resolved), entry(-1, State::Firing)]);
        assert_eq!(opened_at(&history), Some(at(1)));
        history.insert(0, entry(4, State::Resolved));
        assert_eq!(opened_at(&history), Some(at(1)));
        assert_eq!(opened_at(&[]), None);
    }
}
