//! Looks at traces that have gone quiet as a whole: root, depth, orphans, calls between services.

use anyhow::Context;
use chrono::{DateTime, Utc};
use model::trace::finalise::finalise;
use sqlx::PgPool;

use super::Progress;

/// Traces per round: about a second of work, so that a stop need not wait longer.
const TRACES_MAX: i64 = 1_000;

/// One round over the traces that got no span since `before`.
pub async fn run(db: PgPool, before: DateTime<Utc>) -> anyhow::Result<Progress> {
    let quiet = store::finalise::quiet(&db, before, TRACES_MAX).await?;
    if quiet.is_empty() {
        return Ok(Progress::Idle);
    }
    let results = tokio::task::spawn_blocking(move || {
        quiet.into_iter().map(|trace| (trace.trace_id, trace.version, finalise(&trace.spans))).collect::<Vec<_>>()
    });
    let results = results.await.context("a trace could not be finalised")?;
    store::finalise::apply(&db, &results).await?;
    // A reader may leave traces out to bound one round in spans, so only an empty round is the end.
    Ok(Progress::More)
}
