//! Alarms about what is spent of budgets.

use std::collections::HashSet;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::alert::{Observation, Rule};
use model::budget::{Line, Reading, alarm};
use model::cost::Owner;
use sqlx::PgPool;
use store::traces::Suspect;

use super::{Memory, observe, resolve};

/// How far back the traces behind an alarm are looked for: the dearest of a month would be a look at every trace in it.
const EVIDENCE_SECONDS_MAX: TimeDelta = TimeDelta::days(1);

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
        for (rule, seen) in alarm::of_line(line) {
            let crossed = seen.count >= rule.threshold;
            let open = memory.open.get(&rule.name);
            if (crossed && open.is_none()) || (all && open.is_some()) {
                observe(db, &rule, &seen, None, now).await?;
            }
            if crossed
                && open.is_none()
                && let Some(alarm) = store::alerts::open_of_rule(db, &rule.name).await?
            {
                memory.open.insert(rule.name.clone(), alarm);
            }
            known.insert(rule.name.clone());
            unexplained.push((line, rule, seen));
        }
    }
    unexplained.retain(|(_, rule, _)| memory.wants_evidence(&rule.name));
    explain(db, memory, unexplained, now).await.context("looking for the traces behind alarms")?;
    if all {
        for gone in
            memory.open.values().filter(|alarm| alarm.rule != alarm::TRACE_ALARM && !known.contains(&alarm.rule))
        {
            resolve(db, Some(gone), now).await?;
        }
    }
    Ok(())
}

/// Says of open alarms which traces are behind them. They are raised without: people hear of them however long this takes.
async fn explain(
    db: &PgPool,
    memory: &mut Memory,
    unexplained: Vec<(&Line, Rule, Observation)>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let suspects: Vec<Suspect> = unexplained.iter().map(|(line, ..)| suspect(line, now)).collect();
    // Once, whatever is found: these are looked for among the latest traces only.
    memory.explained.extend(unexplained.iter().map(|(_, rule, _)| rule.name.clone()));
    let found = store::traces::evidence(db, &suspects, now).await?;
    for ((_, rule, seen), evidence) in unexplained.into_iter().zip(found).filter(|(_, traces)| !traces.is_empty()) {
        observe(db, &rule, &Observation { evidence, ..seen }, None, now).await?;
    }
    Ok(())
}

/// Whom the budget is about, and since when what it spent counts.
fn suspect(line: &Line, now: DateTime<Utc>) -> Suspect {
    let owner = Owner { dimension: line.budget.scope.dimension(), key: line.owner().map(str::to_owned) };
    Suspect { owner, tenant: None, since: line.standing.period.from.max(now - EVIDENCE_SECONDS_MAX) }
}
