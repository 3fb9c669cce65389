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

/// Open alerts read to find those whose rule is gone: those of budgets, of which there may be thousands, are among them.
const OPEN_ALERTS_MAX: i64 = 20_000;

/// How long rules without an open alert go without a look while nothing arrives: the mark of arrivals can miss one.
const UNSEEN_MAX: TimeDelta = TimeDelta::seconds(30);

/// How long open alerts go without a look while nothing arrives: one is over this much after its window at the latest.
const OPEN_UNSEEN_MAX: TimeDelta = TimeDelta::seconds(15);

/// What there was at the last looks at the rules.
#[derive(Default)]
pub struct Seen(Mutex<Option<Last>>);

/// The last look at every rule, and the last at those with an open alert.
struct Last {
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

/// One look at the rules. A rule whose query fails does not keep the others from being looked at.
pub async fn run(db: PgPool, rules: Arc<[Rule]>, seen: Arc<Seen>, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    let mut last = seen.0.lock().await;
    // Before the rules: what arrives while they are looked at is news the next time.
    let arrivals = store::alerts::arrivals(&db).await.context("looking for arrivals")?;
    let look = Last::due(last.as_ref(), &arrivals, now);
    if look != Look::Nothing
        && let Err(error) = look_at_all(&db, &rules, look, now).await
    {
        *last = None;
        return Err(error);
    }
    match (look, &mut *last) {
        (Look::All, last) => *last = Some(Last { arrivals, at: now, open_at: now }),
        (Look::Open, Some(last)) => last.open_at = now,
        (Look::Open | Look::Nothing, _) => {}
    }
    Ok(Progress::Idle)
}

impl Last {
    /// What is to be looked at now. A clock that was set back must not put it off.
    fn due(last: Option<&Self>, arrivals: &Arrivals, now: DateTime<Utc>) -> Look {
        match last {
            Some(last) if last.arrivals == *arrivals && (now - last.at).abs() < UNSEEN_MAX => {
                if (now - last.open_at).abs() < OPEN_UNSEEN_MAX { Look::Nothing } else { Look::Open }
            }
            Some(_) | None => Look::All,
        }
    }
}

async fn look_at_all(db: &PgPool, rules: &[Rule], look: Look, now: DateTime<Utc>) -> anyhow::Result<()> {
    let mut failed = None;
    for rule in rules {
        if let Err(error) = look_at(db, rule, look, now).await {
            failed.get_or_insert(error.context(format!("the alert rule {:?} failed", rule.name)));
        }
    }
    resolve_without_rule(db, rules, now).await?;
    failed.map_or(Ok(()), Err)
}

async fn look_at(db: &PgPool, rule: &Rule, look: Look, now: DateTime<Utc>) -> anyhow::Result<()> {
    let open = store::alerts::open_of_rule(db, &rule.name).await.context("reading its open alert")?;
    if look != Look::All && open.is_none() {
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
            // Those of budgets are looked at by the job `alarms`, that of the books by `books`, odd spend by `anomalies`.
            let query = alert.query_text.parse().ok();
            let is_of_others = matches!(query, Some(Query::BooksDiffer | Query::OddSpend(_)));
            if is_of_a_budget(&alert.rule, query.as_ref()) || is_of_others {
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
