//! What an observation and the passing of time do to an alert: pure, time as an argument.
//!
//! - A rule fires when its count reaches the threshold, and has for as long as it asks; until then its alert is pending, and gone
//!   as if it had never been when the count falls below. What fires is over below what the rule recovers at.
//! - An alert resolves when its condition has been false for one window.
//! - An acknowledged alert stays quiet until the acknowledgement ends, or until it has grown by the dollars that were named. Where
//!   none were, until its value is at least twice what was acknowledged: the worst trace for rules that measure traces, the count
//!   for rules that count spans. Then it fires again.
//! - A snoozed alert stays silent until the snooze ends, whatever happens; then it is looked at again.
//! - A resolved alert stays resolved; a new breach opens a new one.
//!
//! Everything this needs is in the [`Alert`], so a restart changes nothing. What people do is in [`super::hold`].

use chrono::{DateTime, TimeDelta, Utc};

use super::query::Query;
use super::query::owners::BudgetFigure;
use super::query::spans::{By, Figure};
use super::{Alert, EVIDENCE_MAX, HistoryEntry, Hold, Observation, Rule, State};
use crate::usd::{Usd, UsdSum};

/// Labels kept per alert over its life: a handful per observation, and only new ones are added.
const LABELS_MAX: usize = 20;

/// An alert after an observation, and the line for its history when something happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The alert as it is now; without an id of its own when it has just opened.
    pub alert: Alert,
    /// What happened; `None` when only figures moved.
    pub entry: Option<HistoryEntry>,
}

/// What `observation`, made at `now`, does to the open alert of `rule`, or whether it opens one. `None` changes nothing.
pub fn observe(rule: &Rule, open: Option<&Alert>, observation: &Observation, now: DateTime<Utc>) -> Option<Step> {
    let holds = observation.count >= rule.threshold_for(open);
    match open.filter(|alert| alert.state != State::Resolved) {
        None if holds => Some(opened(rule, observation, now)),
        None => None,
        Some(alert) if alert.state == State::Pending => Some(pending(rule, alert, observation, holds, now)),
        Some(alert) if holds => Some(still_true(rule, alert, observation, now)),
        Some(alert) => now_false(rule, alert, observation, now),
    }
}

/// An open alert whose rule is no longer there: nothing could ever resolve it.
pub fn without_rule(alert: &Alert, now: DateTime<Utc>) -> Step {
    resolved(alert.clone(), "Resolved: its rule was removed".to_owned(), now)
}

fn opened(rule: &Rule, observation: &Observation, now: DateTime<Utc>) -> Step {
    let mut observation = observation.clone();
    observation.evidence.truncate(EVIDENCE_MAX);
    observation.labels = union(&rule.terms.labels, &observation.labels, LABELS_MAX);
    let text = fired(rule, &observation);
    let waits = rule.terms.for_seconds > 0;
    let alert = Alert {
        id: 0,
        version: 0,
        rule: rule.name.clone(),
        of_rule: rule.terms.of.clone(),
        runbook: rule.terms.runbook.clone(),
        query_text: rule.query_text.clone(),
        threshold: rule.threshold,
        window_seconds: rule.window_seconds,
        severity: rule.severity,
        state: if waits { State::Pending } else { State::Firing },
        peak_count: observation.count,
        observation,
        fired_at: now,
        last_true_at: now,
        resolved_at: None,
        hold: None,
    };
    Step { alert, entry: (!waits).then(|| entry(State::Firing, text, now)) }
}

/// An alert that nobody has heard of yet: it fires when its condition has been true for long enough, and is gone when it is not.
fn pending(rule: &Rule, alert: &Alert, observation: &Observation, holds: bool, now: DateTime<Utc>) -> Step {
    // A clock that was set back: it waits from now on, not from when the clock is there again.
    let since = alert.fired_at.min(now);
    if !holds {
        return Step { alert: Alert { state: State::Resolved, resolved_at: Some(now), ..alert.clone() }, entry: None };
    }
    let mut alert = Alert {
        observation: merged(&alert.observation, observation),
        peak_count: alert.peak_count.max(observation.count),
        fired_at: since,
        last_true_at: now,
        ..alert.clone()
    };
    let wait = TimeDelta::try_seconds(rule.terms.for_seconds).unwrap_or(TimeDelta::MAX);
    if now.signed_duration_since(since) < wait {
        return Step { alert, entry: None };
    }
    let text = format!("{}, for {} s", fired(rule, observation), rule.terms.for_seconds);
    alert.state = State::Firing;
    alert.fired_at = now;
    Step { alert, entry: Some(entry(State::Firing, text, now)) }
}

/// Why it fires.
fn fired(rule: &Rule, observation: &Observation) -> String {
    let seen = counted(rule, observation.count);
    match &rule.query {
        Query::Budget(_) => format!("Fired: {seen}, threshold {}", counted(rule, rule.threshold)),
        Query::Spans(query) if rule.query.bound().is_some() => match observation.peak.zip(query.bound) {
            Some((peak, bound)) => {
                format!("Fired: {}, limit {}", query.figure.shown(peak), query.figure.limit_shown(bound))
            }
            None => "Fired: there is nothing to look at".to_owned(),
        },
        _ => format!("Fired: {seen}, threshold {}", rule.threshold),
    }
}

fn still_true(rule: &Rule, alert: &Alert, observation: &Observation, now: DateTime<Utc>) -> Step {
    let mut alert = Alert {
        observation: merged(&alert.observation, observation),
        peak_count: alert.peak_count.max(observation.count),
        last_true_at: now,
        ..alert.clone()
    };
    let Some(why) = fires_again(rule, &alert, now) else { return Step { alert, entry: None } };
    let text = format!("Fires again: {why}; {} now", seen(rule, observation));
    alert.state = State::Firing;
    alert.fired_at = now;
    alert.hold = None;
    Step { alert, entry: Some(entry(State::Firing, text, now)) }
}

/// Why a held alert whose condition is true is quiet no longer; `None` while it is, or when nobody holds it.
fn fires_again(rule: &Rule, alert: &Alert, now: DateTime<Utc>) -> Option<String> {
    let hold = alert.hold.as_ref()?;
    let ended = hold.until.is_some_and(|until| until <= now);
    match alert.state {
        State::Snoozed if ended => Some(format!("{}'s snooze is over", hold.by)),
        State::Acknowledged if ended => Some(format!("{}'s acknowledgement is over", hold.by)),
        State::Acknowledged => match hold.grows_by {
            Some(by) if grown(rule, hold, by, &alert.observation) => {
                Some(format!("it is ${by} more than what {} acknowledged", hold.by))
            }
            None if doubled(rule, hold, &alert.observation) => {
                Some(format!("it is twice what {} acknowledged", hold.by))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether the worst figure is that many dollars more than what was acknowledged; in a quiet window that was nothing.
fn grown(rule: &Rule, hold: &Hold, by: Usd, observation: &Observation) -> bool {
    // To the pico-dollar, so that a sum that reaches the limit does not fall short of it by a rounding.
    let limit = UsdSum::from_f64(hold.peak.unwrap_or_default()) + by.into();
    rule.query.is_in_dollars() && observation.peak.is_some_and(|now| UsdSum::from_f64(now) >= limit)
}

/// Whether the value is at least twice what was acknowledged: the worst figure for a rule that has one, else the count. How many traces are over the limit says little there: one more retry would make two of one.
fn doubled(rule: &Rule, hold: &Hold, observation: &Observation) -> bool {
    match rule.query {
        Query::TraceCost { .. } | Query::TraceMeasure { .. } | Query::BooksDiffer | Query::OddSpend(_) => {
            hold.peak.zip(observation.peak).is_some_and(|(then, now)| then > 0.0 && now >= 2.0 * then)
        }
        Query::Spans(_) if rule.query.bound().is_some() => {
            hold.peak.zip(observation.peak).is_some_and(|(then, now)| then > 0.0 && now >= 2.0 * then)
        }
        Query::OrphanSpans | Query::SpansWithoutCost | Query::Spans(_) => {
            hold.count > 0 && observation.count >= hold.count.saturating_mul(2)
        }
        // What comes after a threshold is another threshold, with an alarm of its own.
        Query::Budget(_) => false,
    }
}

fn now_false(rule: &Rule, alert: &Alert, observation: &Observation, now: DateTime<Utc>) -> Option<Step> {
    let silenced = alert.state == State::Snoozed
        && alert.hold.as_ref().is_some_and(|hold| hold.until.is_none_or(|until| now < until));
    let window = TimeDelta::try_seconds(rule.window_seconds).unwrap_or(TimeDelta::MAX);
    // A quiet window has no worst trace: the one of the last window that had any stays.
    let peak = observation.peak.or(alert.observation.peak);
    let observed =
        Alert { observation: Observation { peak, ..merged(&alert.observation, observation) }, ..alert.clone() };
    // A clock that was set back: its window begins now, not when the clock is there again.
    let observed = Alert { last_true_at: observed.last_true_at.min(now), ..observed };
    if silenced || now.signed_duration_since(observed.last_true_at) < window {
        return (observed != *alert).then_some(Step { alert: observed, entry: None });
    }
    let text = format!("Resolved: the condition has been false for {} s", rule.window_seconds);
    Some(resolved(observed, text, now))
}

fn resolved(alert: Alert, text: String, now: DateTime<Utc>) -> Step {
    let alert = Alert { state: State::Resolved, resolved_at: Some(now), hold: None, ..alert };
    Step { alert, entry: Some(entry(State::Resolved, text, now)) }
}

/// Figures of the latest observation; evidence and labels of all, the latest first.
fn merged(before: &Observation, latest: &Observation) -> Observation {
    Observation {
        count: latest.count,
        peak: latest.peak,
        evidence: union(&latest.evidence, &before.evidence, EVIDENCE_MAX),
        labels: union(&latest.labels, &before.labels, LABELS_MAX),
    }
}

fn union<T: Clone + PartialEq>(first: &[T], then: &[T], len_max: usize) -> Vec<T> {
    let mut all = Vec::with_capacity(len_max.min(first.len() + then.len()));
    for item in first.iter().chain(then) {
        if all.len() == len_max {
            break;
        }
        if !all.contains(item) {
            all.push(item.clone());
        }
    }
    all
}

/// What is seen now: the figure where the rule has a limit for it, else the count.
fn seen(rule: &Rule, observation: &Observation) -> String {
    match (&rule.query, observation.peak) {
        (Query::Spans(query), Some(peak)) if rule.query.bound().is_some() => query.figure.shown(peak),
        _ => counted(rule, observation.count),
    }
}

/// The count with what is counted.
fn counted(rule: &Rule, count: i64) -> String {
    let noun = match &rule.query {
        Query::Budget(query) if query.figure == BudgetFigure::Spent => return format!("{count} % spent"),
        Query::Budget(_) => return format!("a burn rate of {}.{:03}", count / 1_000, count % 1_000),
        Query::BooksDiffer => "sum",
        Query::OddSpend(_) => "case",
        Query::OrphanSpans | Query::SpansWithoutCost => "span",
        Query::TraceCost { .. } | Query::TraceMeasure { .. } => "trace",
        Query::Spans(query) if query.by == By::Trace || query.figure == Figure::Traces => "trace",
        Query::Spans(query) if query.figure == Figure::Errors => "error",
        Query::Spans(_) => "span",
    };
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

const fn entry(state: State, text: String, at: DateTime<Utc>) -> HistoryEntry {
    HistoryEntry { at, state, by: None, text }
}

#[cfg(test)]
mod tests;
