//! What one transaction adds to the rollups: sums by dimension and value, kept as one outbox row.

use chrono::{DateTime, Utc};
use model::cost::Dimension;
use prost::Message;
use rustc_hash::FxHashMap;
use sqlx::PgConnection;

use crate::StoreError;
use crate::sketch::{self, Sketch};

/// What a span is counted under; 0 is "none", and a tenant is never 0.
#[derive(Debug, Clone, Copy)]
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

/// An entry of the outbox: a minute of one tenant and one value of one dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Minutes since 1970.
    pub(crate) minute: i64,
    pub(crate) tenant: i32,
    /// [`Dimension::code`].
    pub(crate) dim: i16,
    pub(crate) key: i32,
}

/// Sums of an entry; corrections are negative.
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

impl std::ops::Neg for Sums {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            spans: -self.spans,
            priced: -self.priced,
            errors: -self.errors,
            cost_pico: -self.cost_pico,
            duration_ns: -self.duration_ns,
            tokens_in: -self.tokens_in,
            tokens_out: -self.tokens_out,
        }
    }
}

/// Durations are told apart by minute, tenant and service only.
pub(crate) type SketchKey = (i64, i32, i32);

/// All entries of a transaction. Ids come from our own dictionaries, so the hasher need not withstand anybody.
#[derive(Default)]
pub(crate) struct Entries {
    sums: FxHashMap<Key, Sums>,
    sketches: FxHashMap<SketchKey, Sketch>,
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

impl Cell {
    /// The entries it is counted in: one per dimension.
    fn keys(self) -> [Key; 6] {
        let values = [
            (Dimension::Total, 0),
            (Dimension::Service, self.service),
            (Dimension::Capability, self.capability),
            (Dimension::Model, self.model),
            (Dimension::User, self.user),
            (Dimension::DataTag, i32::from(self.data_tag)),
        ];
        values.map(|(dimension, key)| Key { minute: self.minute, tenant: self.tenant, dim: dimension.code(), key })
    }
}

impl Entries {
    /// Counts a span.
    pub(crate) fn add(&mut self, cell: Cell, sums: Sums) {
        for key in cell.keys() {
            *self.sums.entry(key).or_default() += sums;
        }
    }

    /// Counts a span's duration among those of its minute, tenant and service.
    pub(crate) fn measure(&mut self, cell: Cell, duration_ns: i64) {
        self.sketches.entry((cell.minute, cell.tenant, cell.service)).or_default().add(duration_ns);
    }

    /// Adds the entries to the outbox as one row of `writer`.
    pub(crate) async fn insert(self, db: &mut PgConnection, writer: i32) -> Result<(), StoreError> {
        let sketches = self.sketches.iter().map(|((minute, tenant, service), sketch)| SketchEntry {
            minute: *minute,
            tenant: *tenant,
            service: *service,
            sketch: Some(sketch.to_message()),
        });
        let sketches = Sketches { entries: sketches.collect() }.encode_to_vec();
        // Corrections may cancel out.
        let sums = self.sums.into_iter().filter(|(_, sums)| *sums != Sums::default());
        let entries: Vec<(Key, Sums)> = sums.flat_map(|(key, sums)| in_columns(key, sums)).collect();
        if entries.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into rollup_outbox (writer, tenant_id, dim, bucket, key, n, ncost, err, cost_pico, dur_ns, tokens_in, \
             tokens_out, sketches) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(writer)
        .bind(column(&entries, |key, _| key.tenant))
        .bind(column(&entries, |key, _| key.dim))
        .bind(column(&entries, |key, _| minute_start(key.minute)))
        .bind(column(&entries, |key, _| key.key))
        .bind(column(&entries, |_, sums| sums.spans))
        .bind(column(&entries, |_, sums| sums.priced))
        .bind(column(&entries, |_, sums| sums.errors))
        // `in_columns` has made these two fit.
        .bind(column(&entries, |_, sums| sums.cost_pico as i64))
        .bind(column(&entries, |_, sums| sums.duration_ns as i64))
        .bind(column(&entries, |_, sums| sums.tokens_in))
        .bind(column(&entries, |_, sums| sums.tokens_out))
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

/// The entry as one or several whose sums fit a bigint: totals of a batch may be larger than any one span's.
fn in_columns(key: Key, mut sums: Sums) -> Vec<(Key, Sums)> {
    let mut entries = Vec::with_capacity(1);
    let clamp = |value: i128| value.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    loop {
        let entry = Sums { cost_pico: clamp(sums.cost_pico), duration_ns: clamp(sums.duration_ns), ..sums };
        entries.push((key, entry));
        let (cost_pico, duration_ns) = (sums.cost_pico - entry.cost_pico, sums.duration_ns - entry.duration_ns);
        if (cost_pico, duration_ns) == (0, 0) {
            return entries;
        }
        sums = Sums { cost_pico, duration_ns, ..Sums::default() };
    }
}

fn column<T>(entries: &[(Key, Sums)], value: impl Fn(&Key, &Sums) -> T) -> Vec<T> {
    entries.iter().map(|(key, sums)| value(key, sums)).collect()
}
