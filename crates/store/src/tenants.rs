//! Reads of tenants.

use std::collections::HashMap;

use model::UsdSum;
use model::cost::Dimension;
use model::time::TimeRange;
use model::trace::TenantLine;
use sqlx::{FromRow, PgPool};

use crate::traces::duration_ns;
use crate::{StoreError, costs, grains};

#[derive(FromRow)]
struct TracesRow {
    tenant: Option<String>,
    traces: i64,
    with_errors: i64,
    p95_ns: Option<i64>,
}

/// Tenants by spend over `range`, dearest first. Spend goes by span; a trace is its root's tenant's.
pub async fn top(db: &PgPool, range: TimeRange, limit: i64) -> Result<Vec<TenantLine>, StoreError> {
    let (spend, traces) = tokio::try_join!(
        costs::breakdown(db, range, Dimension::Tenant, None, i64::from(grains::GRAINS[0])),
        traces_by_tenant(db, range),
    )?;
    let mut lines: HashMap<Option<String>, TenantLine> =
        traces.into_iter().map(|row| (row.tenant.clone(), TenantLine::from(row))).collect();
    for group in spend.groups {
        let line = lines.entry(group.key.clone()).or_insert_with(|| TenantLine {
            tenant: group.key,
            cost: UsdSum::ZERO,
            traces: 0,
            with_errors: 0,
            p95_ns: None,
        });
        line.cost = group.sums.cost;
    }
    let mut lines: Vec<TenantLine> = lines.into_values().collect();
    lines.sort_by(|left, right| right.cost.cmp(&left.cost).then_with(|| left.tenant.cmp(&right.tenant)));
    lines.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(lines)
}

async fn traces_by_tenant(db: &PgPool, range: TimeRange) -> Result<Vec<TracesRow>, StoreError> {
    let statement = concat!(
        "select nullif(d.name, '') as tenant, count(*) as traces, count(*) filter (where t.error_count > 0) as with_errors, \
         percentile_disc(0.95) within group (order by ",
        duration_ns!(),
        ") as p95_ns from traces t join dim_tenant d on d.id = t.tenant_id \
         where t.start_time >= $1 and t.start_time < $2 group by d.name"
    );
    Ok(sqlx::query_as(statement).bind(range.from).bind(range.to).fetch_all(db).await?)
}

impl From<TracesRow> for TenantLine {
    fn from(row: TracesRow) -> Self {
        let TracesRow { tenant, traces, with_errors, p95_ns } = row;
        Self { tenant, cost: UsdSum::ZERO, traces, with_errors, p95_ns }
    }
}

/// The names of all tenants ever seen, in order.
pub async fn names(db: &PgPool) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!("select name from dim_tenant where name <> '' order by name").fetch_all(db).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Telling, a_span, noon, usd, write};

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn tenants_come_dearest_first_with_what_nobody_owns_among_them(db: PgPool) {
        let spans = vec![
            a_span(1, 1).for_tenant("acme").costing("0.5").failing(),
            // A span of another tenant within the trace: its money is beta's, the trace is acme's.
            a_span(1, 2).under(1).for_tenant("beta").costing("2"),
            a_span(2, 1).for_tenant("acme").costing("0.25"),
            a_span(3, 1).costing("0.125"),
        ];
        write(&db, spans).await;
        let day = TimeRange::last_seconds(86_400, noon() + chrono::TimeDelta::hours(1));
        let lines = top(&db, day, 10).await.unwrap();
        let told: Vec<_> =
            lines.iter().map(|line| (line.tenant.as_deref(), line.cost, line.traces, line.with_errors)).collect();
        assert_eq!(
            told,
            [(Some("beta"), usd("2"), 0, 0), (Some("acme"), usd("0.75"), 2, 1), (None, usd("0.125"), 1, 0),]
        );
        assert_eq!(lines[1].p95_ns, Some(10_000_000));
        assert_eq!(top(&db, day, 1).await.unwrap().len(), 1);
        assert_eq!(names(&db).await.unwrap(), ["acme", "beta"]);
    }
}
