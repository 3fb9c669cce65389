//! What a trace adds to `edge_rollup`, kept so that it can be taken back, and the difference many of them make.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::trace::EdgeContribution;
use prost::Message;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::sketch::{self, Sketch};
use crate::{StoreError, grains};

/// `edge_rollup.tenant_id` of all tenants together.
const ALL_TENANTS: i32 = 0;

/// The edges of one trace, and where they are counted.
pub(super) struct Contribution {
    pub(super) tenant: i32,
    /// Seconds since 1970.
    pub(super) bucket: i64,
    edges: Vec<KeptEdge>,
}

#[derive(Clone, PartialEq, Message)]
struct KeptEdges {
    #[prost(message, repeated, tag = "1")]
    edges: Vec<KeptEdge>,
}

#[derive(Clone, PartialEq, Message)]
struct KeptEdge {
    #[prost(int32, tag = "1")]
    parent: i32,
    #[prost(int32, tag = "2")]
    parent_kind: i32,
    #[prost(int32, tag = "3")]
    child: i32,
    #[prost(int32, tag = "4")]
    child_kind: i32,
    #[prost(int32, tag = "5")]
    transport: i32,
    #[prost(int64, tag = "6")]
    calls: i64,
    #[prost(int64, tag = "7")]
    errors: i64,
    /// Decimal, since sums may be larger than 64 bits.
    #[prost(string, tag = "8")]
    duration_ns: String,
    /// Decimal, likewise.
    #[prost(string, tag = "9")]
    cost_pico: String,
    #[prost(message, optional, tag = "10")]
    sketch: Option<sketch::Encoded>,
}

/// Primary key of `edge_rollup`: tenant, grain, bucket in seconds since 1970, parent, its kind, child, its kind, transport.
type Key = (i32, i32, i64, i32, i16, i32, i16, i16);

#[derive(Default)]
struct Sums {
    calls: i64,
    errors: i64,
    duration_ns: i128,
    cost_pico: i128,
    sketch: Sketch,
}

/// What is to be added to `edge_rollup`; ordered, so that rows are locked in one order.
#[derive(Default)]
pub(super) struct Delta(BTreeMap<Key, Sums>);

#[derive(FromRow)]
struct KeptRow {
    tenant_id: i32,
    bucket: DateTime<Utc>,
    edges: Vec<u8>,
}

impl Contribution {
    /// `ends` are the ids of parent and child of each edge.
    pub(super) fn new(
        tenant: i32,
        bucket: i64,
        edges: &[EdgeContribution],
        ends: impl Iterator<Item = (i32, i32)>,
    ) -> Self {
        let keep = |(edge, (parent, child)): (&EdgeContribution, (i32, i32))| {
            let mut sketch = Sketch::default();
            edge.durations_ns.iter().for_each(|duration_ns| sketch.add(*duration_ns));
            KeptEdge {
                parent,
                parent_kind: edge.parent_kind.code().into(),
                child,
                child_kind: edge.child_kind.code().into(),
                transport: edge.transport.code().into(),
                calls: edge.calls,
                errors: edge.errors,
                duration_ns: edge.durations_ns.iter().copied().map(i128::from).sum::<i128>().to_string(),
                cost_pico: edge.cost.pico().to_string(),
                sketch: Some(sketch.to_message()),
            }
        };
        Self { tenant, bucket, edges: edges.iter().zip(ends).map(keep).collect() }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        KeptEdges { edges: self.edges.clone() }.encode_to_vec()
    }
}

/// What these traces have been counted with so far.
pub(super) async fn earlier(db: &mut PgConnection, trace_ids: &[Uuid]) -> Result<Vec<Contribution>, StoreError> {
    let rows: Vec<KeptRow> =
        sqlx::query_as("select tenant_id, bucket, edges from trace_finding where trace_id = any($1)")
            .bind(trace_ids)
            .fetch_all(db)
            .await?;
    let restore = |row: KeptRow| match KeptEdges::decode(row.edges.as_slice()) {
        Ok(kept) => Ok(Contribution { tenant: row.tenant_id, bucket: row.bucket.timestamp(), edges: kept.edges }),
        Err(_) => Err(StoreError::Inconsistent { table: "trace_finding", column: "edges", id: row.bucket.to_string() }),
    };
    rows.into_iter().map(restore).collect()
}

impl Delta {
    /// Adds (`sign` 1) or takes back (`sign` -1) what a trace contributes.
    pub(super) fn merge(&mut self, contribution: &Contribution, sign: i64) {
        for edge in &contribution.edges {
            let sketch = edge.sketch.as_ref().map(Sketch::from_message).unwrap_or_default();
            // Kinds and transports were i16, and the decimals were printed from numbers.
            let code = |kept: i32| i16::try_from(kept).unwrap_or_default();
            let amount = |text: &str| text.parse::<i128>().unwrap_or_default() * i128::from(sign);
            let added = Sums {
                calls: sign * edge.calls,
                errors: sign * edge.errors,
                duration_ns: amount(&edge.duration_ns),
                cost_pico: amount(&edge.cost_pico),
                sketch: Sketch::default(),
            };
            for (tenant, grain) in [contribution.tenant, ALL_TENANTS]
                .into_iter()
                .flat_map(|tenant| grains::EDGE_GRAINS.map(|grain| (tenant, grain)))
            {
                let bucket = grains::floor(contribution.bucket, grain.into());
                let (parent_kind, child_kind) = (code(edge.parent_kind), code(edge.child_kind));
                let key =
                    (tenant, grain, bucket, edge.parent, parent_kind, edge.child, child_kind, code(edge.transport));
                self.0.entry(key).or_default().add(&added, &sketch, sign);
            }
        }
    }

    /// Adds the difference to `edge_rollup`.
    pub(super) async fn write(mut self, db: &mut PgConnection) -> Result<(), StoreError> {
        self.0.retain(|_, sums| !sums.is_nothing());
        let kept = self.kept_sketches(db).await?;
        let mut by_place: Vec<&mut Sums> = self.0.values_mut().collect();
        for (place, sketch) in kept {
            if let Some(sums) = by_place.get_mut(place) {
                sums.sketch.merge(&sketch, 1);
            }
        }
        sqlx::query(
            "insert into edge_rollup as e (tenant_id, grain, bucket, parent_service_id, parent_kind, child_service_id, child_kind, \
                    transport, n, err, lost, dur_ns, cost_pico, sketch) \
             select u.tenant_id, u.grain, u.bucket, u.parent, u.parent_kind, u.child, u.child_kind, u.transport, u.n, u.err, 0, \
                    u.dur_ns::numeric, u.cost_pico::numeric, u.sketch \
               from unnest($1::int4[], $2::int4[], $3::timestamptz[], $4::int4[], $5::int2[], $6::int4[], $7::int2[], $8::int2[], \
                    $9::int8[], $10::int8[], $11::text[], $12::text[], $13::bytea[]) \
                 as u(tenant_id, grain, bucket, parent, parent_kind, child, child_kind, transport, n, err, dur_ns, cost_pico, sketch) \
             on conflict (tenant_id, grain, bucket, parent_service_id, parent_kind, child_service_id, child_kind, transport) \
             do update set n = e.n + excluded.n, err = e.err + excluded.err, dur_ns = e.dur_ns + excluded.dur_ns, \
                    cost_pico = e.cost_pico + excluded.cost_pico, sketch = excluded.sketch",
        )
        .bind(self.keys(|key| key.0))
        .bind(self.keys(|key| key.1))
        .bind(self.keys(|key| grains::at(key.2)))
        .bind(self.keys(|key| key.3))
        .bind(self.keys(|key| key.4))
        .bind(self.keys(|key| key.5))
        .bind(self.keys(|key| key.6))
        .bind(self.keys(|key| key.7))
        .bind(self.sums(|sums| sums.calls))
        .bind(self.sums(|sums| sums.errors))
        .bind(self.sums(|sums| sums.duration_ns.to_string()))
        .bind(self.sums(|sums| sums.cost_pico.to_string()))
        .bind(self.sums(|sums| sums.sketch.encode()))
        .execute(db)
        .await?;
        Ok(())
    }

    /// The sketches these edges have in the table, by place in the order of the keys.
    async fn kept_sketches(&self, db: &mut PgConnection) -> Result<Vec<(usize, Sketch)>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
            "select u.place - 1, e.sketch from unnest($1::int4[], $2::int4[], $3::timestamptz[], $4::int4[], $5::int2[], \
                    $6::int4[], $7::int2[], $8::int2[]) with ordinality \
                 as u(tenant_id, grain, bucket, parent_service_id, parent_kind, child_service_id, child_kind, transport, place) \
               join edge_rollup e using (tenant_id, grain, bucket, parent_service_id, parent_kind, child_service_id, child_kind, transport) \
              where e.sketch is not null",
        )
        .bind(self.keys(|key| key.0))
        .bind(self.keys(|key| key.1))
        .bind(self.keys(|key| grains::at(key.2)))
        .bind(self.keys(|key| key.3))
        .bind(self.keys(|key| key.4))
        .bind(self.keys(|key| key.5))
        .bind(self.keys(|key| key.6))
        .bind(self.keys(|key| key.7))
        .fetch_all(db)
        .await?;
        let decode = |(place, bytes): (i64, Vec<u8>)| match Sketch::decode(&bytes) {
            Ok(sketch) => Ok((usize::try_from(place).unwrap_or(usize::MAX), sketch)),
            Err(_) => Err(StoreError::Inconsistent { table: "edge_rollup", column: "sketch", id: place.to_string() }),
        };
        rows.into_iter().map(decode).collect()
    }

    fn keys<T>(&self, value: impl Fn(&Key) -> T) -> Vec<T> {
        self.0.keys().map(value).collect()
    }

    fn sums<T>(&self, value: impl Fn(&Sums) -> T) -> Vec<T> {
        self.0.values().map(value).collect()
    }
}

impl Sums {
    fn add(&mut self, added: &Self, sketch: &Sketch, sign: i64) {
        self.calls += added.calls;
        self.errors += added.errors;
        self.duration_ns += added.duration_ns;
        self.cost_pico += added.cost_pico;
        self.sketch.merge(sketch, sign);
    }

    fn is_nothing(&self) -> bool {
        (self.calls, self.errors, self.duration_ns, self.cost_pico) == (0, 0, 0, 0) && self.sketch == Sketch::default()
    }
}
