//! Looks at every alert rule and lets [`model::alert::machine`] decide what follows.

use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::alert::machine::{self, Step};
use model::alert::query::Query;
use model::alert::{Rule, State};
use model::budget::alarm::is_of_a_budget;
use model::time::TimeRange;
use sqlx::PgPool;
use store::alerts::Arrivals;
use tokio::sync::Mutex;

use super::Progress;

/// Open alerts read to find those whose rule is gone; there is at most one per rule, and rules are a file's worth.
const OPEN_ALERTS_MAX: i64 = 1_000;

/// How long rules without an open alert go without a look while nothing arrives: the mark of arrivals can miss one.
const UNSEEN_MAX: TimeDelta = TimeDelta::seconds(30);

/// What there was at the last look at every rule, and when that was.
#[derive(Default)]
pub struct Seen(Mutex<Option<(Arrivals, DateTime<Utc>)>>);

/// One look at the rules. A rule whose query fails does not keep the others from being looked at. A window only loses what is in it
/// while nothing arrives, so then those rules are left alone that have no open alert.
pub async fn run(db: PgPool, rules: Arc<[Rule]>, seen: Arc<Seen>, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    let mut seen = seen.0.lock().await;
    // Before the rules: what arrives while they are looked at is news the next time.
    let arrivals = store::alerts::arrivals(&db).await.context("looking for arrivals")?;
    let is_news = seen.as_ref().is_none_or(|(last, at)| *last != arrivals || (now - *at).abs() >= UNSEEN_MAX);
    let mut failed = None;
    for rule in rules.iter() {
        if let Err(error) = look_at(&db, rule, is_news, now).await {
            failed.get_or_insert(error.context(format!("the alert rule {:?} failed", rule.name)));
        }
    }
    resolve_without_rule(&db, &rules, now).await?;
    if let Some(error) = failed {
        *seen = None;
        return Err(error);
    }
    if is_news {
        *seen = Some((arrivals, now));
    }
    Ok(Progress::Idle)
}

async fn look_at(db: &PgPool, rule: &Rule, is_news: bool, now: DateTime<Utc>) -> anyhow::Result<()> {
    let open = store::alerts::open_of_rule(db, &rule.name).await.context("reading its open alert")?;
    if !is_news && open.is_none() {
        return Ok(());
    }
    let window = TimeRange::last_seconds(rule.window_seconds, now);
    let observation = store::alerts::observe(db, &rule.query, window).await.context("observing its window")?;
    match machine::observe(rule, open.as_ref(), &observation, now) {
        Some(step) => keep(db, open.is_some(), &step).await.context("keeping its alert"),
        None => Ok(()),
    }
}

/// Writes what the machine decided. When a person was faster, their change stands and the next look sees it.
pub(super) async fn keep(db: &PgPool, is_open: bool, step: &Step) -> anyhow::Result<()> {
    let written = match &step.entry {
        entry if is_open => store::alerts::update(db, &step.alert, entry.as_ref()).await?,
        Some(entry) => store::alerts::insert(db, &step.alert, entry).await.map(|_| true)?,
        None => false,
    };
    if let Some(entry) = step.entry.as_ref().filter(|_| written) {
        tracing::info!(rule = step.alert.rule, state = step.alert.state.as_str(), "{}", entry.text);
    }
    Ok(())
}

/// Nothing but this could end an alert whose rule has been taken out of the file.
async fn resolve_without_rule(db: &PgPool, rules: &[Rule], now: DateTime<Utc>) -> anyhow::Result<()> {
    for state in [State::Firing, State::Acknowledged, State::Snoozed] {
        for alert in store::alerts::list(db, Some(state), OPEN_ALERTS_MAX).await.context("listing open alerts")? {
            // Those of budgets are looked at by the job `alarms`, that of the books by `books`.
            let query = alert.query_text.parse().ok();
            if is_of_a_budget(&alert.rule, query.as_ref()) || query == Some(Query::BooksDiffer) {
                continue;
            }
            if !rules.iter().any(|rule| rule.name == alert.rule) {
                keep(db, true, &machine::without_rule(&alert, now)).await?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
