//! Spend by the hour, which forecasts are made of.

use chrono::{DateTime, TimeDelta, Utc};
use model::UsdSum;
use model::budget::estimate::History;
use model::budget::forecast::DAYS_MAX;
use model::cost::Dimension;
use sqlx::{AssertSqlSafe, FromRow, PgPool};

use super::columns;
use crate::numeric::pico;
use crate::{StoreError, grains};

const HOUR_SECONDS: i64 = 3_600;

#[derive(FromRow)]
struct Row {
    name: String,
    hour: DateTime<Utc>,
    cost: String,
}

/// What each of `names` spent in the whole hours before `now`, as far back as forecasts look; who spent nothing is left out.
/// Everybody together is the one name of [`Dimension::Total`], which is empty.
pub async fn spent(
    db: &PgPool,
    dimension: Dimension,
    names: &[String],
    now: DateTime<Utc>,
) -> Result<Vec<(String, History)>, StoreError> {
    let until = grains::at(grains::floor(now.timestamp(), HOUR_SECONDS));
    // The statement is made of literals only.
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(statement(dimension)))
        .bind(until - TimeDelta::days(DAYS_MAX))
        .bind(until)
        .bind(columns(dimension).dim)
        .bind(names)
        .fetch_all(db)
        .await?;
    let mut spent: Vec<(String, History)> = Vec::new();
    for row in rows {
        let cost = UsdSum::from_pico(pico(&row.cost, "cost_rollup")?);
        if spent.last().is_none_or(|(name, _)| *name != row.name) {
            spent.push((row.name, History { until, hours: Vec::new() }));
        }
        let Some((_, history)) = spent.last_mut() else { continue };
        // Rows come in order, and hours nothing was spent in have none.
        let place = (until - row.hour).num_hours();
        if history.hours.is_empty() {
            history.hours.resize(usize::try_from(place).unwrap_or_default(), UsdSum::ZERO);
        }
        let length = history.hours.len();
        if let Some(hour) =
            usize::try_from(place).ok().and_then(|place| history.hours.get_mut(length.checked_sub(place)?))
        {
            *hour = cost;
        }
    }
    Ok(spent)
}

/// An hour of a name is looked up in the primary key: between those of its neighbours there may be a hundred thousand of others.
fn statement(dimension: Dimension) -> String {
    let columns = columns(dimension);
    let (tenant, key) = if dimension == Dimension::Tenant { ("owner.id", "0") } else { ("0", "owner.id") };
    let (dictionary, outbox_key) = (columns.dictionary, columns.outbox_key);
    format!(
        "with owner as materialized (select o.id, o.name from {dictionary} o where o.name = any($4)), part as (
             select owner.id as key, r.bucket as hour, r.cost_pico
               from owner cross join generate_series($1::timestamptz, $2::timestamptz - interval '1 hour', interval '1 hour') b
              cross join lateral (select * from cost_rollup r where r.tenant_id = {tenant} and r.grain = 3600
                                     and r.dim = $3 and r.bucket = b and r.key = {key} offset 0) r
             union all
             select {outbox_key}, date_bin('1 hour', u.bucket, 'epoch'), u.cost_pico::numeric
               from rollup_outbox o
              cross join lateral unnest(o.tenant_id, o.dim, o.bucket, o.key, o.cost_pico) as u(tenant_id, dim, bucket, key, cost_pico)
              where u.dim = $3 and u.bucket >= $1 and u.bucket < $2 and {outbox_key} in (select id from owner)
         )
         select owner.name, part.hour, sum(part.cost_pico)::text as cost
           from part join owner on owner.id = part.key
          group by 1, 2 having sum(part.cost_pico) <> 0 order by 1, 2"
    )
}
