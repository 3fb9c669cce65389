//! The spans of many traces at once, as far as finalising them needs: read by their ids alone and given their names here,
//! since joining the dictionaries takes the database eight times as long as reading the rows.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::cost::{CostSource, Verdict};
use model::owner::{OwnerSource, Provenance, Provenances};
use model::ruling::{Named, Ruling};
use model::span::{Category, SpanKind, Status};
use model::time::UnixNanos;
use model::trace::Skeleton;
use model::trace::settle::{Answer, Claim, Owner, Owners};
use model::{SpanId, Usd};
use rustc_hash::FxHashMap;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, FromRow, PgPool, Row as _};
use uuid::Uuid;

use super::correct::Standing;
use super::told::{self, Place};
use crate::booked::Booked;
use crate::{StoreError, UNATTRIBUTED};

/// A row with its columns, which are read by their places: finding each by its name takes longer than decoding it.
macro_rules! row_of_columns {
    ($name:ident { $first:ident: $first_type:ty, $($column:ident: $type:ty,)* }) => {
        struct $name {
            $first: $first_type,
            $($column: $type,)*
        }

        impl $name {
            const COLUMNS: &str = concat!(stringify!($first) $(, ", ", stringify!($column))*);
        }

        impl FromRow<'_, PgRow> for $name {
            fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
                let mut places = 1..;
                Ok(Self {
                    $first: row.try_get(0)?,
                    $($column: row.try_get(places.next().unwrap_or_default())?,)*
                })
            }
        }
    };
}

// A span by its ids.
row_of_columns!(Row {
    trace_id: Uuid,
    span_id: i64,
    parent_span_id: Option<i64>,
    operation_id: i32,
    service_id: i32,
    peer_id: Option<i32>,
    tenant_id: i32,
    user_id: Option<i32>,
    capability_id: Option<i32>,
    model_id: Option<i32>,
    kind: i16,
    status: i16,
    category: i16,
    data_tag: i16,
    cost_source: i16,
    verdict: i16,
    owner_from: i16,
    start_time: DateTime<Utc>,
    start_sub_us: i16,
    duration_ns: i64,
    cost_pico: Option<i64>,
    claimed_pico: Option<i64>,
    tokens_in: Option<i32>,
    tokens_out: Option<i32>,
});

/// What was read of a trace.
#[derive(Default)]
pub(super) struct Read {
    pub(super) spans: Vec<Skeleton>,
    pub(super) claims: Vec<Claim<i32>>,
    pub(super) standings: Vec<Standing>,
}

/// Names by their ids, of the dictionaries a skeleton refers to.
#[derive(Default)]
struct Names {
    operations: FxHashMap<i32, String>,
    services: FxHashMap<i32, String>,
    tenants: FxHashMap<i32, String>,
}

/// The spans of these traces, which live at these homes. What finalising has no use for is left out: user, capability, model
/// and tokens.
pub(super) async fn of_traces(
    db: &PgPool,
    homes: Vec<(Uuid, DateTime<Utc>)>,
) -> Result<HashMap<Uuid, Read>, StoreError> {
    let home_of: FxHashMap<Uuid, DateTime<Utc>> = homes.iter().copied().collect();
    let (trace_ids, homes): (Vec<Uuid>, Vec<DateTime<Utc>>) = homes.into_iter().unzip();
    // `offset 0` makes the planner look each trace up in its leaf, where it would else read the leaf from end to end.
    let statement = format!(
        "select s.* from unnest($1::uuid[], $2::timestamptz[]) as t(trace_id, home) cross join lateral ( \
             select {} from span where trace_id = t.trace_id and home = t.home offset 0) s",
        Row::COLUMNS
    );
    // Made of the names of columns above.
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(statement)).bind(trace_ids).bind(homes).fetch_all(db).await?;
    let names = Names::of(db, &rows).await?;
    let skeletons: Vec<Skeleton> = rows.iter().map(|row| names.skeleton(row)).collect::<Result<_, _>>()?;
    // Read here, so that whatever server settles a trace goes by what is said now.
    let overrides = crate::overrides::in_force(db).await?;
    let alike = Alike::among(&rows);
    let asked = rows.iter().zip(&skeletons).filter(|(row, span)| {
        let asks = overrides.ask_for_scope(&span.service, &span.name);
        (row.tells_something() && asks) || alike.has(row)
    });
    let home = |row: &Row| home_of.get(&row.trace_id).copied();
    let asked: Vec<Place> = asked.filter_map(|(row, _)| Some((home(row)?, row.trace_id, row.span_id))).collect();
    let mut told = told::by_spans(db, &asked).await?;
    let mut traces: HashMap<Uuid, Read> = HashMap::new();
    for (row, skeleton) in rows.into_iter().zip(skeletons) {
        let read = traces.entry(row.trace_id).or_default();
        let told = told.remove(&(row.trace_id, row.span_id)).unwrap_or_default();
        let named = Named { service: &skeleton.service, scope: &told.scope, operation: &skeleton.name };
        read.claims.push(row.claim(&skeleton, told.answer, overrides.ruling(named)));
        read.standings.push(row.standing(&skeleton));
        read.spans.push(skeleton);
    }
    Ok(traces)
}

/// Tokens that more than one span of a trace tells: only such spans can tell one answer twice.
struct Alike(FxHashMap<(Uuid, i32, i32), usize>);

impl Alike {
    fn among(rows: &[Row]) -> Self {
        let mut counts = FxHashMap::default();
        for tokens in rows.iter().filter_map(Row::tokens) {
            *counts.entry(tokens).or_default() += 1;
        }
        Self(counts)
    }

    fn has(&self, row: &Row) -> bool {
        row.tokens().is_some_and(|tokens| self.0.get(&tokens).is_some_and(|count| *count > 1))
    }
}

impl Names {
    async fn of(db: &PgPool, rows: &[Row]) -> Result<Self, StoreError> {
        let distinct = |ids: &mut dyn Iterator<Item = i32>| {
            let mut ids: Vec<i32> = ids.collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let operations = distinct(&mut rows.iter().map(|row| row.operation_id));
        let services =
            distinct(&mut rows.iter().map(|row| row.service_id).chain(rows.iter().filter_map(|row| row.peer_id)));
        let tenants = distinct(&mut rows.iter().map(|row| row.tenant_id));
        Ok(Self {
            operations: named(db, "select id, name from dim_operation where id = any($1)", operations).await?,
            services: named(db, "select id, name from dim_service where id = any($1)", services).await?,
            tenants: named(db, "select id, name from dim_tenant where id = any($1)", tenants).await?,
        })
    }

    fn skeleton(&self, row: &Row) -> Result<Skeleton, StoreError> {
        let wrong = |column| StoreError::Inconsistent { table: "span", column, id: format!("{:016x}", row.span_id) };
        let name = |names: &FxHashMap<i32, String>, id, column| names.get(&id).cloned().ok_or_else(|| wrong(column));
        let parent = row.parent_span_id.map(SpanId::from_i64).transpose().map_err(|_| wrong("parent_span_id"))?;
        let start_ns = row.start_time.timestamp_micros().saturating_mul(1000).saturating_add(row.start_sub_us.into());
        Ok(Skeleton {
            span_id: SpanId::from_i64(row.span_id).map_err(|_| wrong("span_id"))?,
            parent_span_id: parent,
            kind: SpanKind::from_code(row.kind).ok_or_else(|| wrong("kind"))?,
            status: Status::from_code(row.status).ok_or_else(|| wrong("status"))?,
            category: Category::from_code(row.category).ok_or_else(|| wrong("category"))?,
            cost_source: CostSource::from_code(row.cost_source).ok_or_else(|| wrong("cost_source"))?,
            verdict: Verdict::from_code(row.verdict).ok_or_else(|| wrong("verdict"))?,
            start: UnixNanos(start_ns),
            duration_ns: row.duration_ns,
            cost: row.cost_pico.map(Usd::from_pico),
            claimed: row.claimed_pico.map(Usd::from_pico),
            name: name(&self.operations, row.operation_id, "operation_id")?,
            service: name(&self.services, row.service_id, "service_id")?,
            // The row that stands for nobody has an empty name.
            tenant: Some(name(&self.tenants, row.tenant_id, "tenant_id")?).filter(|name| !name.is_empty()),
            user: None,
            capability: None,
            known: Provenances::from_code(row.owner_from),
            model: None,
            peer: row.peer_id.map(|peer| name(&self.services, peer, "peer_id")).transpose()?,
            tokens_in: None,
            tokens_out: None,
        })
    }
}

impl Row {
    /// The tokens it tells in its trace; `None` when it calls no model or leaves some open.
    fn tokens(&self) -> Option<(Uuid, i32, i32)> {
        self.model_id?;
        Some((self.trace_id, self.tokens_in?, self.tokens_out?))
    }

    /// Whether there is anything to rule on.
    fn tells_something(&self) -> bool {
        self.cost_pico.is_some() || self.claimed_pico.is_some() || self.model_id.is_some()
    }

    /// What the span says itself: what it inherited before is not among it.
    fn claim(&self, skeleton: &Skeleton, answer: Option<Answer>, ruling: Ruling) -> Claim<i32> {
        let known = skeleton.known;
        let own = |key: Option<i32>, known: Provenance| {
            key.filter(|_| !known.inherited).map(|key| Owner { key, known: own_source(known) })
        };
        Claim {
            span_id: skeleton.span_id,
            parent_span_id: skeleton.parent_span_id,
            start: skeleton.start,
            service: self.service_id,
            owners: Owners {
                tenant: own(Some(self.tenant_id).filter(|id| *id != UNATTRIBUTED), known.tenant),
                user: own(self.user_id, known.user),
                capability: own(self.capability_id, known.capability),
            },
            cost: skeleton.said(),
            source: skeleton.cost_source,
            has_usage: self.model_id.is_some() && (self.tokens_in.is_some() || self.tokens_out.is_some()),
            is_group: skeleton.category.is_group(),
            answer,
            ruling,
        }
    }

    fn standing(&self, skeleton: &Skeleton) -> Standing {
        let booked = Booked {
            start_us: self.start_time.timestamp_micros(),
            duration_ns: self.duration_ns,
            tenant: self.tenant_id,
            service: self.service_id,
            capability: self.capability_id,
            model: self.model_id,
            user: self.user_id,
            data_tag: self.data_tag,
            is_error: skeleton.status == Status::Error,
            counts: skeleton.verdict == Verdict::Own,
            cost_pico: self.cost_pico,
            tokens_in: self.tokens_in,
            tokens_out: self.tokens_out,
        };
        Standing { span_id: self.span_id, booked, verdict: skeleton.verdict, owner_from: self.owner_from }
    }
}

/// Spans of an earlier release say who they are for and not where they said so: on themselves, most likely.
const fn own_source(known: Provenance) -> Provenance {
    match known.source {
        OwnerSource::Nobody => Provenance::own(OwnerSource::Span),
        _ => known,
    }
}

async fn named(db: &PgPool, statement: &'static str, ids: Vec<i32>) -> Result<FxHashMap<i32, String>, StoreError> {
    let rows: Vec<(i32, String)> = sqlx::query_as(statement).bind(ids).fetch_all(db).await?;
    Ok(rows.into_iter().collect())
}
