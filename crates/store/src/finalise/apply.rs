//! Results of the finaliser, written in one transaction and guarded by the version that was read.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::trace::Finalised;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection, PgPool};
use uuid::Uuid;

use super::Finding;
use super::correct::{self, Correction};
use super::edges::{self, Contribution, Delta};
use crate::names::{Cache, Dictionary, Gathered, Ids};
use crate::outbox::entries::Sums;
use crate::traces::{KeptBar, KeptShare};
use crate::{StoreError, grains};

/// Edges are counted under the ten minutes their trace began in; wider buckets follow from it.
const FINEST: i32 = grains::EDGE_GRAINS[1];

/// A result whose names have places.
struct Placed<'a> {
    trace_id: Uuid,
    version: i32,
    found: &'a Finalised,
    corrections: &'a [Correction],
    tenant: u32,
    root: Option<(u32, u32)>,
    /// Places of the two ends of each edge.
    ends: Vec<(u32, u32)>,
}

/// Writes results, each guarded by its version; edges of an earlier finalisation are replaced, never added twice.
pub async fn apply(db: &PgPool, findings: &[Finding]) -> Result<(), StoreError> {
    let mut names = Gathered::default();
    let mut placed: Vec<Placed> = findings.iter().map(|finding| Placed::new(finding, &mut names)).collect();
    placed.sort_by_key(|result| result.trace_id);
    let mut connection = db.acquire().await?;
    let ids = Cache::default().resolve(&mut connection, &names).await?;
    drop(connection);

    let mut transaction = db.begin().await?;
    // Edge sketches are read, merged and written back: two finalisers must take turns.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('tracetab:finalise', 0))")
        .execute(&mut *transaction)
        .await?;
    let current = lock(&mut transaction, &placed).await?;
    placed.retain(|result| current.get(&result.trace_id).is_some_and(|current| current.version == result.version));
    let corrections = placed.iter().flat_map(|result| {
        let home = current.get(&result.trace_id).map(|current| current.home).unwrap_or_default();
        result.corrections.iter().map(move |correction| (result.trace_id, home, correction))
    });
    correct::write(&mut transaction, &corrections.collect::<Vec<_>>()).await?;
    write_traces(&mut transaction, &placed, &ids).await?;
    let contributions = placed.iter().map(|result| {
        let start = current.get(&result.trace_id).map(|current| current.start_time.timestamp()).unwrap_or_default();
        result.contribution(&ids, grains::floor(start, FINEST.into()))
    });
    let contributions: Vec<Contribution> = contributions.collect();
    let mut delta = Delta::default();
    for earlier in edges::earlier(&mut transaction, &trace_ids(&placed)).await? {
        delta.merge(&earlier, -1);
    }
    contributions.iter().for_each(|contribution| delta.merge(contribution, 1));
    delta.write(&mut transaction).await?;
    write_findings(&mut transaction, &placed, &contributions).await?;
    transaction.commit().await?;
    Ok(())
}

impl<'a> Placed<'a> {
    fn new(finding: &'a Finding, names: &mut Gathered) -> Self {
        let Finding { trace_id, version, found, corrections } = finding;
        // Names of spans fit already; those the finaliser makes up are short.
        let mut place =
            |dictionary, name: &str| names.place(dictionary, "name", name, &mut Vec::new()).unwrap_or_default();
        let root = found.root.as_ref();
        Self {
            trace_id: Uuid::from_bytes(trace_id.to_bytes()),
            version: *version,
            found,
            corrections,
            tenant: place(Dictionary::Tenant, found.tenant.as_deref().unwrap_or_default()),
            root: root.map(|(service, operation)| {
                (place(Dictionary::Service, service), place(Dictionary::Operation, operation))
            }),
            ends: found
                .edges
                .iter()
                .map(|edge| (place(Dictionary::Service, &edge.parent), place(Dictionary::Service, &edge.child)))
                .collect(),
        }
    }

    /// What its corrections add to the totals of the trace.
    fn difference(&self) -> Sums {
        let mut sum = Sums::default();
        self.corrections.iter().for_each(|correction| sum += correction.difference());
        sum
    }

    fn contribution(&self, ids: &Ids, bucket: i64) -> Contribution {
        let ends = self
            .ends
            .iter()
            .map(|(parent, child)| (ids.of(Dictionary::Service, *parent), ids.of(Dictionary::Service, *child)));
        Contribution::new(ids.of(Dictionary::Tenant, self.tenant), bucket, &self.found.edges, ends)
    }
}

fn trace_ids(placed: &[Placed<'_>]) -> Vec<Uuid> {
    placed.iter().map(|result| result.trace_id).collect()
}

/// A trace as it is now.
#[derive(FromRow)]
struct Current {
    trace_id: Uuid,
    home: DateTime<Utc>,
    version: i32,
    start_time: DateTime<Utc>,
}

/// Locks the traces in the order every writer does.
async fn lock(db: &mut PgConnection, placed: &[Placed<'_>]) -> Result<HashMap<Uuid, Current>, StoreError> {
    let rows: Vec<Current> = sqlx::query_as(
        "select trace_id, home, version, start_time from traces where trace_id = any($1) order by trace_id for no key update",
    )
    .bind(trace_ids(placed))
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.trace_id, row)).collect())
}

async fn write_traces(db: &mut PgConnection, placed: &[Placed<'_>], ids: &Ids) -> Result<(), StoreError> {
    let root = |of: fn((u32, u32)) -> u32, dictionary| {
        let id = |result: &Placed<'_>| ids.of_some(dictionary, result.root.map(of));
        placed.iter().map(id).collect::<Vec<Option<i32>>>()
    };
    let differences: Vec<Sums> = placed.iter().map(Placed::difference).collect();
    // Deeper than the column holds is shown as the deepest it holds.
    let depth = |result: &Placed<'_>| i16::try_from(result.found.max_depth).unwrap_or(i16::MAX);
    sqlx::query(
        "update traces t set finalised = t.version, tenant_id = u.tenant_id, \
                root_service_id = coalesce(u.root_service_id, t.root_service_id), \
                root_operation_id = coalesce(u.root_operation_id, t.root_operation_id), \
                max_depth = u.max_depth, orphan_count = u.orphan_count, \
                cost_pico = t.cost_pico + u.cost_pico, nocost_count = t.nocost_count - u.priced, \
                tokens_in = t.tokens_in + u.tokens_in, tokens_out = t.tokens_out + u.tokens_out \
           from unnest($1::uuid[], $2::int4[], $3::int4[], $4::int4[], $5::int2[], $6::int4[], $7::int8[], $8::int8[], $9::int8[], \
                       $10::int8[]) \
             as u(trace_id, tenant_id, root_service_id, root_operation_id, max_depth, orphan_count, cost_pico, priced, tokens_in, \
                  tokens_out) \
          where t.trace_id = u.trace_id",
    )
    .bind(trace_ids(placed))
    .bind(placed.iter().map(|result| ids.of(Dictionary::Tenant, result.tenant)).collect::<Vec<_>>())
    .bind(root(|(service, _)| service, Dictionary::Service))
    .bind(root(|(_, operation)| operation, Dictionary::Operation))
    .bind(placed.iter().map(depth).collect::<Vec<_>>())
    .bind(placed.iter().map(|result| result.found.orphans).collect::<Vec<_>>())
    // A trace's total is kept as a bigint before and after, so their difference fits one.
    .bind(differences.iter().map(|sums| sums.cost_pico as i64).collect::<Vec<_>>())
    .bind(differences.iter().map(|sums| sums.priced).collect::<Vec<_>>())
    .bind(differences.iter().map(|sums| sums.tokens_in).collect::<Vec<_>>())
    .bind(differences.iter().map(|sums| sums.tokens_out).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

async fn write_findings(
    db: &mut PgConnection,
    placed: &[Placed<'_>],
    contributions: &[Contribution],
) -> Result<(), StoreError> {
    let shape = |result: &Placed<'_>| {
        let bar = |bar: &model::trace::ShapeBar| (bar.service.clone(), bar.row, bar.left, bar.width);
        Json(result.found.shape.iter().map(bar).collect::<Vec<KeptBar>>())
    };
    let split = |result: &Placed<'_>| {
        Json(result.found.split.iter().map(|(service, usd)| (service.clone(), usd.pico())).collect::<Vec<KeptShare>>())
    };
    sqlx::query(
        "insert into trace_finding (trace_id, tenant_id, bucket, edges, shape, split) \
         select * from unnest($1::uuid[], $2::int4[], $3::timestamptz[], $4::bytea[], $5::jsonb[], $6::jsonb[]) \
         on conflict (trace_id) do update set tenant_id = excluded.tenant_id, bucket = excluded.bucket, \
            edges = excluded.edges, shape = excluded.shape, split = excluded.split",
    )
    .bind(trace_ids(placed))
    .bind(contributions.iter().map(|contribution| contribution.tenant).collect::<Vec<_>>())
    .bind(contributions.iter().map(|contribution| grains::at(contribution.bucket)).collect::<Vec<_>>())
    .bind(contributions.iter().map(Contribution::encode).collect::<Vec<_>>())
    .bind(placed.iter().map(shape).collect::<Vec<_>>())
    .bind(placed.iter().map(split).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}
