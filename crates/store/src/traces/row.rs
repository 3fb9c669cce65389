//! A row of `traces` with its names, and what it means.

use chrono::{DateTime, Utc};
use model::space::{Mask, Space};
use model::time::UnixNanos;
use model::trace::{ShapeBar, TraceHead, TraceSummary};
use model::{TraceId, Usd};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use crate::StoreError;

/// Duration of `traces t` in nanoseconds, to the microsecond.
macro_rules! duration_ns {
    () => {
        "(date_part('epoch', t.end_time - t.start_time) * 1000000)::int8 * 1000"
    };
}

/// The columns of [`SummaryRow`], of `traces t` joined by [`summary_joins`].
macro_rules! summary_columns {
    () => {
        concat!(
            "t.trace_id, t.space, own.mask, root_service.name as root_service, root_operation.name as root_operation, \
             nullif(tenant.name, '') as tenant, t.start_time, ",
            $crate::traces::row::duration_ns!(),
            " as duration_ns, t.span_count, t.error_count, t.nocost_count, t.cost_pico, t.tokens_in, t.tokens_out, \
             finding.shape, finding.split"
        )
    };
}

/// What is behind [`summary_columns`].
macro_rules! summary_joins {
    () => {
        "join dim_tenant tenant on tenant.id = t.tenant_id \
         left join dim_service root_service on root_service.id = t.root_service_id \
         left join dim_operation root_operation on root_operation.id = t.root_operation_id \
         left join trace_finding finding on finding.trace_id = t.trace_id \
         left join trace_space own on own.tenant_id = t.space"
    };
}
pub(crate) use duration_ns;
pub(super) use {summary_columns, summary_joins};

/// A bar of the miniature as `trace_finding.shape` keeps it: service, row, left, width.
pub(crate) type KeptBar = (String, u8, u16, u16);

/// A share of the cost as `trace_finding.split` keeps it: service, pico-dollars.
pub(crate) type KeptShare = (String, i64);

#[derive(FromRow)]
pub(super) struct SummaryRow {
    trace_id: Uuid,
    space: i32,
    mask: Option<Uuid>,
    root_service: Option<String>,
    root_operation: Option<String>,
    tenant: Option<String>,
    start_time: DateTime<Utc>,
    duration_ns: i64,
    span_count: i64,
    error_count: i64,
    nocost_count: i64,
    cost_pico: i64,
    tokens_in: i64,
    tokens_out: i64,
    shape: Option<Json<Vec<KeptBar>>>,
    split: Option<Json<Vec<KeptShare>>>,
}

#[derive(FromRow)]
pub(super) struct HeadRow {
    #[sqlx(flatten)]
    summary: SummaryRow,
    last_seen: DateTime<Utc>,
    declared_cost_pico: Option<i64>,
    max_depth: Option<i16>,
    orphan_count: Option<i32>,
    withheld: i64,
}

/// The id kept in a uuid column; all zeros is never written.
pub(crate) fn trace_id(kept: Uuid) -> Result<TraceId, StoreError> {
    TraceId::from_bytes(kept.into_bytes()).map_err(|_| StoreError::Inconsistent {
        table: "traces",
        column: "trace_id",
        id: kept.to_string(),
    })
}

impl TryFrom<SummaryRow> for TraceSummary {
    type Error = StoreError;

    fn try_from(row: SummaryRow) -> Result<Self, StoreError> {
        let mask = row.mask.map_or(Mask::NONE, |mask| Mask::from_bytes(mask.into_bytes()));
        let bar = |(service, row, left, width)| ShapeBar { service, row, left, width };
        Ok(Self {
            trace_id: mask.apply(trace_id(row.trace_id)?),
            space: Space::from_number(row.space),
            root_service: row.root_service,
            root_operation: row.root_operation,
            tenant: row.tenant,
            start: UnixNanos(row.start_time.timestamp_micros().saturating_mul(1000)),
            duration_ns: row.duration_ns,
            spans: row.span_count,
            errors: row.error_count,
            unpriced_spans: row.nocost_count,
            cost: (row.nocost_count < row.span_count).then(|| Usd::from_pico(row.cost_pico)),
            tokens_in: row.tokens_in,
            tokens_out: row.tokens_out,
            shape: row.shape.map(|kept| kept.0.into_iter().map(bar).collect()).unwrap_or_default(),
            split: row
                .split
                .map(|kept| kept.0.into_iter().map(|(service, pico)| (service, Usd::from_pico(pico))).collect())
                .unwrap_or_default(),
        })
    }
}

impl TryFrom<HeadRow> for TraceHead {
    type Error = StoreError;

    fn try_from(row: HeadRow) -> Result<Self, StoreError> {
        Ok(Self {
            summary: row.summary.try_into()?,
            last_seen: row.last_seen,
            declared: row.declared_cost_pico.map(Usd::from_pico),
            max_depth: row.max_depth.map(i32::from),
            orphans: row.orphan_count,
            withheld: row.withheld,
        })
    }
}
