//! Rows taken out of the outbox, put together.

use chrono::{DateTime, Utc};
use prost::Message;
use rustc_hash::FxHashMap;
use sqlx::{FromRow, PgConnection};

use super::entries::{Key, SketchKey, Sketches, Sums};
use crate::StoreError;
use crate::sketch::Sketch;

/// Most outbox rows taken at once.
const ROWS_MAX: i64 = 500;

/// Most entries taken at once, one row more or less: each becomes up to six rollup entries, so memory stays below 100 MB.
const ENTRIES_MAX: i64 = 60_000;

#[derive(FromRow)]
struct Row {
    tenant_id: Vec<i32>,
    dim: Vec<i16>,
    bucket: Vec<DateTime<Utc>>,
    key: Vec<i32>,
    n: Vec<i64>,
    ncost: Vec<i64>,
    err: Vec<i64>,
    cost_pico: Vec<i64>,
    dur_ns: Vec<i64>,
    tokens_in: Vec<i64>,
    tokens_out: Vec<i64>,
    sketches: Option<Vec<u8>>,
}

/// Some outbox rows, summed.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) rows: u64,
    /// Whether no bound left any behind.
    pub(super) is_all: bool,
    pub(super) sums: FxHashMap<Key, Sums>,
    pub(super) sketches: FxHashMap<SketchKey, Sketch>,
}

/// Removes rows from the outbox, oldest first, within this transaction.
pub(super) async fn take(db: &mut PgConnection) -> Result<Taken, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "with oldest as (select writer, id, n from rollup_outbox order by id limit $1), \
         few as (select writer, id, sum(cardinality(n)) over (order by id) - cardinality(n) as before from oldest) \
         delete from rollup_outbox o using few where o.writer = few.writer and o.id = few.id and few.before < $2 \
         returning o.tenant_id, o.dim, o.bucket, o.key, o.n, o.ncost, o.err, o.cost_pico, o.dur_ns, \
                   o.tokens_in, o.tokens_out, o.sketches",
    )
    .bind(ROWS_MAX)
    .bind(ENTRIES_MAX)
    .fetch_all(db)
    .await?;
    let entries: usize = rows.iter().map(|row| row.n.len()).sum();
    let is_all = (rows.len() as i64) < ROWS_MAX && (entries as i64) < ENTRIES_MAX;
    let mut taken = Taken { rows: rows.len() as u64, is_all, ..Taken::default() };
    for row in rows {
        taken.add(row)?;
    }
    Ok(taken)
}

impl Taken {
    fn add(&mut self, row: Row) -> Result<(), StoreError> {
        let wrong = |column| StoreError::Inconsistent { table: "rollup_outbox", column, id: row.n.len().to_string() };
        for place in 0..row.n.len() {
            let (key, sums) = row.entry(place).ok_or_else(|| wrong("n"))?;
            *self.sums.entry(key).or_default() += sums;
        }
        let Some(bytes) = &row.sketches else { return Ok(()) };
        let sketches = Sketches::decode(bytes.as_slice()).map_err(|_| wrong("sketches"))?;
        for (key, sketch) in sketches.into_entries() {
            self.sketches.entry(key).or_default().merge(&sketch, 1);
        }
        Ok(())
    }
}

impl Row {
    /// One entry of the parallel arrays; `None` if they are not equally long.
    fn entry(&self, place: usize) -> Option<(Key, Sums)> {
        let key = Key {
            minute: self.bucket.get(place)?.timestamp().div_euclid(60),
            tenant: *self.tenant_id.get(place)?,
            dim: *self.dim.get(place)?,
            key: *self.key.get(place)?,
        };
        let sums = Sums {
            spans: *self.n.get(place)?,
            priced: *self.ncost.get(place)?,
            errors: *self.err.get(place)?,
            cost_pico: i128::from(*self.cost_pico.get(place)?),
            duration_ns: i128::from(*self.dur_ns.get(place)?),
            tokens_in: *self.tokens_in.get(place)?,
            tokens_out: *self.tokens_out.get(place)?,
        };
        Some((key, sums))
    }
}
