//! Reads of cost totals: from the rollups plus the open outbox; what rollups do not know, from the spans of at most a day.
//!
//! Totals are exact to the minute: a range is widened to whole minutes. `facet` says where what spend is taken apart by
//! is kept, `statement` puts it together, `rows` asks, `assemble` makes the answer, `attributes` reads payloads, `at_once`
//! answers several questions about one owner with one reading of its spans.

mod assemble;
mod at_once;
mod attributes;
pub(crate) mod facet;
mod rows;
mod statement;

use model::cost::{Breakdown, Compared, Dimension, Group, Grouping, Owner, Split, Sums};
use model::time::TimeRange;
use sqlx::PgPool;

use crate::{StoreError, grains};
pub use at_once::{AtOnce, OfOwner, at_once};

use assemble::Assembly;
use rows::Resolved;
pub(crate) use rows::{ids, tenant_id};

/// Most buckets of a series: more than a chart has pixels. Past it buckets are made wider.
const BUCKETS_MAX: i64 = 2_000;

/// What spend is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// When.
    pub range: TimeRange,
    /// By what.
    pub by: &'a Grouping,
    /// Of one owner, or of everybody.
    pub only: Option<&'a Owner>,
    /// Width of a bucket of the series, a multiple of 60; doubled until there are at most two thousand.
    pub bucket_seconds: i64,
    /// Whether the equally long range before is asked for too.
    pub compare: bool,
    /// Most groups told apart: the dearest; the others are summed up. `None` is all of them.
    pub groups_max: Option<usize>,
}

/// Spend as asked for. Whoever asks has made sure that it may be: [`Grouping::refusal`].
pub async fn split(db: &PgPool, question: &Question<'_>) -> Result<Split, StoreError> {
    let question = Question { bucket_seconds: fitting_bucket(question.range, question.bucket_seconds), ..*question };
    let mut assembly = Assembly::new(&question);
    let Some(resolved) = Resolved::new(db, &question).await? else { return Ok(assembly.finish(Compared::default())) };
    if question.by.is_in_rollups(question.only) {
        let mut connection = db.acquire().await?;
        resolved.rolled(&mut connection, &question).await?.into_iter().for_each(|line| assembly.add(line));
        return Ok(assembly.finish(Compared::default()));
    }
    // Rollups and spans as they are at one moment, so that what is missing among the spans is known.
    let mut snapshot = db.begin_with("begin isolation level repeatable read read only").await?;
    let everything = Grouping::by(Dimension::Total);
    let whole = Question { by: &everything, groups_max: None, ..question };
    let booked = resolved.rolled(&mut snapshot, &whole).await?;
    if let Some(name) = question.by.attribute() {
        attributes::read(&mut snapshot, &resolved, &question, name, &mut assembly).await?;
    } else {
        resolved.of_spans(&mut snapshot, &question).await?.into_iter().for_each(|line| assembly.add(line));
    }
    Ok(assembly.finish(assemble::sum(&booked)))
}

/// Spend over `range` by `by`, in buckets of `bucket_seconds` (a multiple of 60), of one tenant or of all. Buckets are
/// doubled until there are at most two thousand.
pub async fn breakdown(
    db: &PgPool,
    range: TimeRange,
    by: Dimension,
    tenant: Option<&str>,
    bucket_seconds: i64,
) -> Result<Breakdown, StoreError> {
    let only = tenant.map(|name| Owner { dimension: Dimension::Tenant, key: Some(name.to_owned()) });
    let grouping = Grouping::by(by);
    let question =
        Question { range, by: &grouping, only: only.as_ref(), bucket_seconds, compare: false, groups_max: None };
    let Split { bucket_seconds, buckets, total, groups, .. } = split(db, &question).await?;
    let groups = groups.into_iter().map(|group| Group {
        key: group.keys.into_iter().next().flatten(),
        sums: group.sums.now,
        series: group.series,
    });
    Ok(Breakdown { by, bucket_seconds, buckets, total: total.now, groups: groups.collect() })
}

/// Sums over `range` of everything.
pub async fn sums(db: &PgPool, range: TimeRange) -> Result<Sums, StoreError> {
    Ok(sums_of(db, range, None).await?.now)
}

/// Sums over `range`, and over the one before, of one owner or of everybody.
pub async fn sums_of(db: &PgPool, range: TimeRange, only: Option<&Owner>) -> Result<Compared, StoreError> {
    let (by, bucket_seconds) = (Grouping::by(Dimension::Total), i64::from(grains::GRAINS[0]));
    let question = Question { range, by: &by, only, bucket_seconds, compare: only.is_some(), groups_max: None };
    Ok(split(db, &question).await?.total)
}

/// The width asked for, in whole minutes, doubled until the series is short enough.
fn fitting_bucket(range: TimeRange, bucket_seconds: i64) -> i64 {
    let mut fitting = grains::ceil(bucket_seconds.max(60), 60);
    while range.seconds() / fitting > BUCKETS_MAX {
        fitting *= 2;
    }
    fitting
}

#[cfg(test)]
mod tests;
