//! The figure of a query over time, for the chart of an alert.

use chrono::{DateTime, Utc};
use model::alert::query::Query;
use model::time::TimeRange;
use sqlx::{PgPool, QueryBuilder};

use super::observe::{FRESH_SPAN, FRESH_TRACE, figure, is_of_traces};
use crate::{StoreError, grains};

/// Most points of a series: more than a chart has pixels. Past it steps are made longer.
const POINTS_MAX: i64 = 2_000;

/// The figure of `query` over time, one value per `step_seconds`, for the chart: the highest single figure for queries
/// about traces, the count for queries about spans. `None` where nothing arrived.
pub async fn series(
    db: &PgPool,
    query: &Query,
    range: TimeRange,
    step_seconds: i64,
) -> Result<Vec<(DateTime<Utc>, Option<f64>)>, StoreError> {
    if !is_of_traces(query) {
        // How a budget, the books or what was expected stood in the past is kept nowhere; spans have slices of their own.
        return Ok(Vec::new());
    }
    let step = step_seconds.max(1).max(range.seconds() / POINTS_MAX);
    let first = grains::floor(range.from.timestamp(), step);
    let mut sql = QueryBuilder::new("select extract(epoch from ");
    let arrived = if *query == Query::SpansWithoutCost { "s.received_at" } else { "t.last_seen" };
    sql.push(arrived).push(")::int8 / ").push_bind(step).push(" * ").push_bind(step).push(" as step, ");
    match query {
        Query::SpansWithoutCost => sql.push("count(*) filter (where s.cost_pico is null)::float8 from span s where "),
        Query::OrphanSpans => sql.push("sum(t.orphan_count)::float8 from traces t where "),
        _ => sql.push("max(").push(figure(query)).push(")::float8 from traces t where "),
    };
    sql.push(if *query == Query::SpansWithoutCost { FRESH_SPAN } else { FRESH_TRACE });
    sql.push(" and ").push(arrived).push(" >= ").push_bind(range.from);
    sql.push(" and ").push(arrived).push(" < ").push_bind(range.to).push(" group by 1");
    let found: Vec<(i64, Option<f64>)> = sql.build_query_as().fetch_all(db).await?;
    let mut points: Vec<(DateTime<Utc>, Option<f64>)> = (0..)
        .map(|place| grains::at(first + place * step))
        .take_while(|at| *at < range.to)
        .map(|at| (at, None))
        .collect();
    for (at, value) in found {
        let place = usize::try_from((at - first) / step).unwrap_or(usize::MAX);
        if let Some(point) = points.get_mut(place) {
            point.1 = value;
        }
    }
    Ok(points)
}
