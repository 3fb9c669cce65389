//! A row of `span` with its names, and what it means.

use chrono::{DateTime, Utc};
use model::cost::{Cost, CostSource, Verdict};
use model::owner::Provenances;
use model::span::{Category, DataTag, Detail, SpanKind, Status};
use model::time::UnixNanos;
use model::trace::Skeleton;
use model::{Span, SpanId, TraceId, Usd};
use sqlx::FromRow;

use crate::StoreError;
use crate::payload::{self, Unpacker};

/// The columns of [`SkeletonRow`], of `span s` joined by [`skeleton_joins`].
macro_rules! skeleton_columns {
    () => {
        "s.span_id, s.parent_span_id, operation.name as operation, service.name as service, s.kind, s.status, s.category, \
         s.start_time, s.start_sub_us, s.duration_ns, s.cost_pico, s.claimed_pico, s.verdict, s.owner_from, s.cost_source, nullif(tenant.name, '') as tenant, \
         owner.name as owner, capability.name as capability, model.name as model, peer.name as peer, \
         s.tokens_in::int8 as tokens_in, s.tokens_out::int8 as tokens_out"
    };
}

/// The dictionaries behind [`skeleton_columns`].
macro_rules! skeleton_joins {
    () => {
        "join dim_operation operation on operation.id = s.operation_id \
         join dim_service service on service.id = s.service_id \
         join dim_tenant tenant on tenant.id = s.tenant_id \
         left join dim_user owner on owner.id = s.user_id \
         left join dim_capability capability on capability.id = s.capability_id \
         left join dim_model model on model.id = s.model_id \
         left join dim_service peer on peer.id = s.peer_id"
    };
}
pub(super) use {skeleton_columns, skeleton_joins};

/// A span without its payload.
#[derive(FromRow)]
pub(super) struct SkeletonRow {
    span_id: i64,
    parent_span_id: Option<i64>,
    operation: String,
    service: String,
    kind: i16,
    status: i16,
    category: i16,
    start_time: DateTime<Utc>,
    start_sub_us: i16,
    duration_ns: i64,
    cost_pico: Option<i64>,
    claimed_pico: Option<i64>,
    verdict: i16,
    owner_from: i16,
    cost_source: i16,
    tenant: Option<String>,
    owner: Option<String>,
    capability: Option<String>,
    model: Option<String>,
    peer: Option<String>,
    tokens_in: Option<i64>,
    tokens_out: Option<i64>,
}

/// A span with its payload.
#[derive(FromRow)]
pub(super) struct DetailRow {
    #[sqlx(flatten)]
    skeleton: SkeletonRow,
    environment: Option<String>,
    data_tag: i16,
    pub(super) payload: Vec<u8>,
}

impl TryFrom<SkeletonRow> for Skeleton {
    type Error = StoreError;

    fn try_from(row: SkeletonRow) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::Inconsistent { table: "span", column, id: format!("{:016x}", row.span_id) };
        let parent = row.parent_span_id.map(SpanId::from_i64).transpose();
        Ok(Self {
            span_id: SpanId::from_i64(row.span_id).map_err(|_| wrong("span_id"))?,
            parent_span_id: parent.map_err(|_| wrong("parent_span_id"))?,
            kind: SpanKind::from_code(row.kind).ok_or_else(|| wrong("kind"))?,
            status: Status::from_code(row.status).ok_or_else(|| wrong("status"))?,
            category: Category::from_code(row.category).ok_or_else(|| wrong("category"))?,
            cost_source: CostSource::from_code(row.cost_source).ok_or_else(|| wrong("cost_source"))?,
            start: UnixNanos(
                row.start_time.timestamp_micros().saturating_mul(1000).saturating_add(row.start_sub_us.into()),
            ),
            duration_ns: row.duration_ns,
            cost: row.cost_pico.map(Usd::from_pico),
            claimed: row.claimed_pico.map(Usd::from_pico),
            verdict: Verdict::from_code(row.verdict).ok_or_else(|| wrong("verdict"))?,
            known: Provenances::from_code(row.owner_from),
            name: row.operation,
            service: row.service,
            tenant: row.tenant,
            user: row.owner,
            capability: row.capability,
            model: row.model,
            peer: row.peer,
            tokens_in: row.tokens_in,
            tokens_out: row.tokens_out,
        })
    }
}

impl DetailRow {
    pub(super) fn into_span(self, trace_id: TraceId, unpacker: &mut Unpacker) -> Result<Span, StoreError> {
        let Self { skeleton, environment, data_tag, payload } = self;
        let skeleton = Skeleton::try_from(skeleton)?;
        let wrong = |column| StoreError::Inconsistent { table: "span", column, id: skeleton.span_id.to_string() };
        let mut span = Span {
            trace_id,
            span_id: skeleton.span_id,
            parent_span_id: skeleton.parent_span_id,
            name: skeleton.name,
            service: skeleton.service,
            kind: skeleton.kind,
            category: skeleton.category,
            status: skeleton.status,
            status_message: None,
            start: skeleton.start,
            duration_ns: skeleton.duration_ns,
            tenant: skeleton.tenant,
            capability: skeleton.capability,
            user: skeleton.user,
            known: skeleton.known,
            session: None,
            environment,
            data_tag: DataTag::from_code(data_tag).ok_or_else(|| wrong("data_tag"))?,
            peer: skeleton.peer,
            model_call: None,
            cost: Cost {
                usd: skeleton.cost,
                verdict: skeleton.verdict,
                claimed: skeleton.claimed,
                source: skeleton.cost_source,
                ..Cost::default()
            },
            priced_as: None,
            data_size_bytes: None,
            detail: Detail::default(),
        };
        payload::restore(&mut span, &payload, unpacker).map_err(|reason| StoreError::Inconsistent {
            table: "span",
            column: "payload",
            id: format!("{}: {reason}", skeleton.span_id),
        })?;
        Ok(span)
    }
}
