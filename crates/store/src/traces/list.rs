//! A page of traces with sums over all that match.

use model::UsdSum;
use model::trace::filter::{PAGE_TRACES_MAX, TraceFilter};
use model::trace::{Facets, TracePage, TraceSummary, TraceTotals};
use sqlx::types::Json;
use sqlx::{FromRow, PgPool, QueryBuilder};

use super::filter::Resolved;
use super::reader::Reader;
use super::row::{SummaryRow, duration_ns, summary_columns, summary_joins};
use crate::StoreError;
use crate::numeric::pico;

/// Values offered to narrow by: more than a menu can show at once.
const FACET_VALUES_MAX: i64 = 100;

/// A page of traces that match `filter`, with sums over all that match.
pub async fn list(db: &PgPool, filter: &TraceFilter) -> Result<TracePage, StoreError> {
    list_for(db, Reader::Everything, filter).await
}

/// The same, as far as `reader` may see it.
pub async fn list_for(db: &PgPool, reader: Reader<'_>, filter: &TraceFilter) -> Result<TracePage, StoreError> {
    let filter = &TraceFilter { limit: filter.limit.clamp(1, PAGE_TRACES_MAX), ..filter.clone() };
    let resolved = Resolved::new(db, reader, filter).await?;
    let (mut traces, (totals, facets)) =
        tokio::try_join!(page(db, &resolved, i64::from(filter.limit)), totals(db, &resolved))?;
    let has_more = traces.len() > filter.limit as usize;
    traces.truncate(filter.limit as usize);
    let last = traces.last().filter(|_| has_more);
    let next = last.map(|last| filter.cursor_after(last));
    Ok(TracePage { traces, next, totals, facets })
}

/// The lines of a page alone, without sums and facets: half the work.
pub async fn lines(db: &PgPool, filter: &TraceFilter) -> Result<Vec<TraceSummary>, StoreError> {
    let resolved = Resolved::new(db, Reader::Everything, filter).await?;
    let limit = filter.limit.clamp(1, PAGE_TRACES_MAX);
    let mut traces = page(db, &resolved, i64::from(limit)).await?;
    traces.truncate(limit as usize);
    Ok(traces)
}

async fn page(db: &PgPool, resolved: &Resolved<'_>, lines: i64) -> Result<Vec<TraceSummary>, StoreError> {
    // Names are joined to the lines of the page only.
    let mut sql = QueryBuilder::new(concat!("select ", summary_columns!(), " from (select t.* from "));
    resolved.push(&mut sql);
    resolved.push_cursor(&mut sql);
    resolved.push_order(&mut sql);
    // One more than the page holds tells whether there is another page.
    sql.push(" limit ").push_bind(lines + 1).push(concat!(") t ", summary_joins!()));
    resolved.push_order(&mut sql);
    let rows: Vec<SummaryRow> = sql.build_query_as().fetch_all(db).await?;
    rows.into_iter().map(TraceSummary::try_from).collect()
}

#[derive(FromRow)]
struct TotalsRow {
    traces: i64,
    cost_pico: String,
    with_errors: i64,
    p50_ns: Option<i64>,
    p95_ns: Option<i64>,
    tenants: Json<Vec<(Option<String>, i64)>>,
    services: Json<Vec<(String, i64)>>,
}

async fn totals(db: &PgPool, resolved: &Resolved<'_>) -> Result<(TraceTotals, Facets), StoreError> {
    let mut sql = QueryBuilder::new(concat!(
        "with matching as materialized (select t.tenant_id, t.root_service_id, t.error_count, t.cost_pico, ",
        duration_ns!(),
        " as duration_ns from "
    ));
    resolved.push(&mut sql);
    sql.push(
        ") select count(*) as traces, coalesce(sum(cost_pico), 0)::text as cost_pico, \
         count(*) filter (where error_count > 0) as with_errors, \
         percentile_disc(0.5) within group (order by duration_ns) as p50_ns, \
         percentile_disc(0.95) within group (order by duration_ns) as p95_ns, \
         (select coalesce(jsonb_agg(jsonb_build_array(nullif(d.name, ''), f.n) order by f.n desc, d.name), '[]') \
            from (select tenant_id, count(*) as n from matching group by 1 order by 2 desc limit ",
    );
    sql.push_bind(FACET_VALUES_MAX).push(
        ") f join dim_tenant d on d.id = f.tenant_id) as tenants, \
         (select coalesce(jsonb_agg(jsonb_build_array(d.name, f.n) order by f.n desc, d.name), '[]') \
            from (select root_service_id, count(*) as n from matching group by 1 order by 2 desc limit ",
    );
    sql.push_bind(FACET_VALUES_MAX)
        .push(") f join dim_service d on d.id = f.root_service_id) as services from matching");
    let row: TotalsRow = sql.build_query_as().fetch_one(db).await?;
    let totals = TraceTotals {
        traces: row.traces,
        cost: UsdSum::from_pico(pico(&row.cost_pico, "traces")?),
        with_errors: row.with_errors,
        p50_ns: row.p50_ns,
        p95_ns: row.p95_ns,
    };
    Ok((totals, Facets { tenants: row.tenants.0, services: row.services.0 }))
}
