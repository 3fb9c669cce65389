//! Reads of cost totals: from the rollups plus the open outbox, never from raw spans.
//!
//! Totals are exact to the minute: a range is widened to whole minutes.

mod rows;

use std::collections::HashMap;

use model::cost::{Breakdown, Dimension, Group, Sums};
use model::time::TimeRange;
use model::{UsdSum, cost};
use sqlx::PgPool;

use crate::{StoreError, grains};
pub(crate) use rows::tenant_id;
use rows::{Line, Scope};

/// Most buckets of a series: more than a chart has pixels. Past it buckets are made wider.
const BUCKETS_MAX: i64 = 2_000;

/// Spend over `range` by `by`, in buckets of `bucket_seconds` (a multiple of 60), of one tenant or of all. Buckets are
/// doubled until there are at most two thousand.
pub async fn breakdown(
    db: &PgPool,
    range: TimeRange,
    by: Dimension,
    tenant: Option<&str>,
    bucket_seconds: i64,
) -> Result<Breakdown, StoreError> {
    let bucket_seconds = fitting_bucket(range, bucket_seconds);
    let first = grains::floor(range.from.timestamp(), bucket_seconds);
    let end = range.to.timestamp();
    let count = usize::try_from((end - first + bucket_seconds - 1) / bucket_seconds).unwrap_or_default().max(1);
    let buckets = (0..count).map(|index| grains::at(first + index as i64 * bucket_seconds)).collect();
    let lines = rows::lines(db, &Scope { range, by, tenant, bucket_seconds }).await?;
    let mut groups: HashMap<Option<String>, Group> = HashMap::new();
    for line in lines {
        let place = usize::try_from((line.bucket - first) / bucket_seconds).unwrap_or_default().min(count - 1);
        let group = groups.entry(line.key.clone()).or_insert_with(|| Group {
            key: line.key.clone(),
            sums: Sums::default(),
            series: vec![UsdSum::ZERO; count],
        });
        group.series[place] += line.sums.cost;
        add(&mut group.sums, &line.sums);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by(|left, right| right.sums.cost.cmp(&left.sums.cost).then_with(|| left.key.cmp(&right.key)));
    let mut total = Sums::default();
    groups.iter().for_each(|group| add(&mut total, &group.sums));
    Ok(Breakdown { by, bucket_seconds, buckets, total, groups })
}

/// Sums over `range` of everything.
pub async fn sums(db: &PgPool, range: TimeRange) -> Result<Sums, StoreError> {
    let scope = Scope { range, by: Dimension::Total, tenant: None, bucket_seconds: i64::from(grains::GRAINS[0]) };
    let mut total = Sums::default();
    rows::lines(db, &scope).await?.iter().for_each(|Line { sums, .. }| add(&mut total, sums));
    Ok(total)
}

/// The width asked for, in whole minutes, doubled until the series is short enough.
fn fitting_bucket(range: TimeRange, bucket_seconds: i64) -> i64 {
    let mut fitting = grains::ceil(bucket_seconds.max(60), 60);
    while range.seconds() / fitting > BUCKETS_MAX {
        fitting *= 2;
    }
    fitting
}

fn add(to: &mut cost::Sums, sums: &cost::Sums) {
    to.spans += sums.spans;
    to.priced_spans += sums.priced_spans;
    to.errors += sums.errors;
    to.cost += sums.cost;
    to.tokens_in += sums.tokens_in;
    to.tokens_out += sums.tokens_out;
}

#[cfg(test)]
mod tests;
