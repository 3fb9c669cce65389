//! Looks at a rule about spans: every group that is beyond its limit has an alert of its own.

use std::collections::HashMap;

use anyhow::Context;
use chrono::{DateTime, Utc};
use model::alert::machine::{self, Step};
use model::alert::query::spans::{Bound, By, SpanQuery};
use model::alert::query::{Comparison, Query};
use model::alert::rule::NoData;
use model::alert::{Alert, Observation, Rule};
use model::time::TimeRange;
use sqlx::PgPool;
use store::alerts::spans::{Ask, Behind, Found, Group, behind, groups, groups_of_many, has_data};

/// Groups whose traces are looked for at one look: each is a query. Those of the others are looked for at the next.
const EXPLAINED_MAX: usize = 50;

/// What the queries of these rules find in their windows, by the name of the rule.
pub(super) async fn find(db: &PgPool, rules: &[&Rule], now: DateTime<Utc>) -> HashMap<String, anyhow::Result<Found>> {
    let (mut names, mut asks): (Vec<&str>, Vec<Ask<'_>>) = (Vec::new(), Vec::new());
    for rule in rules {
        if let Query::Spans(query) = &rule.query {
            names.push(&rule.name);
            asks.push((query, loosest(rule, query), TimeRange::last_seconds(rule.window_seconds, now)));
        }
    }
    let mut found = HashMap::new();
    match groups_of_many(db, &asks).await {
        Ok(all) => found.extend(names.into_iter().zip(all).map(|(name, found)| (name.to_owned(), Ok(found)))),
        // One of them is at fault: the others are not to suffer.
        Err(_) => {
            for (name, (query, bound, window)) in names.into_iter().zip(asks) {
                let alone = groups(db, query, Some(bound), window).await.context("looking at spans");
                found.insert(name.to_owned(), alone);
            }
        }
    }
    found
}

/// What follows from what was found in the window.
pub(super) async fn look_at(
    db: &PgPool,
    (rule, query): (&Rule, &SpanQuery),
    found: Found,
    open: &[Alert],
    window: TimeRange,
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<Step>> {
    if found.beyond > 0 {
        tracing::warn!(rule = rule.name, groups = found.beyond, "more groups are beyond the limit than have alerts");
    }
    let mut seen = if query.by == By::Trace {
        vec![(rule.clone(), Vec::new(), of_traces(rule, query, open.first(), &found.groups, found.beyond))]
    } else {
        found.groups.iter().map(|group| of_group(rule, query, open, group)).collect()
    };
    if found.groups.is_empty() && rule.terms.no_data != NoData::Ok && !has_data(db, query, window).await? {
        match rule.terms.no_data {
            NoData::Keep | NoData::Ok => return Ok(Vec::new()),
            NoData::Fire => seen.push((rule.clone(), Vec::new(), Observation { count: rule.threshold, ..quiet() })),
        }
    }
    let mut explained = 0;
    let mut steps = Vec::new();
    for (rule, keys, mut observation) in seen {
        let open = open.iter().find(|alert| alert.rule == rule.name);
        let is_beyond = observation.count >= rule.threshold;
        if is_beyond && observation.peak.is_some() && wants_traces(open, &observation) && explained < EXPLAINED_MAX {
            explained += 1;
            let group = Group { keys, value: 0 };
            let Behind { evidence, labels } = behind(db, query, &group, window).await.context("looking for traces")?;
            observation.evidence = evidence;
            let is_new = |(name, _): &(String, String)| observation.labels.iter().all(|(known, _)| known != name);
            let labels: Vec<_> = labels.into_iter().filter(is_new).collect();
            observation.labels.extend(labels);
        }
        steps.push((rule.name.clone(), machine::observe(&rule, open, &observation, now)));
    }
    let is_seen = |alert: &&Alert| steps.iter().any(|(name, _)| *name == alert.rule);
    let gone: Vec<Step> = open
        .iter()
        .filter(|alert| !is_seen(alert))
        .filter_map(|alert| machine::observe(&named(rule, alert), Some(alert), &quiet(), now))
        .collect();
    Ok(steps.into_iter().filter_map(|(_, step)| step).chain(gone).collect())
}

fn quiet() -> Observation {
    Observation::default()
}

/// The rule of an alert that is open.
fn named(rule: &Rule, alert: &Alert) -> Rule {
    Rule { name: alert.rule.clone(), ..rule.clone() }
}

/// The limit that finds all groups worth a look: those beyond it, and those that fire and are not over yet.
fn loosest(rule: &Rule, query: &SpanQuery) -> Bound {
    let Some(bound) = query.bound else {
        let limit = rule.terms.recovery.unwrap_or(rule.threshold);
        return Bound { op: Comparison::GreaterOrEqual, limit };
    };
    Bound { limit: rule.terms.recovery.filter(|_| query.by != By::Trace).unwrap_or(bound.limit), ..bound }
}

/// What is seen of a group: the figure and whether it is beyond the limit, or how many there are.
fn of_group(rule: &Rule, query: &SpanQuery, open: &[Alert], group: &Group) -> (Rule, Vec<Option<String>>, Observation) {
    let labels = group.labels(query);
    let rule = rule.of_group(&labels);
    let open = open.iter().find(|alert| alert.rule == rule.name);
    let count = match rule.bound_for(query, open) {
        Some(bound) => i64::from(bound.holds(group.value)),
        None => i64::try_from(group.value).unwrap_or(i64::MAX),
    };
    let peak = Some(query.figure.to_people(group.value));
    (rule, group.keys.clone(), Observation { count, peak, labels, ..quiet() })
}

/// What is seen of traces: how many are beyond the limit, and the worst of them.
fn of_traces(rule: &Rule, query: &SpanQuery, open: Option<&Alert>, found: &[Group], beyond: i64) -> Observation {
    let count = beyond.saturating_add(i64::try_from(found.len()).unwrap_or(i64::MAX));
    let peak = found.first().map(|group| query.figure.to_people(group.value));
    let labels = open.filter(|alert| alert.rule == rule.name).map(|alert| alert.observation.labels.clone());
    Observation { count, peak, labels: labels.unwrap_or_default(), ..quiet() }
}

/// Whether the traces behind it are to be looked for: those of a new alert, or when it is worse than it was.
fn wants_traces(open: Option<&Alert>, seen: &Observation) -> bool {
    open.is_none_or(|alert| alert.observation.evidence.is_empty() || alert.observation.peak != seen.peak)
}
