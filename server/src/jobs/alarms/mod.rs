//! Raises alarms about budgets: what is spent of them (`spent`), and traces that cost more than one may (`traces`).
//!
//! What follows from what is seen is decided by [`model::alert::machine`], as for every alert. An open alarm is looked at
//! every few seconds; one that is not open yet is raised at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::Context;
use app::context::AlertRules;
use chrono::{DateTime, TimeDelta, Utc};
use model::TraceId;
use model::alert::machine::{self, Step};
use model::alert::query::Query;
use model::alert::{Alert, Observation, Rule, State};
use model::budget::Reading;
use model::budget::alarm::{is_of_a_budget, trace_rule};
use model::budget::rulebook::Rulebook;
use sqlx::PgPool;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::pace::Pace;
use super::rulebook::in_force;
use super::{Progress, detect};

mod spent;
#[cfg(test)]
mod tests;
mod traces;

/// How often open alarms are looked at again.
const OPEN_EVERY: TimeDelta = TimeDelta::seconds(5);

/// Open alarms that are read at once, of each state: budgets of thousands of users, with every threshold crossed; some megabytes.
const OPEN_MAX: i64 = 20_000;

/// What alarms are about, and what is remembered between two looks.
pub struct Alarms {
    budgets: watch::Receiver<Arc<Rulebook>>,
    rules: watch::Receiver<Arc<AlertRules>>,
    reading: Arc<dyn Fn() -> Option<Arc<Reading>> + Send + Sync>,
    memory: Mutex<Memory>,
}

/// Lost with the server: then open alarms are looked at once more.
#[derive(Default)]
struct Memory {
    /// The rules with an open alarm, when open alarms were last looked at.
    open: HashMap<String, Alert>,
    looked_at: Option<DateTime<Utc>>,
    /// The rules about budgets.
    rules: Vec<Rule>,
    /// The budgets that were looked at last; `None` when all of them are to be looked at.
    reading: Option<Arc<Reading>>,
    /// The rules for whose open alarm traces have been looked for.
    explained: HashSet<String>,
    /// How often they are looked for: those of alarms that are raised meanwhile are looked for together.
    explaining: Pace,
    pace: Pace,
    /// When the open alarm about traces was last looked at, unless one has been seen over its limit since.
    calm_since: Option<DateTime<Utc>>,
    /// When arrivals were last looked at.
    watched_at: Option<DateTime<Utc>>,
    /// Traces whose crossing is known, with the last time they were seen over their limit.
    crossed: HashMap<TraceId, DateTime<Utc>>,
}

impl Memory {
    /// Writes what was decided about alarms, and knows it from then on.
    async fn keep(&mut self, db: &PgPool, steps: Vec<Step>) -> anyhow::Result<()> {
        let ids = detect::keep_all(db, &steps).await.context("keeping alarms")?;
        for (Step { mut alert, .. }, id) in steps.into_iter().zip(ids) {
            // Where somebody was faster, the next look at everything open sees it.
            let Some(id) = id else { continue };
            if alert.state == State::Resolved {
                self.open.remove(&alert.rule);
                continue;
            }
            (alert.id, alert.version) = (id, alert.version + 1);
            self.open.insert(alert.rule.clone(), alert);
        }
        Ok(())
    }

    /// Whether an alarm of this rule is open, nobody knows which traces are behind it, and none have been looked for.
    fn wants_evidence(&self, rule: &str) -> bool {
        !self.explained.contains(rule) && self.open.get(rule).is_some_and(|alarm| alarm.observation.evidence.is_empty())
    }
}

impl Alarms {
    /// Alarms over the readings of `reading`, by the budgets and by the `rules` about them, and over traces that cost more than one may
    /// by the `budgets`.
    pub fn new(
        budgets: watch::Receiver<Arc<Rulebook>>,
        rules: watch::Receiver<Arc<AlertRules>>,
        reading: Arc<dyn Fn() -> Option<Arc<Reading>> + Send + Sync>,
    ) -> Self {
        Self { budgets, rules, reading, memory: Mutex::default() }
    }
}

/// One look at budgets and running traces.
pub async fn run(db: PgPool, alarms: Arc<Alarms>, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    let mut memory = alarms.memory.lock().await;
    // A clock that was set back must not put this off.
    let all = memory.pace.is_due() && memory.looked_at.is_none_or(|at| (now - at).abs() >= OPEN_EVERY);
    let begun = Instant::now();
    if all {
        let Memory { open: known, explained, .. } = &mut *memory;
        let open = open(&db).await?;
        // Of even more, those that were not read are open as far as anybody knows: they are not raised again.
        if open.len() < OPEN_MAX as usize {
            known.clear();
        }
        known.extend(open);
        explained.retain(|rule| known.contains_key(rule));
    }
    let trace_limit = alarms.budgets.borrow().trace_limit;
    if let Some(limit) = trace_limit {
        traces::look(&db, &trace_rule(limit), limit, &mut memory, all, now)
            .await
            .context("looking at running traces")?;
    }
    // Until budgets have been read nobody knows whether an alarm is over.
    if let Some(reading) = (alarms.reading)() {
        let rules = in_force(&alarms.rules.borrow(), |query| matches!(query, Query::Budget(_)));
        if memory.rules != rules {
            (memory.rules, memory.reading) = (rules, None);
        }
        spent::look(&db, reading, &mut memory, all, now).await.context("looking at budgets")?;
    }
    if trace_limit.is_none() {
        resolve(&db, memory.open.get(model::budget::alarm::TRACE_ALARM), now).await?;
    }
    if all {
        memory.looked_at = Some(now);
        memory.pace.looked(begun);
    }
    Ok(Progress::Idle)
}

/// The open alarms of budgets, by rule.
async fn open(db: &PgPool) -> anyhow::Result<HashMap<String, Alert>> {
    let mut open = HashMap::new();
    for state in [State::Pending, State::Firing, State::Acknowledged, State::Snoozed] {
        let alerts = store::alerts::list(db, Some(state), OPEN_MAX).await.context("listing open alarms")?;
        let of_budgets = |alert: &Alert| is_of_a_budget(&alert.rule, alert.query_text.parse().ok().as_ref());
        open.extend(alerts.into_iter().filter(of_budgets).map(|alert| (alert.rule.clone(), alert)));
    }
    Ok(open)
}

/// Lets the machine decide what `seen` does to the alarm of `rule`, and keeps it. The text, when there is one, is what the
/// first line of its history says.
async fn observe(
    db: &PgPool,
    rule: &Rule,
    seen: &Observation,
    text: Option<String>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let open = store::alerts::open_of_rule(db, &rule.name).await.context("reading an open alarm")?;
    let Some(mut step) = machine::observe(rule, open.as_ref(), seen, now) else { return Ok(()) };
    if let (None, Some(entry), Some(text)) = (&open, &mut step.entry, text) {
        entry.text = text;
    }
    detect::keep(db, step).await.context("keeping an alarm")
}

/// Ends an alarm whose budget is gone.
async fn resolve(db: &PgPool, alarm: Option<&Alert>, now: DateTime<Utc>) -> anyhow::Result<()> {
    match alarm {
        Some(alarm) => detect::keep(db, machine::without_rule(alarm, now)).await.context("ending an alarm"),
        None => Ok(()),
    }
}
