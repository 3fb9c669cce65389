//! Spaces of trace ids (see [`model::space`]): which there are, and what is where.
//!
//! Everything else in this crate takes and keeps ids as they are kept. Whoever has one from outside asks [`find`] for it,
//! and whoever shows one asks [`called`], or reads a list, whose lines have been told already.

use std::collections::HashMap;

use model::TraceId;
use model::space::{Mask, Space, TenantSpace, Within};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use crate::{StoreError, traces};

/// Traces with the same id that are offered to choose from: of more there is no use.
const FOUND_MAX: usize = 100;

#[derive(FromRow)]
struct Row {
    tenant_id: i32,
    tenant: String,
    mask: Uuid,
}

/// A trace by the id it was sent with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The id it was sent with.
    pub trace_id: TraceId,
    /// The id it is kept under.
    pub kept: TraceId,
    /// The tenant in whose own space it is; `None` in the shared one.
    pub own_space_of: Option<String>,
}

impl Found {
    /// Where it alone is found.
    pub fn within(&self) -> Within {
        self.own_space_of.clone().map_or(Within::Shared, Within::Tenant)
    }
}

/// What traces are called outside.
#[derive(Debug, Clone, Default)]
pub struct Called(HashMap<TraceId, (TraceId, String)>);

impl From<Row> for TenantSpace {
    fn from(row: Row) -> Self {
        Self {
            tenant: row.tenant,
            space: Space::from_number(row.tenant_id),
            mask: Mask::from_bytes(row.mask.into_bytes()),
        }
    }
}

/// The space of a tenant; when it has none yet, it gets one with this mask.
pub async fn ensure(db: &PgPool, tenant: &str, mask: Mask) -> Result<TenantSpace, StoreError> {
    if let Some(known) = of_tenant(db, tenant).await? {
        return Ok(known);
    }
    sqlx::query("insert into dim_tenant (name) values ($1) on conflict do nothing").bind(tenant).execute(db).await?;
    sqlx::query(
        "insert into trace_space (tenant_id, mask) select id, $2 from dim_tenant where name = $1 on conflict do nothing",
    )
    .bind(tenant)
    .bind(Uuid::from_bytes(mask.to_bytes()))
    .execute(db)
    .await?;
    // Another server may have been first.
    let made = of_tenant(db, tenant).await?;
    made.ok_or_else(|| StoreError::Inconsistent { table: "trace_space", column: "tenant_id", id: tenant.to_owned() })
}

async fn of_tenant(db: &PgPool, tenant: &str) -> Result<Option<TenantSpace>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select s.tenant_id, d.name as tenant, s.mask from trace_space s join dim_tenant d on d.id = s.tenant_id where d.name = $1",
    )
    .bind(tenant)
    .fetch_optional(db)
    .await?;
    Ok(row.map(TenantSpace::from))
}

/// Every tenant's own space: as many as there are tenants with keys.
pub async fn all(db: &PgPool) -> Result<Vec<TenantSpace>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select s.tenant_id, d.name as tenant, s.mask from trace_space s join dim_tenant d on d.id = s.tenant_id order by d.name",
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(TenantSpace::from).collect())
}

/// The mask of a space; that of one that is not there changes nothing.
pub(crate) async fn mask(db: &PgPool, space: Space) -> Result<Mask, StoreError> {
    if space.is_shared() {
        return Ok(Mask::NONE);
    }
    let mask: Option<Uuid> = sqlx::query_scalar("select mask from trace_space where tenant_id = $1")
        .bind(space.number())
        .fetch_optional(db)
        .await?;
    Ok(mask.map_or(Mask::NONE, |mask| Mask::from_bytes(mask.into_bytes())))
}

/// The traces that were sent with this id: at most one in each space, that of the shared one first.
pub async fn find(db: &PgPool, trace_id: TraceId) -> Result<Vec<Found>, StoreError> {
    let spaces = all(db).await?;
    let mut places = vec![(trace_id, Space::SHARED, None)];
    places.extend(spaces.into_iter().map(|own| (own.mask.apply(trace_id), own.space, Some(own.tenant))));
    let ids: Vec<Uuid> = places.iter().map(|(kept, ..)| Uuid::from_bytes(kept.to_bytes())).collect();
    let there: Vec<(Uuid, i32)> =
        sqlx::query_as("select trace_id, space from traces where trace_id = any($1)").bind(ids).fetch_all(db).await?;
    let is_there = |kept: TraceId, space: Space| {
        there.iter().any(|(id, number)| id.into_bytes() == kept.to_bytes() && *number == space.number())
    };
    let found = places.into_iter().filter(|(kept, space, _)| is_there(*kept, *space));
    Ok(found.map(|(kept, _, own_space_of)| Found { trace_id, kept, own_space_of }).take(FOUND_MAX).collect())
}

/// The same, of those that are looked for: an own space comes before the shared one.
pub async fn find_within(db: &PgPool, trace_id: TraceId, within: &Within) -> Result<Vec<Found>, StoreError> {
    let mut found = find(db, trace_id).await?;
    match within {
        Within::Anywhere => {}
        Within::Shared => found.retain(|found| found.own_space_of.is_none()),
        Within::Tenant(tenant) => {
            found.retain(|found| found.own_space_of.as_ref().is_none_or(|own| own == tenant));
            // That of the shared space is the first.
            found.drain(..found.len().saturating_sub(1));
        }
    }
    Ok(found)
}

/// The newest trace whose id begins, as it was sent, with these hex digits.
pub async fn find_by_prefix(db: &PgPool, prefix: &str) -> Result<Option<Found>, StoreError> {
    if prefix.is_empty() || prefix.len() > 32 || !prefix.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let fill = 128 - 4 * prefix.len() as u32;
    // Up to 32 hex digits are 128 bits.
    let begin = u128::from_str_radix(prefix, 16).unwrap_or_default().checked_shl(fill).unwrap_or_default();
    let rest = u128::MAX.checked_shr(128 - fill).unwrap_or_default();
    let shared = TenantSpace { tenant: String::new(), space: Space::SHARED, mask: Mask::NONE };
    let spaces: Vec<TenantSpace> = std::iter::once(shared).chain(all(db).await?).collect();
    // Ids that begin alike are kept under ids that begin alike.
    let bounds = spaces.iter().map(|own| {
        let begins = (begin ^ u128::from_be_bytes(own.mask.to_bytes())) & !rest;
        (Uuid::from_u128(begins), Uuid::from_u128(begins | rest))
    });
    let (from, to): (Vec<Uuid>, Vec<Uuid>) = bounds.unzip();
    let found: Option<(Uuid, i32)> = sqlx::query_as(
        "select t.trace_id, t.space from unnest($1::uuid[], $2::uuid[], $3::int4[]) as place(since, till, space) \
          cross join lateral (select trace_id, space, start_time from traces where trace_id between place.since and place.till \
                and space = place.space order by start_time desc limit 1) t \
          order by t.start_time desc limit 1",
    )
    .bind(from)
    .bind(to)
    .bind(spaces.iter().map(|own| own.space.number()).collect::<Vec<_>>())
    .fetch_optional(db)
    .await?;
    let Some((kept, number)) = found else { return Ok(None) };
    let kept = traces::trace_id(kept)?;
    let own = spaces.into_iter().find(|own| own.space.number() == number);
    Ok(own.map(|own| Found {
        trace_id: own.mask.apply(kept),
        kept,
        own_space_of: (!own.space.is_shared()).then_some(own.tenant),
    }))
}

/// What traces are called outside that are kept under these ids.
pub async fn called(db: &PgPool, kept: &[TraceId]) -> Result<Called, StoreError> {
    let ids: Vec<Uuid> = kept.iter().map(|id| Uuid::from_bytes(id.to_bytes())).collect();
    let rows: Vec<(Uuid, Uuid, String)> = sqlx::query_as(
        "select t.trace_id, s.mask, d.name from trace_space s join dim_tenant d on d.id = s.tenant_id \
           join traces t on t.space = s.tenant_id and t.trace_id = any($1)",
    )
    .bind(ids)
    .fetch_all(db)
    .await?;
    let called = rows.into_iter().map(|(kept, mask, tenant)| {
        let kept = traces::trace_id(kept)?;
        Ok((kept, (Mask::from_bytes(mask.into_bytes()).apply(kept), tenant)))
    });
    Ok(Called(called.collect::<Result<_, StoreError>>()?))
}

impl Called {
    /// The id a trace was sent with.
    pub fn id(&self, kept: TraceId) -> TraceId {
        self.0.get(&kept).map_or(kept, |(sent, _)| *sent)
    }

    /// The tenant in whose own space it is; `None` in the shared one.
    pub fn own_space_of(&self, kept: TraceId) -> Option<&str> {
        self.0.get(&kept).map(|(_, tenant)| tenant.as_str())
    }
}

#[cfg(test)]
mod tests;
