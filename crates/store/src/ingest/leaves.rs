//! A writer's view of the leaves of `span`: which exist and which still take spans.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use crate::StoreError;
use crate::partitions::{self, Leaf};

/// How long a view may be used: leaves change state once a day, long after anybody writes to them.
const FRESH_SECONDS_MAX: i64 = 60;

/// Leaves as last read.
#[derive(Default)]
pub(super) struct Leaves {
    leaves: Vec<Leaf>,
    read_at: Option<DateTime<Utc>>,
}

impl Leaves {
    /// Reads the leaves again when the view is old or has no leaf for now; makes that leaf if nobody has.
    pub(super) async fn refresh(&mut self, db: &PgPool, now: DateTime<Utc>) -> Result<(), StoreError> {
        let is_fresh = self.read_at.is_some_and(|at| (now - at).abs() < TimeDelta::seconds(FRESH_SECONDS_MAX));
        if is_fresh && self.holding(now).is_some() { Ok(()) } else { self.read(db, now).await }
    }

    /// Reads the leaves, whatever the age of the view.
    pub(super) async fn read(&mut self, db: &PgPool, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.leaves = partitions::registry(db).await?;
        if self.holding(now).is_none() {
            partitions::ensure_ahead(db, now).await?;
            self.leaves = partitions::registry(db).await?;
        }
        self.read_at = Some(now);
        Ok(())
    }

    /// Where a new trace lives: in the leaf of its start when there is one that takes spans, else in today's. So a clock
    /// that is wrong by years makes no partition.
    pub(super) fn home_of_new(&self, start: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        self.writable(start).map_or_else(|| partitions::home_at(now), |leaf| leaf.from)
    }

    /// The leaf of `home`, if it takes spans.
    pub(super) fn writable(&self, home: DateTime<Utc>) -> Option<&Leaf> {
        self.holding(home).filter(|leaf| leaf.takes_spans)
    }

    fn holding(&self, time: DateTime<Utc>) -> Option<&Leaf> {
        self.leaves.iter().find(|leaf| leaf.from <= time && time < leaf.to)
    }
}
