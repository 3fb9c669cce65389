//! Keeps how every budget stands in memory, so that a program can ask before each call and be answered without the database.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use model::budget::{Budget, Reading};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::{Failures, Running, stops_within};

/// How often budgets are read: a program that asks is told of what was committed a second ago.
const EVERY: Duration = Duration::from_secs(1);

/// How many times as long as a reading took is waited before the next: budgets take a tenth of one connection, however many
/// there are. What that costs in freshness is in every answer.
const PAUSE_PER_READING: u32 = 9;

/// The latest reading, for all who answer from it.
#[derive(Debug, Clone, Default)]
pub struct Board(Arc<watch::Sender<Option<Arc<Reading>>>>);

impl Board {
    /// Gives the latest reading; `None` until there is one.
    pub fn reader(&self) -> Arc<dyn Fn() -> Option<Arc<Reading>> + Send + Sync> {
        let readings = self.0.subscribe();
        Arc::new(move || readings.borrow().clone())
    }

    fn put(&self, reading: Reading) {
        self.0.send_replace(Some(Arc::new(reading)));
    }
}

/// Reads all budgets again and again until the server stops. When the database is away the last reading stays, and says how
/// old it is.
pub(super) async fn keep(running: Running, budgets: Vec<Arc<Budget>>, board: Board) {
    let Running { db, now, round_max, mut stopping } = running;
    let mut failures = Failures::new("budgets");
    loop {
        let begun = Instant::now();
        let reading = tokio::select! {
            reading = timeout(round_max, read(&db, &budgets, now())) => reading.unwrap_or_else(|late| Err(late.into())),
            // Whoever stops the server must not wait for a database that does not answer: nothing is lost with a reading.
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        let pause = match reading {
            Ok(reading) => {
                board.put(reading);
                failures.over();
                EVERY.max(begun.elapsed() * PAUSE_PER_READING)
            }
            Err(error) => failures.note(&error),
        };
        if stops_within(pause, &mut stopping).await {
            return;
        }
    }
}

async fn read(db: &PgPool, budgets: &[Arc<Budget>], now: DateTime<Utc>) -> anyhow::Result<Reading> {
    let mut spends = Vec::with_capacity(budgets.len());
    for budget in budgets {
        let spent = store::budgets::spent(db, budget, now).await;
        spends.push((Arc::clone(budget), spent.with_context(|| format!("reading the budget {:?}", budget.name))?));
    }
    Ok(Reading::new(spends, now))
}
