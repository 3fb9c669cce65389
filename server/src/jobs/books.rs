//! Adds the books up by themselves, so that a difference is known before somebody asks: raises "books do not balance", and ends it
//! when they do again.
//!
//! A check is the one pages and the API share ([`crate::books`]); however long one takes, checks take a tenth of one connection at
//! most. While nothing is booked there is none, but for one an hour: what spoils a table need not leave a mark.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use app::context::{BooksInUse, Freshness};
use chrono::{DateTime, TimeDelta, Utc};
use model::alert::books::{BOOKS_ALARM, observation, rule, words};
use model::alert::machine;
use sqlx::PgPool;
use store::alerts::Arrivals;
use tokio::sync::Mutex;

use super::{Progress, detect};

/// How often open books are added up: whoever mends them sees soon that it helped.
const OPEN_EVERY: TimeDelta = TimeDelta::seconds(60);

/// Longest without a check, although nothing arrives.
const UNSEEN_MAX: TimeDelta = TimeDelta::hours(1);

/// After a check there is none for so many times as long as it took.
const REST: i32 = 9;

/// Whose books, how often, and what there was at the last check.
pub struct Auditor {
    books: Arc<dyn BooksInUse>,
    every: TimeDelta,
    last: Mutex<Option<Last>>,
}

struct Last {
    at: DateTime<Utc>,
    took: Duration,
    arrivals: Arrivals,
    balanced: bool,
}

impl Auditor {
    /// Checks `books` every so many seconds.
    pub fn new(books: Arc<dyn BooksInUse>, every_seconds: u64) -> Self {
        let every = i64::try_from(every_seconds).ok().and_then(TimeDelta::try_seconds).unwrap_or(UNSEEN_MAX);
        Self { books, every, last: Mutex::default() }
    }
}

/// One look at whether it is time, and then at the books.
pub async fn run(db: PgPool, auditor: Arc<Auditor>, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    let mut last = auditor.last.lock().await;
    // Before the check: what is booked meanwhile is news the next time.
    let arrivals = store::alerts::arrivals(&db).await.context("looking for arrivals")?;
    if last.as_ref().is_some_and(|last| !last.is_due(&arrivals, auditor.every, now)) {
        return Ok(Progress::Idle);
    }
    let checked = auditor.books.check(Freshness::Now).await.context("adding the books up")?;
    let Some(seen) = observation(&checked.balance) else {
        // There was no time for some days; the next check goes on with them.
        return Ok(Progress::More);
    };
    let open = store::alerts::open_of_rule(&db, BOOKS_ALARM).await.context("reading its open alert")?;
    if let Some(mut step) = machine::observe(&rule(), open.as_ref(), &seen, now) {
        if let (None, Some(entry)) = (&open, &mut step.entry) {
            entry.text = words(&checked.balance);
            tracing::error!(difference_usd = %checked.balance.worst(), "the books do not balance: {}", entry.text);
        }
        detect::keep(&db, step).await.context("keeping its alert")?;
    }
    // An alert that is still open although the books balance is looked at again as soon as its window is over.
    let balanced = seen.count == 0 && open.is_none();
    *last = Some(Last { at: now, took: checked.took, arrivals, balanced });
    Ok(Progress::Idle)
}

impl Last {
    fn is_due(&self, arrivals: &Arrivals, every: TimeDelta, now: DateTime<Utc>) -> bool {
        // A clock that was set back must not put this off.
        let passed = (now - self.at).abs();
        let is_rested = TimeDelta::from_std(self.took).is_ok_and(|took| passed >= took * REST);
        let is_news = *arrivals != self.arrivals;
        is_rested
            && ((!self.balanced && passed >= OPEN_EVERY.min(every))
                || (is_news && passed >= every)
                || passed >= UNSEEN_MAX)
    }
}
