//! Keeps how every budget stands in memory, so that a program can ask before each call and be answered without the database.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::budget::forecast::{OWNERS_MAX, Unforeseen};
use model::budget::rulebook::Rulebook;
use model::budget::{Budget, Line, Outlook, Period, Reading, Spend};
use sqlx::PgPool;
use store::alerts::Arrivals;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::forecasts::Forecasts;
use super::{Failures, Running, stops_within};

/// How often budgets are read: a program that asks is told of what was committed a second ago.
const EVERY: Duration = Duration::from_secs(1);

/// How many times as long as a reading took is waited before the next: budgets take a tenth of one connection, however many
/// there are. What that costs in freshness is in every answer.
pub(super) const PAUSE_PER_READING: u32 = 9;

/// How long budgets go unread while nothing is booked: windows that roll lose what is older, and the mark of arrivals can miss one.
const UNREAD_MAX: TimeDelta = TimeDelta::seconds(10);

/// The latest reading, for all who answer from it.
#[derive(Debug, Clone, Default)]
pub struct Board(Arc<Shown>);

#[derive(Debug, Default)]
struct Shown {
    readings: watch::Sender<Option<Arc<Reading>>>,
    forecasts: Mutex<Forecasts>,
    /// Counts what whoever looks at budgets has to see, other than spend.
    pulse: AtomicU64,
}

impl Board {
    /// Gives the latest reading; `None` until there is one.
    pub fn reader(&self) -> Arc<dyn Fn() -> Option<Arc<Reading>> + Send + Sync> {
        let readings = self.follow();
        Arc::new(move || readings.borrow().clone())
    }

    /// The latest reading.
    pub fn latest(&self) -> Option<Arc<Reading>> {
        self.0.readings.borrow().clone()
    }

    /// The readings as they come.
    pub fn follow(&self) -> watch::Receiver<Option<Arc<Reading>>> {
        self.0.readings.subscribe()
    }

    /// Another number whenever there are other budgets or other forecasts.
    pub fn pulse(&self) -> u64 {
        self.0.pulse.load(Ordering::Relaxed)
    }

    /// Tells that there is something to look at.
    pub fn stir(&self) {
        self.0.pulse.fetch_add(1, Ordering::Relaxed);
    }

    /// Works on the forecasts, which are part of the next reading.
    pub(super) fn with_forecasts<T>(&self, work: impl FnOnce(&mut Forecasts) -> T) -> T {
        // Entries are replaced one by one: a panic in between leaves each of them whole.
        work(&mut self.0.forecasts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, reading: Reading) {
        let reading = self.with_forecasts(|forecasts| {
            reading.foreseen(|rank, line| {
                let lesser = Outlook::Unknown(Unforeseen::Lesser);
                forecasts.of(line).or_else(|| (has_an_end(line) && rank >= OWNERS_MAX).then_some(lesser))
            })
        });
        let is_other = self.latest().is_none_or(|before| is_other(&before, &reading));
        self.0.readings.send_replace(Some(Arc::new(reading)));
        if is_other {
            self.stir();
        }
    }
}

/// Whether its period has an end that could be foreseen.
pub(super) fn has_an_end(line: &Line) -> bool {
    Outlook::before(line.budget.period).unforeseen() == Some(Unforeseen::NotYet)
}

/// Whether other budgets are told of, or forecasts came or went. That spend goes on is told by others.
fn is_other(before: &Reading, after: &Reading) -> bool {
    let is_same = |(left, right): (&Line, &Line)| left.id == right.id && !right.outlook.is_news(&left.outlook);
    before.lines.len() != after.lines.len() || !before.lines.iter().zip(&after.lines).all(is_same)
}

/// Reads all budgets again and again until the server stops, and at once when there are others. When the database is away
/// the last reading stays, and says how old it is.
pub(super) async fn keep(running: Running, mut rules: watch::Receiver<Arc<Rulebook>>, board: Board) {
    let Running { db, now, round_max, mut stopping } = running;
    let mut failures = Failures::new("budgets");
    let mut known = None;
    loop {
        let begun = Instant::now();
        let rulebook = Arc::clone(&rules.borrow_and_update());
        let reading = tokio::select! {
            reading = timeout(round_max, read(&db, &rulebook, &mut known, now())) => {
                reading.unwrap_or_else(|late| Err(late.into()))
            }
            // Whoever stops the server must not wait for a database that does not answer: nothing is lost with a reading.
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        let pause = match reading {
            Ok(reading) => {
                board.put(reading.of_rulebook(rulebook));
                failures.over();
                EVERY.max(begun.elapsed() * PAUSE_PER_READING)
            }
            Err(error) => failures.note(&error),
        };
        tokio::select! {
            stops = stops_within(pause, &mut stopping) => if stops { return },
            Ok(()) = rules.changed() => {}
        }
    }
}

/// What was spent of one budget, by whose it is.
type Spent = (Arc<Budget>, Vec<(String, Spend)>);

/// What was spent when it was last read.
struct Known {
    arrivals: Arrivals,
    at: DateTime<Utc>,
    spends: Vec<Spent>,
}

impl Known {
    /// Whether as much is spent now: nothing has been booked since, and no period has ended. Windows that roll are a little
    /// behind. A clock that was set back must not put a reading off.
    fn holds(&self, arrivals: &Arrivals, budgets: &[Arc<Budget>], now: DateTime<Utc>) -> bool {
        let is_same = |((known, _), budget): (&Spent, &Arc<Budget>)| {
            let rolls = matches!(budget.period, Period::Rolling(_));
            Arc::ptr_eq(known, budget) && (rolls || budget.period.range(now).from == budget.period.range(self.at).from)
        };
        self.arrivals == *arrivals
            && (now - self.at).abs() < UNREAD_MAX
            && self.spends.len() == budgets.len()
            && self.spends.iter().zip(budgets).all(is_same)
    }
}

async fn read(
    db: &PgPool,
    rulebook: &Rulebook,
    known: &mut Option<Known>,
    now: DateTime<Utc>,
) -> anyhow::Result<Reading> {
    let budgets = rulebook.in_force();
    // Before what was spent: what is booked meanwhile is news the next time.
    let arrivals = store::alerts::arrivals(db).await.context("looking for arrivals")?;
    if let Some(known) = known.as_ref().filter(|known| known.holds(&arrivals, &budgets, now)) {
        return Ok(Reading::new(known.spends.clone(), now));
    }
    let mut spends = Vec::with_capacity(budgets.len());
    for budget in budgets {
        let spent = store::budgets::spent(db, &budget, now).await;
        let spent = spent.with_context(|| format!("reading the budget {:?}", budget.name))?;
        spends.push((budget, spent));
    }
    *known = Some(Known { arrivals, at: now, spends: spends.clone() });
    Ok(Reading::new(spends, now))
}
