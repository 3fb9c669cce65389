//! What spans cost by day and model: from the rollups plus the open outbox.

use chrono::{NaiveDate, NaiveTime};
use model::UsdSum;
use model::bill::margin::{Calls, Ours};
use sqlx::{FromRow, PgPool};

use crate::StoreError;
use crate::numeric::pico;

#[derive(FromRow)]
struct Row {
    day: NaiveDate,
    provider: String,
    model: String,
    n: i64,
    ncost: i64,
    err: i64,
    cost_pico: String,
}

/// Calls of models between two days (UTC), both included, by day and model as sent.
pub async fn ours(db: &PgPool, from: NaiveDate, to: NaiveDate) -> Result<Vec<Ours>, StoreError> {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let rows: Vec<Row> = sqlx::query_as(
        "with part as ( \
                select bucket, key, n, ncost, err, cost_pico from cost_rollup \
                 where tenant_id = 0 and grain = 3600 and dim = 3 and key <> 0 and bucket >= $1 and bucket < $2 \
                 union all \
                select u.bucket, u.key, u.n, u.ncost, u.err, u.cost_pico::numeric \
                  from rollup_outbox o, unnest(o.dim, o.bucket, o.key, o.n, o.ncost, o.err, o.cost_pico) \
                    as u(dim, bucket, key, n, ncost, err, cost_pico) \
                 where u.dim = 3 and u.key <> 0 and u.bucket >= $1 and u.bucket < $2), \
              of_days as ( \
                select (bucket at time zone 'UTC')::date as day, key, sum(n)::int8 as n, sum(ncost)::int8 as ncost, \
                       sum(err)::int8 as err, sum(cost_pico)::text as cost_pico \
                  from part group by 1, 2) \
         select d.day, m.provider, m.name as model, d.n, d.ncost, d.err, d.cost_pico \
           from of_days d join dim_model m on m.id = d.key order by d.day, m.name, m.provider",
    )
    .bind(midnight(from))
    .bind(midnight(to.succ_opt().unwrap_or(to)))
    .fetch_all(db)
    .await?;
    let ours = |row: Row| {
        let cost = UsdSum::from_pico(pico(&row.cost_pico, "cost_rollup")?);
        Ok(Ours {
            day: row.day,
            provider: Some(row.provider).filter(|provider| !provider.is_empty()),
            model: row.model,
            sums: Calls { cost, calls: row.n, priced: row.ncost, failed: row.err },
        })
    };
    rows.into_iter().map(ours).collect()
}
