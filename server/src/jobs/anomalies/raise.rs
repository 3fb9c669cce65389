//! Alerts about odd spend. What one tenant spends too much is odd by its service, its model and its user as well: that is one alert,
//! which says so.

use std::collections::HashSet;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::alert::machine::{self, Step};
use model::alert::query::Query;
use model::alert::{Alert, Observation, Rule, State, Terms, spend};
use model::anomaly::{Episode, Kind, Subject, Turn};
use model::cost::{Dimension, Owner};
use sqlx::PgPool;
use store::traces::Suspect;

use crate::jobs::detect;

/// Alerts of one state that are looked through: far more than anybody would.
const ALERTS_MAX: i64 = 20_000;

/// How long before the first odd minute the traces may have begun that spent in it.
const BEGAN_BEFORE: TimeDelta = TimeDelta::minutes(spend::BEFORE_MINUTES);

/// Share of somebody's excess that a tenant's has to be so that it is the same money.
const SAME_MONEY: f64 = 0.5;

/// Raises what is odd, and ends what no longer is. What an alert of a tenant has told of is `explained` as long as it is odd.
pub(super) async fn all(
    db: &PgPool,
    turns: &[(Subject, Turn)],
    explained: &mut HashSet<String>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let open = open(db).await?;
    let odd: Vec<(&Subject, &Episode)> = turns
        .iter()
        .filter_map(|(subject, turn)| match turn {
            Turn::Opens(episode) | Turn::GoesOn(episode) => Some((subject, episode)),
            Turn::Quiet | Turn::Closes(_) => None,
        })
        .collect();
    let names: HashSet<String> = odd.iter().map(|(subject, _)| spend::name(subject)).collect();
    explained.retain(|name| names.contains(name));
    let mut told = Vec::new();
    for (subject, episode) in &odd {
        let name = spend::name(subject);
        let alert = open.iter().find(|alert| alert.rule == name);
        if alert.is_none() && (explained.contains(&name) || is_told_by_another(subject, episode, &odd)) {
            explained.insert(name);
        } else {
            told.push((*subject, *episode, alert));
        }
    }
    let suspects: Vec<Suspect> = told.iter().map(|(subject, episode, _)| suspect(subject, episode)).collect();
    let evidence =
        store::traces::evidence(db, &suspects, now).await.context("looking for the traces behind odd spend")?;
    let mut steps = Vec::new();
    for ((subject, episode, alert), evidence) in told.iter().zip(evidence) {
        let seen = spend::observation(subject, episode, evidence, &drivers(subject, episode, &odd));
        steps.extend(observed(subject, episode, &seen, *alert, now));
    }
    let told: HashSet<String> = told.iter().map(|(subject, ..)| spend::name(subject)).collect();
    for alert in open.iter().filter(|alert| !told.contains(&alert.rule)) {
        steps.extend(ended(alert, now)?);
    }
    detect::keep_all(db, &steps).await.context("keeping alerts about odd spend").map(drop)
}

/// Alerts about odd spend that are over.
pub(super) async fn over(db: &PgPool) -> anyhow::Result<Vec<Alert>> {
    of_spend(db, State::Resolved).await
}

async fn open(db: &PgPool) -> anyhow::Result<Vec<Alert>> {
    let mut open = Vec::new();
    for state in [State::Firing, State::Acknowledged, State::Snoozed] {
        open.extend(of_spend(db, state).await?);
    }
    Ok(open)
}

async fn of_spend(db: &PgPool, state: State) -> anyhow::Result<Vec<Alert>> {
    let mut alerts = store::alerts::list(db, Some(state), ALERTS_MAX).await.context("listing alerts")?;
    alerts.retain(|alert| matches!(alert.query_text.parse(), Ok(Query::OddSpend(_))));
    Ok(alerts)
}

/// Whether a tenant spends most of the same money too much.
fn is_told_by_another(subject: &Subject, episode: &Episode, odd: &[(&Subject, &Episode)]) -> bool {
    let is_the_same = |(other, of): &(&Subject, &Episode)| match (&subject.kind, &other.kind) {
        (Kind::Tenant, _) => false,
        (Kind::TenantService, Kind::Tenant) => subject.tenant.as_ref() == Some(&other.name),
        (_, Kind::Tenant) => of.excess() >= SAME_MONEY * episode.excess(),
        _ => false,
    };
    odd.iter().any(is_the_same)
}

/// What else is odd by the same money.
fn drivers(subject: &Subject, episode: &Episode, odd: &[(&Subject, &Episode)]) -> Vec<Subject> {
    let alone = [(subject, episode)];
    let drives = |(other, of): &&(&Subject, &Episode)| is_told_by_another(other, of, &alone);
    let mut drivers: Vec<&(&Subject, &Episode)> = odd.iter().filter(drives).collect();
    drivers.sort_by(|left, right| right.1.excess().total_cmp(&left.1.excess()));
    drivers.into_iter().map(|(other, _)| (*other).clone()).collect()
}

/// What is seen of an episode, as an alert.
fn observed(
    subject: &Subject,
    episode: &Episode,
    seen: &Observation,
    open: Option<&Alert>,
    now: DateTime<Utc>,
) -> Option<Step> {
    let mut step = machine::observe(&spend::rule(subject, &episode.worst), open, seen, now)?;
    if let (None, Some(entry)) = (open, &mut step.entry) {
        entry.text = spend::words(&episode.worst);
    }
    Some(step)
}

/// An alert whose spend is as expected again, or is no longer watched.
fn ended(alert: &Alert, now: DateTime<Utc>) -> anyhow::Result<Option<Step>> {
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
        // The machine speaks of its window, which is none here.
        entry.text = spend::OVER.to_owned();
    }
    Ok(step)
}

/// Whoever it is, since it began.
fn suspect(subject: &Subject, episode: &Episode) -> Suspect {
    let dimension = match subject.kind {
        Kind::Tenant => Dimension::Tenant,
        Kind::TenantService => Dimension::Service,
        Kind::Capability => Dimension::Capability,
        Kind::Model => Dimension::Model,
        Kind::User => Dimension::User,
    };
    Suspect {
        owner: Owner { dimension, key: Some(subject.name.clone()) },
        tenant: subject.tenant.clone(),
        since: DateTime::UNIX_EPOCH + TimeDelta::minutes(episode.since) - BEGAN_BEFORE,
    }
}
