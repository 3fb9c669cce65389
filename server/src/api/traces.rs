//! `GET /api/v1/traces`: the traces that match a filter, page by page, with sums over all that match.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use model::trace::filter::TraceFilter;
use model::trace::{TraceSummary, TraceTotals};
use model::usd::json;
use model::{TraceId, Usd, UsdSum};
use serde::Serialize;

use super::json::{milliseconds, milliseconds_or_null};
use super::parameters::Parameters;
use super::problem::Problem;
use super::{Api, tenant};
use crate::keys::Caller;

/// What [`TraceFilter::from_query`] understands.
const PARAMETERS: [&str; 19] = [
    "from",
    "to",
    "q",
    "service",
    "operation",
    "tenant",
    "user",
    "model",
    "capability",
    "data_tag",
    "without",
    "status",
    "min_duration",
    "max_duration",
    "min_cost",
    "max_cost",
    "order",
    "limit",
    "cursor",
];

#[derive(Serialize)]
pub struct Answer {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    traces: Vec<Line>,
    /// Over everything that matches, not only this page.
    total: Total,
    /// Send it as `cursor` with the same filter; absent on the last page.
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct Line {
    trace_id: TraceId,
    /// Its id is in the tenant's own space: others may have sent the same, and `?tenant=` tells which is meant.
    #[serde(skip_serializing_if = "is_shared")]
    own_space: bool,
    root_service: Option<String>,
    root_operation: Option<String>,
    tenant: Option<String>,
    start_time: DateTime<Utc>,
    #[serde(serialize_with = "milliseconds")]
    duration_ms: i64,
    span_count: i64,
    error_count: i64,
    unpriced_span_count: i64,
    #[serde(serialize_with = "json::amount_or_null")]
    total_cost_usd: Option<Usd>,
    tokens_in: i64,
    tokens_out: i64,
}

#[derive(Serialize)]
struct Total {
    traces: i64,
    #[serde(serialize_with = "json::total")]
    cost_usd: UsdSum,
    with_errors: i64,
    #[serde(serialize_with = "milliseconds_or_null")]
    p50_ms: Option<i64>,
    #[serde(serialize_with = "milliseconds_or_null")]
    p95_ms: Option<i64>,
}

impl From<TraceSummary> for Line {
    fn from(trace: TraceSummary) -> Self {
        Self {
            trace_id: trace.trace_id,
            own_space: !trace.space.is_shared(),
            root_service: trace.root_service,
            root_operation: trace.root_operation,
            tenant: trace.tenant,
            start_time: trace.start.to_datetime(),
            duration_ms: trace.duration_ns,
            span_count: trace.spans,
            error_count: trace.errors,
            unpriced_span_count: trace.unpriced_spans,
            total_cost_usd: trace.cost,
            tokens_in: trace.tokens_in,
            tokens_out: trace.tokens_out,
        }
    }
}

impl From<TraceTotals> for Total {
    fn from(totals: TraceTotals) -> Self {
        Self {
            traces: totals.traces,
            cost_usd: totals.cost,
            with_errors: totals.with_errors,
            p50_ms: totals.p50_ns,
            p95_ms: totals.p95_ns,
        }
    }
}

/// A page of traces; the filter is the one of the traces page, so a URL of one works with the other.
pub async fn list(State(api): State<Api>, caller: Caller, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&PARAMETERS)?;
    let pairs = parameters.0.iter().map(|(name, value)| (name, value));
    let filter =
        TraceFilter::from_query(pairs, (api.now)()).map_err(|error| Problem::bad_request(error.to_string()))?;
    for asked in &filter.tenants {
        tenant::answered(&caller, Some(asked))?;
    }
    let page = store::traces::list_for(&api.pools.readers.get(), tenant::reader(&caller), &filter).await?;
    Ok(Json(Answer {
        from: filter.range.from,
        to: filter.range.to,
        traces: page.traces.into_iter().map(Line::from).collect(),
        total: page.totals.into(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

// serde's `skip_serializing_if` passes a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_shared(own_space: &bool) -> bool {
    !*own_space
}
