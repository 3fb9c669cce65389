//! The drift audit: traces whose declared total is not the sum of their spans.
//!
//! An acknowledged line is left out as long as its difference is the one it was acknowledged at.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::cost::Drift;
use model::cost::drift::{AuditLine, Facts, subject};
use model::{TraceId, Usd, UsdSum};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use crate::numeric::pico;
use crate::spans::placed;
use crate::{StoreError, reviews, spaces, traces};

/// Spans of a trace that are looked at for reasons: of larger ones the first are.
const SPANS_MAX: i64 = 100_000;

/// Which lines of the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter {
    /// Differences up to this are none.
    pub tolerance: Usd,
    /// Acknowledged lines, or the others; both when `None`.
    pub acknowledged: Option<bool>,
    /// Lines before the first.
    pub offset: i64,
    /// Lines at most.
    pub limit: i64,
}

/// A page of the audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The largest difference first.
    pub lines: Vec<AuditLine>,
    /// All lines that nobody acknowledged.
    pub open: Sums,
    /// All lines that somebody did.
    pub acknowledged: Sums,
    /// Traces that declare a total at all.
    pub declared: i64,
}

/// Lines added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many.
    pub lines: i64,
    /// What their spans cost less what was declared.
    pub difference: UsdSum,
}

#[derive(FromRow)]
struct Row {
    trace_id: Uuid,
    home: DateTime<Utc>,
    declared: i64,
    cost_pico: i64,
    operation: Option<String>,
    tenant: Option<String>,
    start_time: DateTime<Utc>,
    span_count: i64,
    orphan_count: Option<i32>,
}

#[derive(FromRow)]
struct FactsRow {
    trace_id: Uuid,
    unknown: i64,
    pending: i64,
    rolled_up: i64,
    rolled_up_pico: String,
    repeated: i64,
    repeated_pico: String,
}

/// Traces that drift by more than `$1`, each with whether that is acknowledged.
macro_rules! drifting {
    () => {
        "with drifting as ( \
                select trace_id, cost_pico::numeric - declared_cost_pico as difference \
                  from traces \
                 where declared_cost_pico is not null and abs(cost_pico::numeric - declared_cost_pico) > $1::int8 \
         ), judged as ( \
                select d.*, coalesce(r.action = 1 and r.difference_pico = d.difference, false) as acknowledged \
                  from drifting d \
                  left join lateral ( \
                       select action, difference_pico from review \
                        where subject = 'trace/' || replace(d.trace_id::text, '-', '') and action <> 0 \
                        order by id desc limit 1) r on true) "
    };
}

/// A page of the audit, and what all of it adds up to.
pub async fn list(db: &PgPool, filter: &Filter) -> Result<Page, StoreError> {
    let sums: Vec<(bool, i64, String)> = sqlx::query_as(concat!(
        drifting!(),
        "select acknowledged, count(*), sum(difference)::text from judged group by 1"
    ))
    .bind(filter.tolerance.pico())
    .fetch_all(db)
    .await?;
    let mut page = Page::default();
    for (acknowledged, lines, difference) in sums {
        let sums = Sums { lines, difference: UsdSum::from_pico(pico(&difference, "traces")?) };
        *(if acknowledged { &mut page.acknowledged } else { &mut page.open }) = sums;
    }
    page.declared =
        sqlx::query_scalar("select count(*) from traces where declared_cost_pico is not null").fetch_one(db).await?;
    page.lines = lines(db, filter).await?;
    Ok(page)
}

async fn lines(db: &PgPool, filter: &Filter) -> Result<Vec<AuditLine>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        drifting!(),
        "select t.trace_id, t.home, t.declared_cost_pico as declared, t.cost_pico, operation.name as operation, \
                nullif(tenant.name, '') as tenant, t.start_time, t.span_count, t.orphan_count \
           from (select * from judged where $2::bool is null or acknowledged = $2 \
                  order by abs(difference) desc, trace_id offset $3 limit $4) page \
           join traces t on t.trace_id = page.trace_id \
           join dim_tenant tenant on tenant.id = t.tenant_id \
           left join dim_operation operation on operation.id = t.root_operation_id \
          order by abs(page.difference) desc, t.trace_id"
    ))
    .bind(filter.tolerance.pico())
    .bind(filter.acknowledged)
    .bind(filter.offset)
    .bind(filter.limit)
    .fetch_all(db)
    .await?;
    explained(db, rows).await
}

/// One trace by the id it is kept under, if it declares a total.
pub async fn one(db: &PgPool, kept: TraceId) -> Result<Option<AuditLine>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select t.trace_id, t.home, t.declared_cost_pico as declared, t.cost_pico, operation.name as operation, \
                nullif(tenant.name, '') as tenant, t.start_time, t.span_count, t.orphan_count \
           from traces t \
           join dim_tenant tenant on tenant.id = t.tenant_id \
           left join dim_operation operation on operation.id = t.root_operation_id \
          where t.trace_id = $1 and t.declared_cost_pico is not null",
    )
    .bind(Uuid::from_bytes(kept.to_bytes()))
    .fetch_optional(db)
    .await?;
    Ok(explained(db, row.into_iter().collect()).await?.pop())
}

async fn explained(db: &PgPool, rows: Vec<Row>) -> Result<Vec<AuditLine>, StoreError> {
    let (facts, running) = (facts(db, &rows).await?, running_totals(db, &rows).await?);
    let ids = rows.iter().map(|row| traces::trace_id(row.trace_id)).collect::<Result<Vec<_>, _>>()?;
    let mut said = reviews::of(db, &ids.iter().map(|id| subject(*id)).collect::<Vec<_>>()).await?;
    let called = spaces::called(db, &ids).await?;
    let line = |(row, trace_id): (Row, TraceId)| AuditLine {
        drift: Drift {
            trace_id: called.id(trace_id),
            own_space_of: called.own_space_of(trace_id).map(str::to_owned),
            kept: trace_id,
            declared: Usd::from_pico(row.declared),
            calculated: Usd::from_pico(row.cost_pico),
        },
        facts: Facts {
            spans: row.span_count,
            orphans: row.orphan_count,
            accumulated: running.get(&trace_id).copied(),
            ..facts.get(&row.trace_id).copied().unwrap_or_default()
        },
        operation: row.operation,
        tenant: row.tenant,
        start: row.start_time,
        said: said.remove(&subject(trace_id)).unwrap_or_default().entries,
    };
    Ok(rows.into_iter().zip(ids).map(line).collect())
}

/// What the spans of these traces tell.
async fn facts(db: &PgPool, rows: &[Row]) -> Result<HashMap<Uuid, Facts>, StoreError> {
    let found: Vec<FactsRow> = sqlx::query_as(
        "select wanted.trace_id, f.* \
           from unnest($1::uuid[], $2::timestamptz[]) as wanted(trace_id, home) \
          cross join lateral ( \
                select count(*) filter (where cost_pico is null) as unknown \
                     , count(*) filter (where verdict = 3) as pending \
                     , count(*) filter (where verdict = 1) as rolled_up \
                     , coalesce(sum(claimed_pico) filter (where verdict = 1), 0)::text as rolled_up_pico \
                     , count(*) filter (where verdict = 2) as repeated \
                     , coalesce(sum(claimed_pico) filter (where verdict = 2), 0)::text as repeated_pico \
                  from (select cost_pico, claimed_pico, verdict from span s \
                         where s.trace_id = wanted.trace_id and s.home = wanted.home limit $3) looked_at) f",
    )
    .bind(rows.iter().map(|row| row.trace_id).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.home).collect::<Vec<_>>())
    .bind(SPANS_MAX)
    .fetch_all(db)
    .await?;
    let facts = |row: FactsRow| {
        let usd = |text: &str| pico(text, "span").map(UsdSum::from_pico);
        let facts = Facts {
            unknown: row.unknown,
            pending: row.pending,
            rolled_up: (row.rolled_up, usd(&row.rolled_up_pico)?),
            repeated: (row.repeated, usd(&row.repeated_pico)?),
            ..Facts::default()
        };
        Ok((row.trace_id, facts))
    };
    found.into_iter().map(facts).collect()
}

/// The running totals that the roots of these traces carry.
async fn running_totals(db: &PgPool, rows: &[Row]) -> Result<HashMap<TraceId, Usd>, StoreError> {
    let roots: Vec<(DateTime<Utc>, Uuid, i64)> = sqlx::query_as(
        "select root.home, root.trace_id, root.span_id \
           from unnest($1::uuid[], $2::timestamptz[]) as wanted(trace_id, home) \
          cross join lateral ( \
                select home, trace_id, span_id from span s \
                 where s.trace_id = wanted.trace_id and s.home = wanted.home and s.parent_span_id is null \
                 limit 1) root",
    )
    .bind(rows.iter().map(|row| row.trace_id).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.home).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    let roots = placed::at(db, roots.into_iter()).await?;
    Ok(roots.into_iter().filter_map(|root| Some((root.trace_id, root.cost.accumulated?))).collect())
}

#[cfg(test)]
mod tests {
    use model::review::{Action, Entry};

    use super::*;
    use crate::ingest::{Batch, Writer};
    use crate::testing::{Telling, a_span, noon, trace_id, usd};

    const ALL: Filter = Filter { tolerance: model::cost::drift::TOLERANCE, acknowledged: None, offset: 0, limit: 10 };

    async fn three_that_drift(db: &PgPool) {
        let mut root = a_span(1, 1).costing("0.5");
        root.cost.accumulated = "0.6".parse().ok();
        let declared = |trace, text: &str| (trace_id(trace), text.parse().unwrap());
        let spans = vec![root, a_span(2, 1).costing("0.5"), a_span(3, 1).costing("0.5"), a_span(3, 2)];
        let declared = [declared(1, "0.6"), declared(2, "0.5005"), declared(3, "0.1")];
        Writer::new(db.clone(), 1).write(&Batch::prepare(spans, &declared), noon()).await.unwrap();
    }

    async fn ids(db: &PgPool, filter: &Filter) -> Vec<TraceId> {
        list(db, filter).await.unwrap().lines.into_iter().map(|line| line.drift.trace_id).collect()
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn the_worst_come_first_with_honest_totals_and_reasons(db: PgPool) {
        three_that_drift(&db).await;
        let page = list(&db, &Filter { limit: 1, ..ALL }).await.unwrap();
        assert_eq!((page.open, page.declared), (Sums { lines: 2, difference: usd("0.3") }, 3));
        assert_eq!(page.lines.len(), 1);
        assert_eq!(page.lines[0].drift.trace_id, trace_id(3));
        // More was spent than declared, which a cost that is not known cannot explain.
        let told = page.lines[0].reasons();
        assert!(
            matches!(told.as_slice(), [reason] if reason.starts_with("nothing here tells: spans came")),
            "{told:?}"
        );
        assert_eq!(ids(&db, &Filter { offset: 1, ..ALL }).await, [trace_id(1)]);
        let told = one(&db, trace_id(1)).await.unwrap().unwrap().reasons();
        assert!(told.iter().any(|reason| reason.ends_with("the sender counted so itself")), "{told:?}");
        let exact = Filter { tolerance: Usd::ZERO, ..ALL };
        assert_eq!(list(&db, &exact).await.unwrap().open.lines, 3);
        assert_eq!(one(&db, trace_id(2)).await.unwrap().unwrap().drift.difference(), UsdSum::from_pico(-500_000_000));
        assert_eq!(one(&db, trace_id(9)).await.unwrap(), None);
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn an_acknowledged_trace_leaves_the_list_until_its_difference_changes(db: PgPool) {
        three_that_drift(&db).await;
        let acknowledge = async |action| {
            let line = one(&db, trace_id(1)).await.unwrap().unwrap();
            let (by, note, difference) = ("Ines".to_owned(), String::new(), line.drift.difference());
            let said = reviews::of_one(&db, &subject(trace_id(1))).await.unwrap();
            let entry = Entry { at: noon(), by, action, note, difference };
            assert!(reviews::add(&db, &subject(trace_id(1)), &said, &entry).await.unwrap());
        };
        acknowledge(Action::Acknowledged).await;
        let open = Filter { acknowledged: Some(false), ..ALL };
        assert_eq!(ids(&db, &open).await, [trace_id(3)]);
        assert_eq!(ids(&db, &Filter { acknowledged: Some(true), ..ALL }).await, [trace_id(1)]);
        assert_eq!(
            list(&db, &open).await.unwrap().acknowledged,
            Sums { lines: 1, difference: UsdSum::from_pico(-100_000_000_000) }
        );
        acknowledge(Action::TakenBack).await;
        assert_eq!(ids(&db, &open).await.len(), 2);
        acknowledge(Action::Acknowledged).await;
        crate::testing::write(&db, vec![a_span(1, 2).costing("0.01")]).await;
        assert_eq!(ids(&db, &open).await, [trace_id(3), trace_id(1)], "the difference is another one");
        assert!(one(&db, trace_id(1)).await.unwrap().unwrap().acknowledged().is_none());
    }
}
