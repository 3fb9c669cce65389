//! Duration sketches merged into `latency_sketch`: every width, for the tenant and for all tenants together.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;
use sqlx::{FromRow, PgConnection};

use super::entries::SketchKey;
use crate::sketch::Sketch;
use crate::{StoreError, grains};

/// Entries per statement, of which each has up to a kilobyte of parameters: a connection keeps the memory that the largest it ever sent
/// took.
const ENTRIES_MAX: usize = 1_000;

/// Primary key of `latency_sketch`; the bucket in seconds since 1970.
type Key = (i32, i32, i64, i32);

#[derive(FromRow)]
struct Row {
    tenant_id: i32,
    grain: i32,
    bucket: DateTime<Utc>,
    service_id: i32,
    sketch: Vec<u8>,
}

/// Rollers take turns ([`super::roll`]), so reading, merging and writing back loses nothing.
pub(super) async fn merge(db: &mut PgConnection, sketches: FxHashMap<SketchKey, Sketch>) -> Result<(), StoreError> {
    let mut entries: Vec<(Key, Sketch)> = by_key(sketches).into_iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    let mut waiting = entries.into_iter();
    loop {
        // Taken out: with what is kept of each they are many times as large, and are not needed once they are written.
        let mut some: Vec<(Key, Sketch)> = waiting.by_ref().take(ENTRIES_MAX).collect();
        if some.is_empty() {
            return Ok(());
        }
        let mut kept = existing(db, &some).await?;
        for (key, sketch) in &mut some {
            if let Some(kept) = kept.remove(key) {
                sketch.merge(&kept, 1);
            }
        }
        upsert(db, &some).await?;
    }
}

fn by_key(sketches: FxHashMap<SketchKey, Sketch>) -> HashMap<Key, Sketch> {
    let mut merged: HashMap<Key, Sketch> = HashMap::new();
    for ((minute, tenant, service), sketch) in sketches {
        for grain in grains::GRAINS {
            let bucket = grains::floor(minute * 60, grain.into());
            for tenant in [tenant, 0] {
                merged.entry((tenant, grain, bucket, service)).or_default().merge(&sketch, 1);
            }
        }
    }
    merged
}

async fn existing(db: &mut PgConnection, entries: &[(Key, Sketch)]) -> Result<HashMap<Key, Sketch>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select s.* from unnest($1::int4[], $2::int4[], $3::timestamptz[], $4::int4[]) as u(tenant_id, grain, bucket, service_id) \
         join latency_sketch s using (tenant_id, grain, bucket, service_id) for update of s",
    )
    .bind(column(entries, |key| key.0))
    .bind(column(entries, |key| key.1))
    .bind(column(entries, |key| grains::at(key.2)))
    .bind(column(entries, |key| key.3))
    .fetch_all(db)
    .await?;
    let entry = |row: Row| match Sketch::decode(&row.sketch) {
        Ok(sketch) => Ok(((row.tenant_id, row.grain, row.bucket.timestamp(), row.service_id), sketch)),
        Err(_) => {
            Err(StoreError::Inconsistent { table: "latency_sketch", column: "sketch", id: row.bucket.to_string() })
        }
    };
    rows.into_iter().map(entry).collect()
}

async fn upsert(db: &mut PgConnection, entries: &[(Key, Sketch)]) -> Result<(), StoreError> {
    sqlx::query(
        "insert into latency_sketch (tenant_id, grain, bucket, service_id, sketch) \
         select * from unnest($1::int4[], $2::int4[], $3::timestamptz[], $4::int4[], $5::bytea[]) \
         on conflict (tenant_id, grain, bucket, service_id) do update set sketch = excluded.sketch",
    )
    .bind(column(entries, |key| key.0))
    .bind(column(entries, |key| key.1))
    .bind(column(entries, |key| grains::at(key.2)))
    .bind(column(entries, |key| key.3))
    .bind(entries.iter().map(|(_, sketch)| sketch.encode()).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

fn column<T>(entries: &[(Key, Sketch)], value: impl Fn(&Key) -> T) -> Vec<T> {
    entries.iter().map(|(key, _)| value(key)).collect()
}
