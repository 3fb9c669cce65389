//! What the page asks of the server.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use model::alert::query::Query;
use model::alert::query::spans::Bound;
use model::alert::rule::book::{Listed, RuleFile};
use model::alert::rule::trial::{Trial, Window, firings};
use model::alert::{Rule, State};
use model::budget::rulebook::Change;
use model::time::TimeRange;
use serde::{Deserialize, Serialize};
use store::StoreError;

use super::typed::Typed;
use crate::error::ApiError;

/// What there is to see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleLedger {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// Every rule.
    pub lines: Vec<RuleLine>,
    /// The file.
    pub file: RuleFile,
    /// The rule whose form is shown.
    pub edited: Option<Listed>,
    /// What the rule of the form would have done.
    pub tried: Option<Tried>,
    /// Who did what, newest first.
    pub changes: Vec<Change>,
    /// What has just been done.
    pub done: Option<Change>,
    /// The name this browser used last, for the form.
    pub who: String,
}

/// A rule, and what it does now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleLine {
    /// The rule, and where it comes from.
    pub listed: Listed,
    /// How many of its alerts are open, by state.
    pub open: Vec<(State, i64)>,
    /// It is the one that was asked for.
    pub is_marked: bool,
}

/// What trying a rule came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// The rule.
    pub rule: Rule,
    /// What it would have done, or why that cannot be told.
    pub outcome: Result<Trial, String>,
}

/// Every rule; the one that is edited or named `marked`; what the typed one would have done; the line of the history that says what
/// was done.
pub async fn load_rules(typed: Typed, marked: String, done: Option<i64>) -> Result<RuleLedger, ApiError> {
    /// Lines of the history.
    const CHANGES_MAX: i64 = 20;
    let services = crate::context::services()?;
    let (db, now) = (services.pools.readers.get(), (services.now)());
    let rules = services.alert_rules.rules();
    let mut open: HashMap<String, Vec<(State, i64)>> = HashMap::new();
    for (rule, state, count) in store::alerts::open_by_rule(&db).await? {
        open.entry(rule).or_default().push((state, count));
    }
    let line = |listed: &Listed| RuleLine {
        open: open.get(&listed.rule.name).filter(|_| listed.in_force).cloned().unwrap_or_default(),
        is_marked: listed.rule.name == marked,
        listed: listed.clone(),
    };
    let changes = store::alerts::rules::history(&db, CHANGES_MAX).await?;
    let is_edited = |listed: &&Listed| {
        let id = listed.id.map(|id| id.to_string());
        id.is_some()
            && (id.as_ref() == Some(&typed.edit) || typed.edit.is_empty() && !typed.sent && listed.rule.name == marked)
    };
    let tried = match typed.draft.read() {
        Ok(rule) if typed.tried => Some(Tried { outcome: tried(&db, &rule, now).await?, rule }),
        _ => None,
    };
    Ok(RuleLedger {
        now,
        lines: rules.rules.iter().map(line).collect(),
        file: rules.file.clone(),
        edited: rules.rules.iter().find(is_edited).cloned(),
        tried,
        done: done.and_then(|id| changes.iter().find(|change| change.id == id).cloned()),
        changes,
        who: crate::context::cookie(crate::context::WHO_COOKIE).unwrap_or_default(),
    })
}

/// Days of the past a rule is tried on, and what is tried when those are too many spans to read.
const TRIED_HOURS: [i64; 3] = [7 * 24, 24, 1];

/// What a rule would have done: over a week, or over as much as can be read.
pub async fn tried(db: &store::Db, rule: &Rule, now: DateTime<Utc>) -> Result<Result<Trial, String>, ApiError> {
    if matches!(rule.query, Query::Budget(_)) {
        return Ok(Err("how budgets stood in the past is not kept".to_owned()));
    }
    let mut reason = String::new();
    for hours in TRIED_HOURS {
        let range = TimeRange { from: now - TimeDelta::hours(hours), to: now };
        match tried_on(db, rule, range).await {
            Ok(trial) => return Ok(Ok(trial)),
            Err(StoreError::TooManySpans { .. }) => reason = StoreError::TooManySpans { spans_max: 0 }.to_string(),
            // It took longer than a page may.
            Err(error) if error.was_too_slow() => {
                "more time would be needed than a page may take".clone_into(&mut reason)
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Err(reason))
}

async fn tried_on(db: &store::Db, rule: &Rule, range: TimeRange) -> Result<Trial, StoreError> {
    let seconds = rule.window_seconds;
    let trial = |firings, is_all| Trial { range, window_seconds: seconds, firings, is_all };
    let (windows, is_all): (Vec<Window>, bool) = match &rule.query {
        Query::OddSpend(query) => {
            let (firings, is_all) = store::spend::firings(db, query, rule.terms.for_seconds, range).await?;
            return Ok(trial(firings, is_all));
        }
        Query::Spans(query) => {
            let counted = Bound { op: model::alert::query::Comparison::GreaterOrEqual, limit: rule.threshold };
            let bound = query.bound.unwrap_or(counted);
            let (slices, is_all) = store::alerts::spans::slices(db, query, Some(bound), range, seconds).await?;
            let window = |(at, group): (DateTime<Utc>, store::alerts::spans::Group)| Window {
                at,
                group: group.labels(query),
                figure: query.figure.to_people(group.value),
            };
            (slices.into_iter().map(window).collect(), is_all)
        }
        query => {
            let slices = store::alerts::past(db, query, rule.threshold, range, seconds).await?;
            let is_measured = matches!(query, Query::TraceCost { .. } | Query::TraceMeasure { .. });
            let window = |slice: store::alerts::Slice| Window {
                at: slice.at,
                group: Vec::new(),
                figure: slice.peak.filter(|_| is_measured).unwrap_or(slice.count as f64),
            };
            (slices.into_iter().map(window).collect(), true)
        }
    };
    let less_is_worse = rule.query.bound().is_some_and(Bound::looks_for_small);
    Ok(trial(firings(rule, windows, less_is_worse), is_all))
}
