//! Calls of models whose cost nobody reported: what other prices would change. They are gone through by when they began, some at a
//! time, so that nothing has to be kept open or in memory in between.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::Span;
use model::cost::CostSource;
use model::repricing::Scope;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use super::placed;
use crate::StoreError;

/// Where a call is, and what it is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Place {
    pub(crate) start_time: DateTime<Utc>,
    pub(crate) home: DateTime<Utc>,
    pub(crate) trace_id: Uuid,
    pub(crate) span_id: i64,
    pub(crate) tenant_id: i32,
    pub(crate) model_id: i32,
    payload_bytes: i32,
}

impl Place {
    /// What its detail takes as it is kept.
    pub fn payload_bytes(&self) -> usize {
        usize::try_from(self.payload_bytes).unwrap_or_default()
    }
}

/// A point in the order of calls: by start, then by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub(crate) time: DateTime<Utc>,
    pub(crate) trace_id: Uuid,
    pub(crate) span_id: i64,
}

impl Position {
    /// Before every call that began at `time` or later.
    pub const fn before(time: DateTime<Utc>) -> Self {
        Self { time, trace_id: Uuid::nil(), span_id: i64::MIN }
    }

    /// Right after a call.
    pub const fn after(place: &Place) -> Self {
        Self { time: place.start_time, trace_id: place.trace_id, span_id: place.span_id }
    }

    /// How far in time it is.
    pub const fn time(&self) -> DateTime<Utc> {
        self.time
    }
}

/// Which calls are meant: of the scope, and here by some time.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// What was asked for.
    pub scope: &'a Scope,
    /// Spans that came later are left out.
    pub received_by: DateTime<Utc>,
}

/// What makes a span a call that can be priced again, by parameters 1 to 5.
macro_rules! of_scope {
    () => {
        " from span where start_time >= $1 and start_time < $2 and model_id is not null and cost_source = any($3) \
         and ($4::text is null or tenant_id = (select id from dim_tenant where name = $4)) \
         and ($5::text is null or model_id in (select id from dim_model where name = $5)) "
    };
}

const fn unreported() -> [i16; 3] {
    [CostSource::None.code(), CostSource::Derived.code(), CostSource::Calculated.code()]
}

/// How many calls there are, `limit` at most.
pub async fn count(db: &PgPool, search: Search<'_>, limit: i64) -> Result<i64, StoreError> {
    counted(
        db,
        concat!("select count(*) from (select 1", of_scope!(), "and received_at <= $6 limit $7) s"),
        search,
        limit,
    )
    .await
}

/// How many calls of the scope came later than the search goes, `limit` at most.
pub async fn count_later(db: &PgPool, search: Search<'_>, limit: i64) -> Result<i64, StoreError> {
    counted(
        db,
        concat!("select count(*) from (select 1", of_scope!(), "and received_at > $6 limit $7) s"),
        search,
        limit,
    )
    .await
}

async fn counted(db: &PgPool, statement: &'static str, search: Search<'_>, limit: i64) -> Result<i64, StoreError> {
    let Search { scope, received_by } = search;
    Ok(sqlx::query_scalar(statement)
        .bind(scope.range.from)
        .bind(scope.range.to)
        .bind(unreported())
        .bind(scope.tenant.as_deref())
        .bind(scope.model.as_deref())
        .bind(received_by)
        .bind(limit)
        .fetch_one(db)
        .await?)
}

/// Where the next calls after `from` are that began before `until`, `limit` at most, in their order.
pub async fn places(
    db: &PgPool,
    search: Search<'_>,
    from: Position,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Place>, StoreError> {
    let statement = concat!(
        "select start_time, home, trace_id, span_id, tenant_id, model_id, octet_length(payload) as payload_bytes",
        of_scope!(),
        "and received_at <= $6 and (start_time, trace_id, span_id) > ($1, $7, $8) \
         order by start_time, trace_id, span_id limit $9"
    );
    Ok(sqlx::query_as(statement)
        .bind(from.time)
        .bind(until)
        .bind(unreported())
        .bind(search.scope.tenant.as_deref())
        .bind(search.scope.model.as_deref())
        .bind(search.received_by)
        .bind(from.trace_id)
        .bind(from.span_id)
        .bind(limit)
        .fetch_all(db)
        .await?)
}

/// The calls at `places` with all their detail, in any order. Payloads may be large: ask for a few hundred at a time.
pub async fn at(db: &PgPool, places: &[Place]) -> Result<Vec<(Place, Span)>, StoreError> {
    let spans = placed::at(db, places.iter().map(|place| (place.home, place.trace_id, place.span_id))).await?;
    let by_id: HashMap<(Uuid, i64), Place> =
        places.iter().map(|place| ((place.trace_id, place.span_id), *place)).collect();
    let placed = spans.into_iter().filter_map(|span| {
        let id = (Uuid::from_bytes(span.trace_id.to_bytes()), span.span_id.to_i64());
        Some((*by_id.get(&id)?, span))
    });
    Ok(placed.collect())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use model::time::TimeRange;

    use super::*;
    use crate::testing::{Telling, a_span, noon, write};

    fn an_hour(tenant: Option<&str>, model: Option<&str>) -> Scope {
        let range = TimeRange { from: noon(), to: noon() + TimeDelta::hours(1) };
        Scope { range, tenant: tenant.map(str::to_owned), model: model.map(str::to_owned) }
    }

    async fn found(db: &PgPool, scope: &Scope, from: Position, limit: i64) -> Vec<Place> {
        let search = Search { scope, received_by: noon() };
        places(db, search, from, scope.range.to, limit).await.unwrap()
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn calls_that_do_not_report_their_cost_come_with_their_detail(db: PgPool) {
        let call = |trace| a_span(trace, 1).with_model("acme", "large");
        let reported = call(2).costing("1");
        write(&db, vec![call(1), reported, a_span(3, 1), call(4).starting(7_200), call(5).starting(1)]).await;
        let places = found(&db, &an_hour(None, None), Position::before(noon()), 10).await;
        let mut spans: Vec<Span> = at(&db, &places).await.unwrap().into_iter().map(|(_, span)| span).collect();
        spans.sort_by_key(|span| span.start);
        assert_eq!(spans, [call(1), call(5).starting(1)]);
        let scope = an_hour(None, None);
        let search = |received_by| Search { scope: &scope, received_by };
        assert_eq!(count(&db, search(noon()), 10).await.unwrap(), 2);
        assert_eq!(count(&db, search(noon()), 1).await.unwrap(), 1);
        let before = noon() - TimeDelta::seconds(1);
        assert_eq!(
            (count(&db, search(before), 10).await.unwrap(), count_later(&db, search(before), 10).await.unwrap()),
            (0, 2)
        );
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn calls_are_gone_through_one_by_one_without_a_gap_or_a_repeat(db: PgPool) {
        let spans = (1..=7).flat_map(|trace| [1, 2].map(|span| a_span(trace, span).with_model("acme", "large")));
        write(&db, spans.map(|span| if span.span_id.to_i64() == 2 { span.starting(5) } else { span }).collect()).await;
        let (scope, mut at, mut seen) = (an_hour(None, None), Position::before(noon()), Vec::new());
        loop {
            let page = found(&db, &scope, at, 3).await;
            let Some(last) = page.last() else { break };
            at = Position::after(last);
            seen.extend(page);
        }
        assert_eq!(seen.len(), 14);
        assert_eq!(seen, found(&db, &scope, Position::before(noon()), 100).await);
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_tenant_and_a_model_can_be_asked_for_alone(db: PgPool) {
        let call = |trace, tenant, model| a_span(trace, 1).for_tenant(tenant).with_model("acme", model);
        write(&db, vec![call(1, "a", "large"), call(2, "a", "small"), call(3, "b", "large")]).await;
        let count = async |tenant, model| found(&db, &an_hour(tenant, model), Position::before(noon()), 9).await.len();
        assert_eq!(count(Some("a"), None).await, 2);
        assert_eq!(count(None, Some("large")).await, 2);
        assert_eq!(count(Some("b"), Some("large")).await, 1);
        assert_eq!(count(Some("nobody"), None).await, 0);
    }
}
