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
            unexplained.push((line, rule, seen));
        }
    }
    unexplained.retain(|(_, rule, _)| memory.wants_evidence(&rule.name));
    if !unexplained.is_empty() && memory.explaining.is_due() {
        let begun = Instant::now();
        explain(db, memory, unexplained, now).await.context("looking for the traces behind alarms")?;
        memory.explaining.looked(begun);
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

/// Says of open alarms which traces are behind them. They are raised without: people hear of them however long this takes.
async fn explain(
    db: &PgPool,
    memory: &mut Memory,
    unexplained: Vec<(&Line, Rule, Observation)>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    // Every threshold of a budget has an alarm, and the same traces behind it.
    let mut lines: Vec<&Line> = unexplained.iter().map(|(line, ..)| *line).collect();
    lines.dedup_by(|left, right| std::ptr::eq(*left, *right));
    let suspects: Vec<Suspect> = lines.iter().map(|line| suspect(line, now)).collect();
    // Once, whatever is found: these are looked for among the latest traces only.
    memory.explained.extend(unexplained.iter().map(|(_, rule, _)| rule.name.clone()));
    let found = store::traces::evidence(db, &suspects, now).await?;
    for (line, rule, seen) in unexplained {
        let place = lines.iter().position(|other| std::ptr::eq(*other, line));
        let evidence = place.and_then(|place| found.get(place)).cloned().unwrap_or_default();
        if !evidence.is_empty() {
            observe(db, &rule, &Observation { evidence, ..seen }, None, now).await?;
        }
    }
    Ok(())
}

/// Whom the budget is about, and since when what it spent counts.
fn suspect(line: &Line, now: DateTime<Utc>) -> Suspect {
    let owner = Owner { dimension: line.budget.scope.dimension(), key: line.owner().map(str::to_owned) };
    Suspect { owner, tenant: None, since: line.standing.period.from.max(now - EVIDENCE_SECONDS_MAX) }
}
