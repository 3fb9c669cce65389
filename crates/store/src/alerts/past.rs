//! What a query about traces, or about spans without a parent or a cost, would have found in the past.

use chrono::{DateTime, Utc};
use model::alert::query::Query;
use model::time::TimeRange;
use sqlx::{FromRow, PgPool, QueryBuilder};

use super::observe::{figure, push_condition};
use crate::{StoreError, grains};

/// A slice of time in which enough was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slice {
    /// When it begins.
    pub at: DateTime<Utc>,
    /// How many.
    pub count: i64,
    /// The worst of them, in the unit of the query.
    pub peak: Option<f64>,
}

#[derive(FromRow)]
struct Row {
    slice: i64,
    count: i64,
    peak: Option<f64>,
}

/// The slices of `range`, each of so many seconds, in which at least `threshold` began that `query` finds; in their order.
pub async fn past(
    db: &PgPool,
    query: &Query,
    threshold: i64,
    range: TimeRange,
    slice_seconds: i64,
) -> Result<Vec<Slice>, StoreError> {
    let mut sql = QueryBuilder::new("select floor(extract(epoch from start_time) / ");
    sql.push_bind(slice_seconds).push(")::int8 * ").push_bind(slice_seconds).push(" as slice, ");
    let begins = |sql: &mut QueryBuilder<_>| {
        sql.push(" where start_time >= ").push_bind(range.from).push(" and start_time < ").push_bind(range.to);
    };
    if *query == Query::SpansWithoutCost {
        sql.push("count(*) as count, count(*)::float8 as peak from span s");
        begins(&mut sql);
        sql.push(" and s.cost_pico is null group by 1 having count(*) >= ").push_bind(threshold);
    } else {
        let count = if *query == Query::OrphanSpans { "sum(t.orphan_count)::int8" } else { "count(*)" };
        sql.push(count).push(" as count, max(").push(figure(query)).push(")::float8 as peak from traces t");
        begins(&mut sql);
        push_condition(&mut sql, query);
        sql.push(" group by 1 having ").push(count).push(" >= ").push_bind(threshold);
    }
    sql.push(" order by 1");
    let rows: Vec<Row> = sql.build_query_as().fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| Slice { at: grains::at(row.slice), count: row.count, peak: row.peak }).collect())
}
