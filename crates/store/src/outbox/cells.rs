//! What one transaction adds to the rollups: cells summed in memory, kept as one outbox row.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use prost::Message;
use sqlx::PgConnection;

use crate::StoreError;
use crate::sketch::{self, Sketch};

/// The finest a total is kept: a minute and a value of every dimension. 0 is "none"; a tenant is never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Cell {
    /// Minutes since 1970.
    pub(crate) minute: i64,
    pub(crate) tenant: i32,
    pub(crate) service: i32,
    pub(crate) capability: i32,
    pub(crate) model: i32,
    pub(crate) user: i32,
    pub(crate) data_tag: i16,
}

/// Sums of a cell; corrections are negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) spans: i64,
    pub(crate) priced: i64,
    pub(crate) errors: i64,
    pub(crate) cost_pico: i128,
    pub(crate) duration_ns: i128,
    pub(crate) tokens_in: i64,
    pub(crate) tokens_out: i64,
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.spans += other.spans;
        self.priced += other.priced;
        self.errors += other.errors;
        self.cost_pico += other.cost_pico;
        self.duration_ns += other.duration_ns;
        self.tokens_in += other.tokens_in;
        self.tokens_out += other.tokens_out;
    }
}

/// Durations are told apart by minute, tenant and service only.
pub(crate) type SketchKey = (i64, i32, i32);

/// All cells of a transaction.
#[derive(Default)]
pub(crate) struct Cells {
    sums: HashMap<Cell, Sums>,
    sketches: HashMap<SketchKey, Sketch>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Sketches {
    #[prost(message, repeated, tag = "1")]
    entries: Vec<SketchEntry>,
}

#[derive(Clone, PartialEq, Message)]
struct SketchEntry {
    #[prost(sint64, tag = "1")]
    minute: i64,
    #[prost(int32, tag = "2")]
    tenant: i32,
    #[prost(int32, tag = "3")]
    service: i32,
    #[prost(message, optional, tag = "4")]
    sketch: Option<sketch::Encoded>,
}

impl Sketches {
    pub(super) fn into_entries(self) -> impl Iterator<Item = (SketchKey, Sketch)> {
        self.entries.into_iter().map(|entry| {
            let sketch = entry.sketch.as_ref().map(Sketch::from_message).unwrap_or_default();
            ((entry.minute, entry.tenant, entry.service), sketch)
        })
    }
}

impl Cells {
    pub(crate) fn add(&mut self, cell: Cell, sums: Sums) {
        *self.sums.entry(cell).or_default() += sums;
    }

    /// Counts a span's duration among those of its minute, tenant and service.
    pub(crate) fn measure(&mut self, cell: Cell, duration_ns: i64) {
        self.sketches.entry((cell.minute, cell.tenant, cell.service)).or_default().add(duration_ns);
    }

    /// Adds the cells to the outbox as one row of `writer`.
    pub(crate) async fn insert(self, db: &mut PgConnection, writer: i32) -> Result<(), StoreError> {
        let entries = self.sketches.iter().map(|((minute, tenant, service), sketch)| SketchEntry {
            minute: *minute,
            tenant: *tenant,
            service: *service,
            sketch: Some(sketch.to_message()),
        });
        let sketches = Sketches { entries: entries.collect() }.encode_to_vec();
        let cells: Vec<(Cell, Sums)> = self.sums.into_iter().flat_map(|(cell, sums)| in_columns(cell, sums)).collect();
        sqlx::query(
            "insert into rollup_outbox (writer, bucket, tenant_id, service_id, capability_id, model_id, user_id, data_tag, \
             n, ncost, err, cost_pico, dur_ns, tokens_in, tokens_out, sketches) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        )
        .bind(writer)
        .bind(column(&cells, |cell, _| minute_start(cell.minute)))
        .bind(column(&cells, |cell, _| cell.tenant))
        .bind(column(&cells, |cell, _| cell.service))
        .bind(column(&cells, |cell, _| cell.capability))
        .bind(column(&cells, |cell, _| cell.model))
        .bind(column(&cells, |cell, _| cell.user))
        .bind(column(&cells, |cell, _| cell.data_tag))
        .bind(column(&cells, |_, sums| sums.spans))
        .bind(column(&cells, |_, sums| sums.priced))
        .bind(column(&cells, |_, sums| sums.errors))
        // `in_columns` has made these two fit.
        .bind(column(&cells, |_, sums| sums.cost_pico as i64))
        .bind(column(&cells, |_, sums| sums.duration_ns as i64))
        .bind(column(&cells, |_, sums| sums.tokens_in))
        .bind(column(&cells, |_, sums| sums.tokens_out))
        .bind(sketches)
        .execute(db)
        .await?;
        Ok(())
    }
}

/// The start of a minute. Minutes of spans are within 600 years of 1970, far from the ends of the calendar.
pub(crate) fn minute_start(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(minute * 60, 0).unwrap_or_default()
}

/// The cell as one or several entries whose sums fit a bigint: totals of a batch may be larger than any one span's.
fn in_columns(cell: Cell, mut sums: Sums) -> Vec<(Cell, Sums)> {
    let mut entries = Vec::with_capacity(1);
    let clamp = |value: i128| value.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    loop {
        let entry = Sums { cost_pico: clamp(sums.cost_pico), duration_ns: clamp(sums.duration_ns), ..sums };
        entries.push((cell, entry));
        let (cost_pico, duration_ns) = (sums.cost_pico - entry.cost_pico, sums.duration_ns - entry.duration_ns);
        if (cost_pico, duration_ns) == (0, 0) {
            return entries;
        }
        sums = Sums { cost_pico, duration_ns, ..Sums::default() };
    }
}

fn column<T>(cells: &[(Cell, Sums)], value: impl Fn(&Cell, &Sums) -> T) -> Vec<T> {
    cells.iter().map(|(cell, sums)| value(cell, sums)).collect()
}
