//! Looks at every alert rule and lets [`model::alert::machine`] decide what follows.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::alert::machine::{self, Step};
use model::alert::query::Query;
use model::alert::{Alert, Rule};
use model::budget::alarm::is_of_a_budget;
use model::time::TimeRange;
use sqlx::PgPool;
use store::alerts::Arrivals;
use store::alerts::spans::Found;
use tokio::sync::Mutex;

use super::Progress;

mod spans;

/// How long rules without an open alert go without a look while nothing arrives: the mark of arrivals can miss one.
const UNSEEN_MAX: TimeDelta = TimeDelta::seconds(30);

/// How long open alerts go without a look while nothing arrives: one is over this much after its window at the latest.
const OPEN_UNSEEN_MAX: TimeDelta = TimeDelta::seconds(15);

/// What there was at the last looks at the rules.
#[derive(Default)]
pub struct Seen(Mutex<Option<Last>>);

/// The last look at every rule, and the last at those with an open alert.
struct Last {
    rules: Arc<[Rule]>,
    arrivals: Arrivals,
    at: DateTime<Utc>,
    open_at: DateTime<Utc>,
}

/// Which rules are worth a look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Something has arrived, or may have.
    All,
    /// A window only loses what is in it while nothing arrives, so nothing else can change.
    Open,
    Nothing,
}

/// Whether a query is about what arrives; of the others, other jobs take care.
pub(super) const fn is_about_arrivals(query: &Query) -> bool {
    !matches!(query, Query::Budget(_) | Query::BooksDiffer | Query::OddSpend(_))
}

/// One look at the rules, all of them about what arrives. A rule whose query fails does not keep the others from being looked at.
pub async fn run(db: PgPool, rules: Arc<[Rule]>, seen: Arc<Seen>, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    let mut last = seen.0.lock().await;
    // Before the rules: what arrives while they are looked at is news the next time.
    let arrivals = store::alerts::arrivals(&db).await.context("looking for arrivals")?;
    let look = Last::due(last.as_ref(), &rules, &arrivals, now);
    if look != Look::Nothing
        && let Err(error) = look_at_all(&db, &rules, look, now).await
    {
        *last = None;
        return Err(error);
    }
    match (look, &mut *last) {
        (Look::All, last) => *last = Some(Last { rules, arrivals, at: now, open_at: now }),
        (Look::Open, Some(last)) => last.open_at = now,
        (Look::Open | Look::Nothing, _) => {}
    }
    Ok(Progress::Idle)
}

impl Last {
    /// What is to be looked at now. A clock that was set back must not put it off.
    fn due(last: Option<&Self>, rules: &[Rule], arrivals: &Arrivals, now: DateTime<Utc>) -> Look {
        match last {
            Some(last) if *last.rules == *rules && last.arrivals == *arrivals && (now - last.at).abs() < UNSEEN_MAX => {
                if (now - last.open_at).abs() < OPEN_UNSEEN_MAX {
                    Look::Nothing
                } else {
                    Look::Open
                }
            }
            Some(_) | None => Look::All,
        }
    }
}

async fn look_at_all(db: &PgPool, rules: &[Rule], look: Look, now: DateTime<Utc>) -> anyhow::Result<()> {
    let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    let mut open: HashMap<String, Vec<Alert>> = HashMap::new();
    for alert in store::alerts::open_of_rules(db, &names).await.context("reading open alerts")? {
        open.entry(alert.of_rule.clone().unwrap_or_else(|| alert.rule.clone())).or_default().push(alert);
    }
    let mut failed = None;
    let due = rules.iter().filter(|rule| look == Look::All || open.contains_key(&rule.name));
    let due: Vec<&Rule> = due.collect();
    let mut found = spans::find(db, &due, now).await;
    for rule in due {
        let open = open.remove(&rule.name).unwrap_or_default();
        if let Err(error) = look_at(db, rule, found.remove(&rule.name), &open, now).await {
            failed.get_or_insert(error.context(format!("the alert rule {:?} failed", rule.name)));
        }
    }
    resolve_without_rule(db, rules, now).await?;
    failed.map_or(Ok(()), Err)
}

/// `found` is what a query about spans has found, for a rule that has one.
async fn look_at(
    db: &PgPool,
    rule: &Rule,
    found: Option<anyhow::Result<Found>>,
    open: &[Alert],
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let window = TimeRange::last_seconds(rule.window_seconds, now);
    if let (Query::Spans(query), Some(found)) = (&rule.query, found) {
        let steps = spans::look_at(db, (rule, query), found?, open, window, now).await?;
        return keep_all(db, &steps).await.context("keeping its alerts").map(drop);
    }
    let observation = store::alerts::observe(db, &rule.query, window).await.context("observing its window")?;
    let open = open.iter().find(|alert| alert.rule == rule.name);
    match machine::observe(rule, open, &observation, now) {
        Some(step) => keep(db, step).await.context("keeping its alert"),
        None => Ok(()),
    }
}

/// Writes what the machine decided. When a person was faster, their change stands and the next look sees it.
pub(super) async fn keep(db: &PgPool, step: Step) -> anyhow::Result<()> {
    keep_all(db, &[step]).await.map(drop)
}

/// The same of several alerts at once, with the id of each that was written.
pub(super) async fn keep_all(db: &PgPool, steps: &[Step]) -> anyhow::Result<Vec<Option<i64>>> {
    let ids = store::alerts::keep(db, steps).await?;
    for (step, _) in steps.iter().zip(&ids).filter(|(_, id)| id.is_some()) {
        if let Some(entry) = &step.entry {
            tracing::info!(rule = step.alert.rule, state = step.alert.state.as_str(), "{}", entry.text);
        }
    }
    Ok(ids)
}

/// Nothing but this could end an alert whose rule has been taken out of the file.
async fn resolve_without_rule(db: &PgPool, rules: &[Rule], now: DateTime<Utc>) -> anyhow::Result<()> {
    for (rule, of_rule, query) in store::alerts::open_rules(db).await.context("listing open alerts")? {
        // Those of budgets are looked at by the job `alarms`, that of the books by `books`, odd spend by `anomalies`.
        let query = query.parse().ok();
        let is_of_others = query.as_ref().is_some_and(|query| !is_about_arrivals(query));
        let is_there = rules.iter().any(|known| known.name == *of_rule.as_ref().unwrap_or(&rule));
        if is_of_a_budget(&rule, query.as_ref()) || is_of_others || is_there {
            continue;
        }
        if let Some(alert) = store::alerts::open_of_rule(db, &rule).await.context("reading an open alert")? {
            keep(db, machine::without_rule(&alert, now)).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
