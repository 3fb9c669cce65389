//! Cells merged into `cost_rollup`: every dimension, every width, for the tenant and for all tenants together.

use std::collections::HashMap;

use model::cost::Dimension;
use sqlx::PgConnection;

use super::cells::{Cell, Sums};
use crate::{StoreError, grains};

/// `cost_rollup.tenant_id` of all tenants together.
const ALL_TENANTS: i32 = 0;

/// Entries per statement: keeps its parameters at a few megabytes.
const ENTRIES_MAX: usize = 10_000;

/// Primary key of `cost_rollup`; the bucket in seconds since 1970.
type Key = (i32, i32, i16, i64, i32);

pub(super) async fn merge(db: &mut PgConnection, cells: &HashMap<Cell, Sums>) -> Result<(), StoreError> {
    let mut entries: Vec<(Key, Sums)> = by_key(cells).into_iter().collect();
    // In the order of the primary key: neighbours share pages, and two rollers could not lock each other out.
    entries.sort_unstable_by_key(|(key, _)| *key);
    for entries in entries.chunks(ENTRIES_MAX) {
        upsert(db, entries).await?;
    }
    Ok(())
}

/// Every total a cell is part of.
fn by_key(cells: &HashMap<Cell, Sums>) -> HashMap<Key, Sums> {
    let mut totals: HashMap<Key, Sums> = HashMap::new();
    for (cell, sums) in cells {
        let dimensions = [
            (Dimension::Total, 0),
            (Dimension::Service, cell.service),
            (Dimension::Capability, cell.capability),
            (Dimension::Model, cell.model),
            (Dimension::User, cell.user),
            (Dimension::DataTag, i32::from(cell.data_tag)),
        ];
        for grain in grains::GRAINS {
            let bucket = grains::floor(cell.minute * 60, grain.into());
            for (dimension, key) in dimensions {
                for tenant in [cell.tenant, ALL_TENANTS] {
                    *totals.entry((tenant, grain, dimension.code(), bucket, key)).or_default() += *sums;
                }
            }
        }
    }
    totals
}

async fn upsert(db: &mut PgConnection, entries: &[(Key, Sums)]) -> Result<(), StoreError> {
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
    .bind(column(entries, |key, _| key.0))
    .bind(column(entries, |key, _| key.1))
    .bind(column(entries, |key, _| key.2))
    .bind(column(entries, |key, _| grains::at(key.3)))
    .bind(column(entries, |key, _| key.4))
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

fn column<T>(entries: &[(Key, Sums)], value: impl Fn(&Key, &Sums) -> T) -> Vec<T> {
    entries.iter().map(|(key, sums)| value(key, sums)).collect()
}
