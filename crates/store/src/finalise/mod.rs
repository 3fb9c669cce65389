//! Claiming quiet traces and writing what the finaliser found.
//!
//! Which traces got spans stands in `trace_due`, a line per ingest transaction (`due`). What a trace adds to the dependency
//! map is kept beside it (`edges`), so that finalising it again after late spans takes back the old before adding the new.

mod apply;
mod correct;
mod due;
mod edges;
mod skeletons;
mod told;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::TraceId;
use model::trace::settle::{Claim, Settled};
use model::trace::{Finalised, Skeleton};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{StoreError, traces};
pub use apply::apply;
pub use correct::Correction;
use correct::Standing;
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
    /// What they say of their owners and costs, in the same order; owners by their ids.
    pub claims: Vec<Claim<i32>>,
    /// How they stand in the books.
    standings: Vec<Standing>,
}

impl Quiet {
    /// Takes what its spans are settled to, in their order: shows it in the spans, and answers what has to be corrected.
    pub fn settle(&mut self, settled: &[Settled<i32>]) -> Vec<Correction> {
        // Owners are inherited within a trace, so whoever is named anywhere in it has a name here.
        let known = self.claims.iter().zip(&self.spans);
        let names: HashMap<i32, String> =
            known.filter_map(|(claim, span)| Some((claim.owners.tenant.as_ref()?.key, span.tenant.clone()?))).collect();
        let mut corrections = Vec::new();
        for (((span, claim), standing), settled) in
            self.spans.iter_mut().zip(&self.claims).zip(&self.standings).zip(settled)
        {
            let tenant = settled.owners.tenant.as_ref().and_then(|owner| names.get(&owner.key).cloned());
            correct::show(span, settled, tenant);
            corrections.extend(standing.correct(claim, settled));
        }
        corrections
    }
}

/// What the finaliser found in a trace.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which.
    pub trace_id: TraceId,
    /// The version it was found in.
    pub version: i32,
    /// What only the whole trace can tell.
    pub found: Finalised,
    /// What has to be corrected in the books.
    pub corrections: Vec<Correction>,
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
        let read = spans.remove(&trace.trace_id).unwrap_or_default();
        let skeletons::Read { spans, claims, standings } = read;
        Ok(Quiet { trace_id: traces::trace_id(trace.trace_id)?, version: trace.version, spans, claims, standings })
    });
    Ok(Due { lines, traces: quiet.collect::<Result<_, StoreError>>()? })
}

#[cfg(test)]
mod tests;
