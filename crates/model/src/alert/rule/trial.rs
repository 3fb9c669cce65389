//! What a rule would have done in the past: slices of time in which its condition was true, put together to firings.
//!
//! The past is looked at in whole windows, one after the other, and not by a window that slides: what only two neighbours have
//! together is not found, and nothing is found twice.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Rule;
use crate::time::TimeRange;

/// A window in which the condition of a group was true.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// When it begins.
    pub at: DateTime<Utc>,
    /// Which group.
    pub group: Vec<(String, String)>,
    /// Its figure, in the unit people see it in.
    pub figure: f64,
}

/// A time in which an alert would have been open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Firing {
    /// Which group.
    pub group: Vec<(String, String)>,
    /// The first window in which its condition was true.
    pub from: DateTime<Utc>,
    /// The end of the last.
    pub to: DateTime<Utc>,
    /// The worst figure, in the unit people see it in.
    pub worst: f64,
}

/// What a rule would have done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// What was looked at.
    pub range: TimeRange,
    /// How wide the windows were.
    pub window_seconds: i64,
    /// Every firing, newest first.
    pub firings: Vec<Firing>,
    /// Whether that is all: of more windows than can be told apart only the worst are looked at.
    pub is_all: bool,
}

/// The firings of a rule, newest first. An alert that has not been true for one window is over, and one that was not true for as long
/// as the rule asks never fired.
pub fn firings(rule: &Rule, windows: impl IntoIterator<Item = Window>, less_is_worse: bool) -> Vec<Firing> {
    let width = TimeDelta::seconds(rule.window_seconds);
    let mut groups: BTreeMap<Vec<(String, String)>, Vec<Window>> = BTreeMap::new();
    for window in windows {
        groups.entry(window.group.clone()).or_default().push(window);
    }
    let mut firings = Vec::new();
    for (group, mut windows) in groups {
        windows.sort_by_key(|window| window.at);
        let together = windows.chunk_by(|left, right| right.at - left.at <= width);
        for run in together {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let worse = |left: f64, right: f64| if less_is_worse { left.min(right) } else { left.max(right) };
            let worst = run.iter().map(|window| window.figure).fold(first.figure, worse);
            let firing = Firing { group: group.clone(), from: first.at, to: last.at + width, worst };
            if (firing.to - firing.from).num_seconds() >= rule.terms.for_seconds {
                firings.push(firing);
            }
        }
    }
    firings.sort_by_key(|firing| std::cmp::Reverse(firing.from));
    firings
}

#[cfg(test)]
mod tests {
    use super::super::draft::Draft;
    use super::*;

    fn rule(wait: &str) -> Rule {
        let [name, query, window, severity, wait] =
            ["Spends", "sum(cost_usd) by tenant > 1", "1m", "info", wait].map(str::to_owned);
        Draft { name, query, window, severity, wait, ..Draft::default() }.read().unwrap()
    }

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn windows(tenant: &str, minutes: &[i64]) -> Vec<Window> {
        let group = vec![("tenant".to_owned(), tenant.to_owned())];
        minutes.iter().map(|minute| Window { at: at(*minute), group: group.clone(), figure: *minute as f64 }).collect()
    }

    #[test]
    fn neighbouring_windows_are_one_firing_of_their_group() {
        let all = [windows("a", &[3, 1, 2, 5]), windows("b", &[2])].concat();
        let found = firings(&rule("0s"), all, false);
        let told: Vec<_> =
            found.iter().map(|each| (each.group[0].1.as_str(), each.from, each.to, each.worst)).collect();
        assert_eq!(told, [("a", at(5), at(6), 5.0), ("b", at(2), at(3), 2.0), ("a", at(1), at(4), 3.0)]);
    }

    #[test]
    fn what_was_not_true_for_as_long_as_the_rule_asks_never_fired() {
        let found = firings(&rule("2m"), windows("a", &[1, 2, 5]), true);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].from, found[0].worst), (at(1), 1.0));
    }
}
