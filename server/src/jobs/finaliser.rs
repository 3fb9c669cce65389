//! Looks at traces that have gone quiet as a whole: who pays and what counts, root, depth, orphans, calls between services.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use model::trace::finalise::finalise;
use model::trace::settle::{Sight, settle};
use sqlx::PgPool;
use store::finalise::{Finding, Quiet};

use super::Progress;

/// Traces per round: about a second of work, so that a stop need not wait longer.
const TRACES_MAX: i64 = 1_000;

/// How long ago a trace must have been seen to be looked for: its line is written in the same transaction as its spans.
const SWEPT_AFTER: TimeDelta = TimeDelta::minutes(5);
/// How far back traces are looked for that are on no list.
const SWEPT_BACK: TimeDelta = TimeDelta::days(1);

/// One round over the traces that got no span for as long as `quiet`.
pub async fn run(db: PgPool, quiet: TimeDelta, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    let due = store::finalise::quiet(&db, now - quiet, now, TRACES_MAX).await?;
    if due.lines.is_empty() && due.traces.is_empty() {
        return Ok(Progress::Idle);
    }
    let quiet = due.traces;
    let results = tokio::task::spawn_blocking(move || quiet.into_iter().map(of_trace).collect::<Vec<_>>());
    let results = results.await.context("a trace could not be finalised")?;
    if !results.is_empty() {
        store::finalise::apply(&db, &results).await?;
    }
    store::finalise::forget(&db, &due.lines).await?;
    // A reader may leave traces out to bound one round in spans, so only an empty round is the end.
    Ok(Progress::More)
}

/// Settles who pays and what counts, then looks at the trace as it is settled.
fn of_trace(mut trace: Quiet) -> Finding {
    let corrections = trace.settle(&settle(&trace.claims, Sight::Whole));
    Finding { trace_id: trace.trace_id, version: trace.version, found: finalise(&trace.spans), corrections }
}

/// Finds traces that are on nobody's list: servers of an earlier release wrote none.
pub async fn sweep(db: PgPool, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    let found = store::finalise::sweep(&db, now - SWEPT_BACK, now - SWEPT_AFTER).await?;
    if found > 0 {
        tracing::info!(traces = found, "found traces that were on nobody's list");
    }
    Ok(Progress::Idle)
}
