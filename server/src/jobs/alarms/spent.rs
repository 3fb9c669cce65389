//! Alarms about what is spent of budgets.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::alert::{Alert, Observation, Rule, State, machine};
use model::budget::{Line, Reading, alarm};
use model::cost::Owner;
use sqlx::PgPool;
use store::traces::Suspect;
use tokio::time::Instant;

use super::Memory;

/// How far back the traces behind an alarm are looked for: the dearest of a month would be a look at every trace in it.
const EVIDENCE_SECONDS_MAX: TimeDelta = TimeDelta::days(1);

/// How long an open alarm whose figure stays is not written again: half of the time after which it would be over.
const TOLD_MAX: TimeDelta = TimeDelta::seconds(30);

/// Raises what is newly crossed; with `all`, looks at every open alarm as well.
pub(super) async fn look(
    db: &PgPool,
    reading: Arc<Reading>,
    memory: &mut Memory,
    all: bool,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let before = memory.reading.take().filter(|_| !all);
    let stands_as_before = |place: usize, line: &Line| {
        before.as_ref().and_then(|before| before.lines.get(place)).is_some_and(|before| alarm::is_as(line, before))
    };
    let lines = reading.lines.iter().enumerate().filter(|(place, line)| !stands_as_before(*place, line));
    let of_line = |line| [alarm::of_line(line), alarm::written(line, &memory.rules)].concat();
    let lines: Vec<(&Line, Vec<(Rule, Observation)>)> = lines.map(|(_, line)| (line, of_line(line))).collect();
    let steps = lines.iter().flat_map(|(_, rules)| rules).filter_map(|(rule, seen)| {
        let crossed = seen.count >= rule.threshold;
        let open = memory.open.get(&rule.name);
        let is_known = match open {
            None => !crossed,
            Some(alarm) => !all || (crossed && is_told(alarm, seen, now)),
        };
        if is_known { None } else { machine::observe(rule, open, seen, now) }
    });
    let steps = steps.collect();
    memory.keep(db, steps).await?;
    if all {
        let known: HashSet<&str> =
            lines.iter().flat_map(|(_, rules)| rules).map(|(rule, _)| rule.name.as_str()).collect();
        let is_gone = |alarm: &&Alert| alarm.rule != alarm::TRACE_ALARM && !known.contains(alarm.rule.as_str());
        let gone = memory.open.values().filter(is_gone).map(|alarm| machine::without_rule(alarm, now)).collect();
        memory.keep(db, gone).await?;
    }
    if explain(db, memory, &lines, now).await? {
        memory.reading = Some(reading);
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
/// raised without: people hear of them however long this takes. Tells whether nothing is left to be said.
async fn explain(
    db: &PgPool,
    memory: &mut Memory,
    lines: &[(&Line, Vec<(Rule, Observation)>)],
    now: DateTime<Utc>,
) -> anyhow::Result<bool> {
    let unexplained = lines.iter().filter_map(|(line, rules)| {
        let wanting: Vec<&(Rule, Observation)> =
            rules.iter().filter(|(rule, _)| memory.wants_evidence(&rule.name)).collect();
        (!wanting.is_empty()).then_some((*line, wanting))
    });
    let unexplained: Vec<(&Line, Vec<&(Rule, Observation)>)> = unexplained.collect();
    if unexplained.is_empty() {
        return Ok(true);
    }
    if !memory.explaining.is_due() {
        return Ok(false);
    }
    let begun = Instant::now();
    let suspects: Vec<Suspect> = unexplained.iter().map(|(line, _)| suspect(line, now)).collect();
    let found = store::traces::evidence(db, &suspects, now).await;
    memory.explaining.looked(begun);
    let mut steps = Vec::new();
    for ((_, alarms), evidence) in unexplained.into_iter().zip(found.context("looking for the traces behind alarms")?) {
        for (rule, seen) in alarms {
            if !evidence.is_empty() {
                let seen = Observation { evidence: evidence.clone(), ..seen.clone() };
                steps.extend(machine::observe(rule, memory.open.get(&rule.name), &seen, now));
            }
            // Once, whatever was found: looked for are the latest traces only.
            memory.explained.insert(rule.name.clone());
        }
    }
    memory.keep(db, steps).await?;
    Ok(true)
}

/// Whom the budget is about, and since when what it spent counts.
fn suspect(line: &Line, now: DateTime<Utc>) -> Suspect {
    let owner = Owner { dimension: line.budget.scope.dimension(), key: line.owner().map(str::to_owned) };
    Suspect { owner, tenant: None, since: line.standing.period.from.max(now - EVIDENCE_SECONDS_MAX) }
}
