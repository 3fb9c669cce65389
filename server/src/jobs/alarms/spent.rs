//! Alarms about what is spent of budgets.

use std::collections::HashSet;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::alert::{Alert, Observation, Rule, State};
use model::budget::{Line, Reading, alarm};
use model::cost::Owner;
use sqlx::PgPool;
use store::traces::Suspect;
use tokio::time::Instant;

use super::{Memory, observe, resolve};

/// How far back the traces behind an alarm are looked for: the dearest of a month would be a look at every trace in it.
const EVIDENCE_SECONDS_MAX: TimeDelta = TimeDelta::days(1);

/// How long an open alarm whose figure stays is not written again: half of the time after which it would be over.
const TOLD_MAX: TimeDelta = TimeDelta::seconds(30);

/// Raises what is newly crossed; with `all`, looks at every open alarm as well.
pub(super) async fn look(
    db: &PgPool,
    reading: &Reading,
    memory: &mut Memory,
    all: bool,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let mut known = HashSet::new();
    let mut unexplained = Vec::new();
    for line in &reading.lines {
        let mut wanting = Vec::new();
        for (rule, seen) in alarm::of_line(line) {
            let crossed = seen.count >= rule.threshold;
            match memory.open.get(&rule.name) {
                None if crossed => {
                    observe(db, &rule, &seen, None, now).await?;
                    let raised = store::alerts::open_of_rule(db, &rule.name).await?;
                    memory.open.extend(raised.map(|alarm| (rule.name.clone(), alarm)));
                }
                Some(alarm) if all && !(crossed && is_told(alarm, &seen, now)) => {
                    observe(db, &rule, &seen, None, now).await?;
                }
                _ => {}
            }
            known.insert(rule.name.clone());
            if memory.wants_evidence(&rule.name) {
                wanting.push((rule, seen));
            }
        }
        if !wanting.is_empty() {
            unexplained.push((line, wanting));
        }
    }
    if !unexplained.is_empty() && memory.explaining.is_due() {
        let begun = Instant::now();
        let explained = explain(db, memory, unexplained, now).await;
        memory.explaining.looked(begun);
        explained.context("looking for the traces behind alarms")?;
    }
    if all {
        for gone in
            memory.open.values().filter(|alarm| alarm.rule != alarm::TRACE_ALARM && !known.contains(&alarm.rule))
        {
            resolve(db, Some(gone), now).await?;
        }
    }
    Ok(())
}

/// Whether an open alarm says what is seen now, so that it need not be written again. Nothing else can happen to one that fires
/// while its condition is true; one that is held may fire again.
fn is_told(alarm: &Alert, seen: &Observation, now: DateTime<Utc>) -> bool {
    let is_fresh = (now - alarm.last_true_at).abs() < TOLD_MAX;
    alarm.state == State::Firing && alarm.observation.count == seen.count && is_fresh
}

/// Says of open alarms, by what they are about, which traces are behind them: the same behind every threshold of a budget. They are
/// raised without: people hear of them however long this takes.
async fn explain(
    db: &PgPool,
    memory: &mut Memory,
    unexplained: Vec<(&Line, Vec<(Rule, Observation)>)>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let suspects: Vec<Suspect> = unexplained.iter().map(|(line, _)| suspect(line, now)).collect();
    let found = store::traces::evidence(db, &suspects, now).await?;
    for ((_, alarms), evidence) in unexplained.into_iter().zip(found) {
        for (rule, seen) in alarms {
            if !evidence.is_empty() {
                observe(db, &rule, &Observation { evidence: evidence.clone(), ..seen }, None, now).await?;
            }
            // Once, whatever was found: looked for are the latest traces only.
            memory.explained.insert(rule.name);
        }
    }
    Ok(())
}

/// Whom the budget is about, and since when what it spent counts.
fn suspect(line: &Line, now: DateTime<Utc>) -> Suspect {
    let owner = Owner { dimension: line.budget.scope.dimension(), key: line.owner().map(str::to_owned) };
    Suspect { owner, tenant: None, since: line.standing.period.from.max(now - EVIDENCE_SECONDS_MAX) }
}
