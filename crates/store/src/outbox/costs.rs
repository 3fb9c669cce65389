//! Entries merged into `cost_rollup`: every dimension, every width, for the tenant and for all tenants together.

use rustc_hash::FxHashMap;
use sqlx::PgConnection;

use super::entries::{Key, Sums};
use crate::{StoreError, grains};

/// `cost_rollup.tenant_id` of all tenants together.
const ALL_TENANTS: i32 = 0;

/// Entries per statement, of which each has 130 bytes of parameters: a connection keeps the memory that the largest it ever sent took.
const ENTRIES_MAX: usize = 2_000;

/// Primary key of `cost_rollup`: tenant, grain, dimension, bucket in seconds since 1970, value.
type Place = (i32, i32, i16, i64, i32);

pub(super) async fn merge(db: &mut PgConnection, sums: &FxHashMap<Key, Sums>) -> Result<(), StoreError> {
    let mut entries: Vec<(Place, Sums)> = by_place(sums).into_iter().collect();
    // In the order of the primary key: neighbours share pages, and two rollers could not lock each other out.
    entries.sort_unstable_by_key(|(place, _)| *place);
    for entries in entries.chunks(ENTRIES_MAX) {
        upsert(db, entries).await?;
    }
    Ok(())
}

/// Every total an entry is part of.
fn by_place(entries: &FxHashMap<Key, Sums>) -> FxHashMap<Place, Sums> {
    let mut totals: FxHashMap<Place, Sums> = FxHashMap::default();
    for (key, sums) in entries {
        for grain in grains::GRAINS {
            let bucket = grains::floor(key.minute * 60, grain.into());
            for tenant in [key.tenant, ALL_TENANTS] {
                *totals.entry((tenant, grain, key.dim, bucket, key.key)).or_default() += *sums;
            }
        }
    }
    totals
}

async fn upsert(db: &mut PgConnection, entries: &[(Place, Sums)]) -> Result<(), StoreError> {
    sqlx::query(
        "insert into cost_rollup as r (tenant_id, grain, dim, bucket, key, n, ncost, err, cost_pico, dur_ns, tokens_in, tokens_out) \
         select u.tenant_id, u.grain, u.dim, u.bucket, u.key, u.n, u.ncost, u.err, u.cost_pico::numeric, u.dur_ns::numeric, \
                u.tokens_in, u.tokens_out \
           from unnest($1::int4[], $2::int4[], $3::int2[], $4::timestamptz[], $5::int4[], $6::int8[], $7::int8[], $8::int8[], \
                $9::text[], $10::text[], $11::int8[], $12::int8[]) \
             as u(tenant_id, grain, dim, bucket, key, n, ncost, err, cost_pico, dur_ns, tokens_in, tokens_out) \
         on conflict (tenant_id, grain, dim, bucket, key) do update set \
                n = r.n + excluded.n, ncost = r.ncost + excluded.ncost, err = r.err + excluded.err, \
                cost_pico = r.cost_pico + excluded.cost_pico, dur_ns = r.dur_ns + excluded.dur_ns, \
                tokens_in = r.tokens_in + excluded.tokens_in, tokens_out = r.tokens_out + excluded.tokens_out",
    )
    .bind(column(entries, |place, _| place.0))
    .bind(column(entries, |place, _| place.1))
    .bind(column(entries, |place, _| place.2))
    .bind(column(entries, |place, _| grains::at(place.3)))
    .bind(column(entries, |place, _| place.4))
    .bind(column(entries, |_, sums| sums.spans))
    .bind(column(entries, |_, sums| sums.priced))
    .bind(column(entries, |_, sums| sums.errors))
    .bind(column(entries, |_, sums| sums.cost_pico.to_string()))
    .bind(column(entries, |_, sums| sums.duration_ns.to_string()))
    .bind(column(entries, |_, sums| sums.tokens_in))
    .bind(column(entries, |_, sums| sums.tokens_out))
    .execute(db)
    .await?;
    Ok(())
}

fn column<T>(entries: &[(Place, Sums)], value: impl Fn(&Place, &Sums) -> T) -> Vec<T> {
    entries.iter().map(|(place, sums)| value(place, sums)).collect()
}
