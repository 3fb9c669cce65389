//! Says where the spend of every budget leads, in the background: whoever asks is answered from memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::UsdSum;
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

/// How long it stands that there is none, or one from before much was spent: whoever begins to send, or brings history in,
/// looks for it.
const OUTRUN_AGE_MAX: TimeDelta = TimeDelta::seconds(5);

/// What is much: a fiftieth of what was spent of the period.
const MUCH_PER_SPENT: i128 = 50;

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
    /// What was spent of the period then.
    spent: UsdSum,
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
        self.0.get(&Subject::of(line)).map(|made| made.outlook.after(line.standing.spent - made.spent))
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
        let more = (line.standing.spent - self.spent).pico().saturating_abs();
        let is_outrun = more.saturating_mul(MUCH_PER_SPENT) > self.spent.pico();
        let age_max = match self.outlook {
            Outlook::Expected(forecast) if forecast.by != line.standing.period.to => return true,
            Outlook::Expected(_) if !is_outrun => FORECAST_AGE_MAX,
            Outlook::Expected(_) | Outlook::Unknown(_) => OUTRUN_AGE_MAX,
        };
        (now - self.at).abs() >= age_max
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
    let hours = store::budgets::hourly::spent(db, dimension, &names, now).await.context("reading hours of spend")?;
    let hours: HashMap<String, History> = hours.into_iter().collect();
    // Fifty of them take a tenth of a second, in which requests go on.
    let made = tokio::task::spawn_blocking(move || {
        let made = lines.iter().map(|line| {
            let standing = &line.standing;
            let outlook = hours.get(&name_of(line)).map_or(Outlook::Unknown(Unforeseen::Nothing), |history| {
                outlook(history, standing.spent, standing.period, now)
            });
            (Subject::of(line), Made { at: now, spent: standing.spent, outlook })
        });
        made.collect()
    });
    made.await.context("forecasting")
}

#[cfg(test)]
mod tests {
    use model::budget::forecast::{Forecast, Season};
    use model::budget::{Budget, BurnLimits, Scope, Spend};

    use super::*;

    fn usd(text: &str) -> UsdSum {
        text.parse::<model::Usd>().unwrap().into()
    }

    fn reading(spent: &str, now: DateTime<Utc>) -> Reading {
        let budget = Budget {
            name: "All".into(),
            scope: Scope::All,
            period: Period::Day,
            limit: "10".parse().unwrap(),
            thresholds: Vec::new(),
            burn_limits: BurnLimits::default(),
        };
        let spend = Spend { period: usd(spent), ..Spend::default() };
        Reading::new(vec![(Arc::new(budget), vec![(String::new(), spend)])], now)
    }

    #[test]
    fn a_forecast_is_due_when_it_is_old_outrun_or_of_another_period_and_goes_with_its_budget() {
        let now: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
        let mut forecasts = Forecasts::default();
        let due =
            |forecasts: &mut Forecasts, reading: &Reading, after: TimeDelta| forecasts.due(reading, now + after).len();
        assert_eq!(due(&mut forecasts, &reading("1", now), TimeDelta::zero()), 1, "there is none");
        let forecast = Forecast {
            by: "2026-11-21T00:00:00Z".parse().unwrap(),
            expected: usd("2"),
            low: usd("2"),
            high: usd("2"),
            history_hours: 24,
            season: Season::Flat,
        };
        let made = Made { at: now, spent: usd("1"), outlook: Outlook::Expected(forecast) };
        forecasts.0.insert(Subject::of(&reading("1", now).lines[0]), made);
        let seconds = TimeDelta::seconds;
        assert_eq!(due(&mut forecasts, &reading("1.01", now), seconds(59)), 0);
        assert_eq!(due(&mut forecasts, &reading("1.01", now), seconds(60)), 1, "it is old");
        assert_eq!(due(&mut forecasts, &reading("1.5", now), seconds(4)), 0);
        assert_eq!(due(&mut forecasts, &reading("1.5", now), seconds(5)), 1, "it is outrun");
        assert_eq!(due(&mut forecasts, &reading("1", now + TimeDelta::days(1)), seconds(1)), 1, "it is of yesterday");
        assert_eq!(due(&mut forecasts, &Reading::new(Vec::new(), now), seconds(1)), 0);
        assert!(forecasts.0.is_empty(), "its budget is gone");
    }
}
