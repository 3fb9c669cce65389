//! Adds the books up for whoever asks: pages, the badge, the API.
//!
//! One check runs at a time, and all who wait for it share it. What the days that are over added up to is kept between checks, so
//! a check costs what today costs; of a large stock that nobody has added up yet, each check takes as much as there is time for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::context::{BooksInUse, Checked, Checking, Freshness};
use chrono::{DateTime, TimeDelta, Utc};
use metrics::gauge;
use model::cost::Day;
use store::{Pools, StoreError};
use tokio::sync::Mutex;

/// Longest time for adding days up in one check: a page waits no longer, and the statement after it ends within the limit of
/// statements.
const SUMMING_MAX: Duration = Duration::from_secs(4);

/// Pages are shown a check that is up to so many times as old as it took: adding up takes a tenth of one connection at most.
const REST: u32 = 9;

/// The keeper of the books.
pub struct Books {
    pools: Pools,
    now: fn() -> DateTime<Utc>,
    last: Mutex<Option<Last>>,
}

struct Last {
    began: Instant,
    checked: Checked,
}

impl Books {
    /// Adds up what is in the database behind `pools`.
    pub fn new(pools: Pools, now: fn() -> DateTime<Utc>) -> Self {
        Self { pools, now, last: Mutex::default() }
    }

    async fn look(&self, freshness: Freshness) -> Result<Checked, StoreError> {
        let asked = Instant::now();
        // Whoever comes while a check runs waits here for it.
        let mut last = self.last.lock().await;
        if let Some(last) = last.as_ref().filter(|last| last.will_do(asked, freshness)) {
            return Ok(last.checked.clone());
        }
        let (began, as_of) = (Instant::now(), (self.now)());
        if freshness == Freshness::Anew {
            store::balance::days::forget(&self.pools.jobs).await?;
        }
        let balance = store::balance::check_with_kept(&self.pools.readers.get(), as_of, SUMMING_MAX).await?;
        self.keep(&balance.days, as_of).await;
        let checked = Checked { as_of, took: began.elapsed(), balance: Arc::new(balance) };
        told(&checked);
        *last = Some(Last { began, checked: checked.clone() });
        Ok(checked)
    }

    /// Keeps the sums of days that are over; those of today are another one soon.
    async fn keep(&self, days: &[Day], as_of: DateTime<Utc>) {
        let is_over = |day: &&Day| day.day + TimeDelta::days(1) <= as_of && day.summed_at.is_none();
        let over: Vec<Day> = days.iter().filter(is_over).copied().collect();
        if over.is_empty() {
            return;
        }
        // What is not kept is added up again.
        if let Err(error) = store::balance::days::keep(&self.pools.jobs, &over, as_of).await {
            tracing::warn!(error = %crate::causes::of(&error.into()), "sums of spans could not be kept");
        }
    }
}

/// Tells `/metrics`. A balance that misses a day says nothing.
fn told(checked: &Checked) {
    gauge!("tracetab_balance_check_seconds").set(checked.took.as_secs_f64());
    if checked.balance.is_complete() {
        gauge!("tracetab_balance_difference_usd").set(checked.balance.worst().to_f64());
        gauge!("tracetab_balance_checked_timestamp_seconds").set(checked.as_of.timestamp() as f64);
    }
}

impl Last {
    fn will_do(&self, asked: Instant, freshness: Freshness) -> bool {
        match freshness {
            Freshness::Now => self.began >= asked,
            // A check that had no time for some days is to be gone on with.
            Freshness::Recent => {
                self.checked.balance.is_complete() && self.began.elapsed() < self.checked.took * (REST + 1)
            }
            Freshness::Anew => false,
        }
    }
}

impl BooksInUse for Books {
    fn check(&self, freshness: Freshness) -> Checking<'_> {
        Box::pin(self.look(freshness))
    }
}
