//! "BUDGET ALARM": a running trace that costs more than one trace may, and the span with which it did.

use chrono::{DateTime, TimeDelta, Utc};
use model::alert::{EVIDENCE_MAX, Observation, Rule};
use model::budget::crossing::crossing;
use model::time::TimeRange;
use model::{TraceId, Usd};
use sqlx::PgPool;

use super::{Memory, observe};

/// How far each look reaches back behind the one before: spans carry the time their transaction began, and it ends later.
const OVERLAP: TimeDelta = TimeDelta::seconds(3);

/// How far back the first look reaches, and one after a long pause: as far as the alarm's own window.
const BACK_MAX: TimeDelta = TimeDelta::seconds(60);

/// Traces of one look, the newest: far more than an alarm keeps as evidence.
const TRACES_MAX: i64 = 1_000;

/// How long an open alarm goes without a look while no trace is seen over its limit: its window only loses what is in it.
const CALM_MAX: TimeDelta = TimeDelta::seconds(15);

/// Crossings remembered, so that a trace that runs on is not news each time: some megabytes.
const CROSSED_MAX: usize = 100_000;

/// Crossings explained per look; of the others the trace itself tells.
const EXPLAINED_MAX: usize = 5;

/// Raises the alarm when a trace has newly crossed `limit`; with `all`, looks at an open one as well.
pub(super) async fn look(
    db: &PgPool,
    rule: &Rule,
    limit: Usd,
    memory: &mut Memory,
    all: bool,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let since = match memory.watched_at {
        Some(at) if at <= now => (at - OVERLAP).max(now - BACK_MAX),
        // By a clock that was set back nothing is known of what came last.
        Some(_) | None => now - BACK_MAX,
    };
    let over = store::budgets::traces::over(db, limit, since, TRACES_MAX).await?;
    let is_new = |trace: &TraceId| !memory.crossed.contains_key(trace);
    let new: Vec<TraceId> = over.iter().copied().filter(is_new).collect();
    let open = memory.open.get(&rule.name);
    if !over.is_empty() {
        memory.calm_since = None;
    }
    let all = all && memory.calm_since.is_none_or(|since| (now - since).abs() >= CALM_MAX);
    if !new.is_empty() || (all && open.is_some()) {
        let mut seen = match open {
            // Between two looks at open alarms its figures stay: counting a window is dear when much arrives.
            Some(open) if !all => Observation { evidence: Vec::new(), labels: Vec::new(), ..open.observation.clone() },
            _ => {
                let window = TimeRange::last_seconds(rule.window_seconds, now);
                store::alerts::observe(db, &rule.query, window).await?
            }
        };
        // What has just crossed may be too new for a window that ends now.
        seen.count = seen.count.max(i64::from(!new.is_empty()));
        let mut text = None;
        let explained = &new[..new.len().min(EXPLAINED_MAX)];
        let called = store::spaces::called(db, explained).await?;
        for kept in explained {
            let spans = store::budgets::traces::spent_in(db, *kept).await?;
            let Some(crossed) = crossing(spans, limit) else { continue };
            let trace_id = called.id(*kept);
            text.get_or_insert_with(|| {
                let (span, sum) = (crossed.span_id, crossed.sum);
                format!("BUDGET ALARM: with span {span} trace {trace_id} has cost {sum} USD, over {limit} USD")
            });
            seen.labels.insert(0, ("span".to_owned(), crossed.span_id.to_string()));
            seen.labels.insert(0, ("trace".to_owned(), trace_id.to_string()));
        }
        // The newest are what the alarm is about, whether or not others are dearer.
        seen.evidence.retain(|trace| !new.contains(trace));
        seen.evidence.splice(0..0, new.iter().copied());
        seen.evidence.truncate(EVIDENCE_MAX);
        observe(db, rule, &seen, text, now).await?;
        memory.calm_since = Some(now);
        if open.is_none()
            && let Some(alarm) = store::alerts::open_of_rule(db, &rule.name).await?
        {
            memory.open.insert(rule.name.clone(), alarm);
        }
    }
    remember(memory, &over, now);
    memory.watched_at = Some(now);
    Ok(())
}

/// Notes who is over the limit, and forgets who has not been seen for so long that it cannot be looked at again.
fn remember(memory: &mut Memory, over: &[TraceId], now: DateTime<Utc>) {
    memory.crossed.retain(|_, seen| (now - *seen).abs() <= BACK_MAX + OVERLAP);
    for trace in over.iter().take(CROSSED_MAX.saturating_sub(memory.crossed.len())) {
        memory.crossed.insert(*trace, now);
    }
}
