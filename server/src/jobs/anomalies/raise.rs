//! Alerts about odd spend: which there are to be, and what becomes of those that are open. What is raised of whom is in [`case`].

use std::collections::HashSet;
use std::time::Instant;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::TraceId;
use model::alert::machine::{self, Step};
use model::alert::query::Query;
use model::alert::{Alert, Observation, Rule, State, Terms, spend};
use model::anomaly::{Episode, Subject, Turn};
use model::cost::Owner;
use sqlx::PgPool;
use store::StoreError;
use store::traces::Suspect;

use super::case::{self, Case};
use super::gathered::Gathered;
use crate::jobs::detect;

/// Alerts of one state that are looked through: far more than anybody would.
const ALERTS_MAX: i64 = 20_000;

/// How long before the first odd minute the traces may have begun that spent in it.
const BEGAN_BEFORE: TimeDelta = TimeDelta::minutes(spend::BEFORE_MINUTES);

/// Raises what is odd by these rules, or by what is usual where there is none, and ends what no longer is. What an alert of a tenant
/// has told of is `explained` as long as it is odd.
pub(super) async fn all(
    db: &PgPool,
    turns: &[(&Subject, Turn)],
    rules: &[Rule],
    explained: &mut HashSet<String>,
    gathered: &mut Gathered,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let open = open(db).await?;
    let odd = turns.iter().filter_map(|(subject, turn)| match turn {
        Turn::Opens(episode) | Turn::GoesOn(episode) => Some((*subject, episode)),
        Turn::Quiet | Turn::Closes(_) => None,
    });
    let odd: Vec<(&Subject, &Episode)> = odd.collect();
    let cases = case::told(case::all(&odd, rules, &open), explained);
    let evidence = evidence(db, &cases, gathered, now).await.context("looking for the traces behind odd spend")?;
    let mut steps = Vec::new();
    for (case, evidence) in cases.iter().zip(evidence) {
        let drivers = case::drivers(case.subject, case.episode, &odd);
        let seen = spend::observation(case.subject, case.episode, evidence, &drivers);
        steps.extend(observed(case, &seen, now));
    }
    let told: HashSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    for alert in open.iter().filter(|alert| !told.contains(alert.rule.as_str())) {
        steps.extend(ended(alert, rules, now)?);
    }
    detect::keep_all(db, &steps).await.context("keeping alerts about odd spend").map(drop)
}

/// The traces behind each case, looked for where they may be others than it is known to have.
async fn evidence(
    db: &PgPool,
    cases: &[Case<'_>],
    gathered: &mut Gathered,
    now: DateTime<Utc>,
) -> Result<Vec<Vec<TraceId>>, StoreError> {
    let begun = Instant::now();
    let mut known: Vec<Option<Vec<TraceId>>> = cases.iter().map(|case| gathered.known(case, now)).collect();
    let unknown: Vec<usize> = (0..cases.len()).filter(|place| known[*place].is_none()).collect();
    let suspects = unknown.iter().map(|place| suspect(cases[*place].subject, cases[*place].episode));
    let suspects: Vec<Suspect> = suspects.collect();
    let found = store::traces::evidence(db, &suspects, now).await?;
    if unknown.len() == cases.len() {
        gathered.note(now, begun.elapsed());
    }
    for (place, traces) in unknown.into_iter().zip(found) {
        known[place] = Some(traces);
    }
    Ok(known.into_iter().map(Option::unwrap_or_default).collect())
}

/// Alerts about odd spend that are over.
pub(super) async fn over(db: &PgPool) -> anyhow::Result<Vec<Alert>> {
    of_spend(db, State::Resolved).await
}

async fn open(db: &PgPool) -> anyhow::Result<Vec<Alert>> {
    let mut open = Vec::new();
    for state in [State::Pending, State::Firing, State::Acknowledged, State::Snoozed] {
        open.extend(of_spend(db, state).await?);
    }
    Ok(open)
}

async fn of_spend(db: &PgPool, state: State) -> anyhow::Result<Vec<Alert>> {
    let mut alerts = store::alerts::list(db, Some(state), ALERTS_MAX).await.context("listing alerts")?;
    alerts.retain(|alert| matches!(alert.query_text.parse(), Ok(Query::OddSpend(_))));
    Ok(alerts)
}

/// What a case does to its alert.
fn observed(case: &Case, seen: &Observation, now: DateTime<Utc>) -> Option<Step> {
    let is_open = case.open.is_some_and(|alert| alert.state != State::Pending);
    let mut step = machine::observe(&case.rule(), case.open, seen, now)?;
    if let (false, Some(entry)) = (is_open, &mut step.entry) {
        entry.text = spend::words(&case.episode.worst);
    }
    Some(step)
}

/// An alert whose spend is as expected again or no longer watched, or whose rule is gone.
fn ended(alert: &Alert, rules: &[Rule], now: DateTime<Utc>) -> anyhow::Result<Option<Step>> {
    if alert.of_rule.as_ref().is_some_and(|of| rules.iter().all(|rule| rule.name != *of)) {
        return Ok(Some(machine::without_rule(alert, now)));
    }
    let rule = Rule {
        name: alert.rule.clone(),
        query: alert.query_text.parse()?,
        query_text: alert.query_text.clone(),
        threshold: alert.threshold,
        window_seconds: alert.window_seconds,
        severity: alert.severity,
        terms: Terms::default(),
    };
    let mut step = machine::observe(&rule, Some(alert), &Observation::default(), now);
    let entry = step.as_mut().and_then(|step| step.entry.as_mut());
    if let Some(entry) = entry.filter(|entry| entry.state == State::Resolved) {
        // The machine speaks of its window, and here it is what comes after that counts.
        entry.text = spend::OVER.to_owned();
    }
    Ok(step)
}

/// Whoever it is, since it began.
fn suspect(subject: &Subject, episode: &Episode) -> Suspect {
    Suspect {
        owner: Owner { dimension: subject.kind.dimension(), key: Some(subject.name.clone()) },
        tenant: subject.tenant.clone(),
        since: DateTime::UNIX_EPOCH + TimeDelta::minutes(episode.since) - BEGAN_BEFORE,
    }
}
