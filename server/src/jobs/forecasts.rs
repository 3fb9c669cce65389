//! Says where the spend of every budget leads, in the background: whoever asks is answered from memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::budget::estimate::{History, outlook};
use model::budget::forecast::{OWNERS_MAX, Unforeseen};
use model::budget::{Line, Outlook, Period, Reading};
use model::cost::Dimension;
use sqlx::PgPool;
use tokio::time::{Instant, timeout};

use super::budgets::{Board, PAUSE_PER_READING, has_an_end};
use super::{Failures, Running, stops_within};

/// How often it is looked which forecasts are due.
const EVERY: Duration = Duration::from_secs(1);

/// How long a forecast stands: it is of days or weeks, and what is spent meanwhile is never above it.
const FORECAST_AGE_MAX: TimeDelta = TimeDelta::seconds(60);

/// How long it stands that there is none: whoever begins to send looks for it.
const NONE_AGE_MAX: TimeDelta = TimeDelta::seconds(5);

/// Whose spend over which period: budgets that differ in their limit have the same forecast.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Subject {
    dimension: Dimension,
    name: Option<String>,
    period: Period,
}

#[derive(Debug, Clone, Copy)]
struct Made {
    at: DateTime<Utc>,
    outlook: Outlook,
}

/// The forecasts there are.
#[derive(Debug, Default)]
pub struct Forecasts(HashMap<Subject, Made>);

impl Subject {
    fn of(line: &Line) -> Self {
        let (dimension, name) = (line.budget.scope.dimension(), line.owner().map(str::to_owned));
        Self { dimension, name, period: line.budget.period }
    }
}

impl Forecasts {
    /// What is known of a budget.
    pub fn of(&self, line: &Line) -> Option<Outlook> {
        self.0.get(&Subject::of(line)).map(|made| made.outlook)
    }

    /// Forgets those of budgets that are no longer there, and gives the lines whose forecasts are due, rule by rule.
    fn due(&mut self, reading: &Reading, now: DateTime<Utc>) -> Vec<Vec<Line>> {
        let mut wanted = HashMap::new();
        let mut due: Vec<Vec<Line>> = Vec::new();
        for lines in reading.lines.chunk_by(|left, right| Arc::ptr_eq(&left.budget, &right.budget)) {
            let lines = lines.iter().take(OWNERS_MAX).filter(|line| has_an_end(line));
            let mut of_rule = Vec::new();
            for line in lines {
                let subject = Subject::of(line);
                match self.0.get(&subject) {
                    Some(made) => {
                        if made.is_over(line, now) {
                            of_rule.push(line.clone());
                        }
                        wanted.insert(subject, *made);
                    }
                    None => of_rule.push(line.clone()),
                }
            }
            if !of_rule.is_empty() {
                due.push(of_rule);
            }
        }
        self.0 = wanted;
        due
    }
}

impl Made {
    /// Whether it has to be made anew for this line. A clock that was set back must not put that off.
    fn is_over(&self, line: &Line, now: DateTime<Utc>) -> bool {
        let age = (now - self.at).abs();
        match self.outlook {
            Outlook::Expected(forecast) => age >= FORECAST_AGE_MAX || forecast.by != line.standing.period.to,
            Outlook::Unknown(_) => age >= NONE_AGE_MAX,
        }
    }
}

/// Makes the forecasts that are due again and again until the server stops. When the database is away the last ones stay.
pub(super) async fn keep(running: Running, board: Board) {
    let Running { db, now, round_max, mut stopping } = running;
    let mut failures = Failures::new("forecasts");
    loop {
        let mut pause = EVERY;
        let reading = board.latest();
        let due = reading.map(|reading| board.with_forecasts(|forecasts| forecasts.due(&reading, now())));
        for lines in due.unwrap_or_default() {
            let begun = Instant::now();
            let made = tokio::select! {
                made = timeout(round_max, make(&db, lines, now())) => made.unwrap_or_else(|late| Err(late.into())),
                _ = stopping.wait_for(|stop| *stop) => return,
            };
            match made {
                Ok(made) => {
                    board.with_forecasts(|forecasts| forecasts.0.extend(made));
                    failures.over();
                }
                Err(error) => {
                    pause = failures.note(&error);
                    break;
                }
            }
            if stops_within(begun.elapsed() * PAUSE_PER_READING, &mut stopping).await {
                return;
            }
        }
        if stops_within(pause, &mut stopping).await {
            return;
        }
    }
}

/// The forecasts of one rule.
async fn make(db: &PgPool, lines: Vec<Line>, now: DateTime<Utc>) -> anyhow::Result<Vec<(Subject, Made)>> {
    let Some(dimension) = lines.first().map(|line| line.budget.scope.dimension()) else { return Ok(Vec::new()) };
    let name_of = |line: &Line| line.owner().unwrap_or_default().to_owned();
    let names: Vec<String> = lines.iter().map(name_of).collect();
    let spent = store::budgets::hourly::spent(db, dimension, &names, now).await.context("reading hours of spend")?;
    let spent: HashMap<String, History> = spent.into_iter().collect();
    // Fifty of them take a tenth of a second, in which requests go on.
    let made = tokio::task::spawn_blocking(move || {
        let made = lines.iter().map(|line| {
            let outlook = spent.get(&name_of(line)).map_or(Outlook::Unknown(Unforeseen::Nothing), |history| {
                outlook(history, line.standing.spent, line.standing.period, now)
            });
            (Subject::of(line), Made { at: now, outlook })
        });
        made.collect()
    });
    made.await.context("forecasting")
}
