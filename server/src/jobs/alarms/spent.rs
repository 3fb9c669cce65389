//! Alarms about what is spent of budgets.

use std::collections::HashSet;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::TraceId;
use model::alert::EVIDENCE_MAX;
use model::budget::{Line, Reading, alarm};
use model::cost::Dimension;
use model::time::TimeRange;
use model::trace::filter::{Order, TraceFilter};
use sqlx::PgPool;

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
    for line in &reading.lines {
        for (rule, mut seen) in alarm::of_line(line) {
            let crossed = seen.count >= rule.threshold;
            let open = memory.open.get(&rule.name);
            if (crossed && open.is_none()) || (all && open.is_some()) {
                if open.is_none() {
                    seen.evidence = evidence(db, line, now).await.context("looking for the traces behind an alarm")?;
                }
                observe(db, &rule, &seen, None, now).await?;
                if open.is_none()
                    && let Some(alarm) = store::alerts::open_of_rule(db, &rule.name).await?
                {
                    memory.open.insert(rule.name.clone(), alarm);
                }
            }
            known.insert(rule.name);
        }
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

/// The dearest traces of whom the budget is about, of the last day within its period.
async fn evidence(db: &PgPool, line: &Line, now: DateTime<Utc>) -> anyhow::Result<Vec<TraceId>> {
    let name = || line.owner().map(str::to_owned);
    let range = TimeRange { from: line.standing.period.from.max(now - EVIDENCE_SECONDS_MAX), to: now };
    let mut filter = TraceFilter { order: Order::Cost, limit: EVIDENCE_MAX as u32, ..TraceFilter::all(range) };
    match line.budget.scope.dimension() {
        Dimension::Tenant => filter.tenants.extend(name()),
        Dimension::Service => filter.services.extend(name()),
        Dimension::User => filter.user = name(),
        Dimension::Model => filter.model = name(),
        Dimension::Total => {}
        // Traces cannot be looked for by these; no evidence is better than that of others.
        Dimension::Capability | Dimension::DataTag => return Ok(Vec::new()),
    }
    Ok(store::traces::kept_with_cost(db, &filter).await?)
}
