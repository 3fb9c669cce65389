//! Claiming quiet traces and writing what the finaliser found.
//!
//! Which traces got spans stands in `trace_due`, a line per ingest transaction (`due`). What a trace adds to the dependency
//! map is kept beside it (`edges`), so that finalising it again after late spans takes back the old before adding the new.

mod apply;
mod due;
mod edges;
mod skeletons;

use chrono::{DateTime, Utc};
use model::TraceId;
use model::trace::Skeleton;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{StoreError, traces};
pub use apply::apply;
pub use due::{forget, sweep};

/// Traces to be finalised now.
#[derive(Debug, Clone, Default)]
pub struct Due {
    /// Lines of the list that are done with once these traces are finalised: to be [forgotten](forget) then.
    pub lines: Vec<i64>,
    /// The traces; none when all of the lines' traces got more spans since.
    pub traces: Vec<Quiet>,
}

/// A quiet trace with its spans.
#[derive(Debug, Clone)]
pub struct Quiet {
    /// Which.
    pub trace_id: TraceId,
    /// The version that was read: results for another version are thrown away.
    pub version: i32,
    /// Its spans, in any order, without user, capability, model and tokens.
    pub spans: Vec<Skeleton>,
}

/// Traces that changed since they were last finalised and have been quiet since `before`; of some `limit` lines' worth.
pub async fn quiet(db: &PgPool, before: DateTime<Utc>, now: DateTime<Utc>, limit: i64) -> Result<Due, StoreError> {
    let (lines, due) = due::due(db, before, now, limit).await?;
    if due.is_empty() {
        return Ok(Due { lines, traces: Vec::new() });
    }
    let homes: Vec<(Uuid, DateTime<Utc>)> = due.iter().map(|trace| (trace.trace_id, trace.home)).collect();
    // Versions were read first: spans that arrive in between raise the version, and `apply` then refuses the result.
    let mut spans = skeletons::of_traces(db, homes).await?;
    let quiet = due.into_iter().map(|trace| {
        let spans = spans.remove(&trace.trace_id).unwrap_or_default();
        Ok(Quiet { trace_id: traces::trace_id(trace.trace_id)?, version: trace.version, spans })
    });
    Ok(Due { lines, traces: quiet.collect::<Result<_, StoreError>>()? })
}

#[cfg(test)]
mod tests;
