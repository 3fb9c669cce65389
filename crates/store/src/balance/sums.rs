//! Sums of the rollups by dimension, each with what the outbox still holds.

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::{Balance, Dimension};
use sqlx::{FromRow, PgConnection};

use crate::numeric::pico;
use crate::{StoreError, UNATTRIBUTED};

/// The dimensions of a rollup besides the total, in the order of the page.
const BY_KEY: [Dimension; 5] =
    [Dimension::User, Dimension::Service, Dimension::Capability, Dimension::Model, Dimension::DataTag];

/// Dimensions whose key 0 means that nobody is named; every span has a service and a data class.
const MAY_HAVE_NO_OWNER: [Dimension; 3] = [Dimension::User, Dimension::Capability, Dimension::Model];

/// Name and sum of every way to add up.
type Named = Vec<(String, UsdSum)>;

#[derive(FromRow)]
struct Row {
    dim: i16,
    is_nobody: bool,
    cost_pico: String,
}

/// Sums by dimension, and of them what nobody owns.
pub(super) async fn rollups(db: &mut PgConnection) -> Result<(Named, Vec<(Dimension, UsdSum)>), StoreError> {
    let by_key = read(
        db,
        "select dim, key = 0 as is_nobody, sum(cost_pico)::text as cost_pico from ( \
                select dim, key, cost_pico from cost_rollup where tenant_id = 0 and grain = 3600 \
                 union all \
                select u.dim, u.key, u.pico from rollup_outbox o, unnest(o.dim, o.key, o.cost_pico) as u(dim, key, pico)) of_keys \
          group by 1, 2",
    )
    .await?;
    // `offset 0` looks the few rows of each tenant up in the primary key instead of reading the whole table.
    let by_tenant = read(
        db,
        "select 0::int2 as dim, tenant_id = 1 as is_nobody, sum(cost_pico)::text as cost_pico from ( \
                select d.id as tenant_id, of_tenant.cost_pico from dim_tenant d cross join lateral ( \
                       select cost_pico from cost_rollup where tenant_id = d.id and grain = 3600 and dim = 0 offset 0) of_tenant \
                 union all \
                select u.tenant_id, u.pico from rollup_outbox o, unnest(o.tenant_id, o.dim, o.cost_pico) as u(tenant_id, dim, pico) \
                 where u.dim = 0) of_tenants \
          group by 2",
    )
    .await?;
    debug_assert_eq!(UNATTRIBUTED, 1, "the statement has it as a literal");
    let mut sums = vec![(Dimension::Tenant.to_string(), sum(&by_tenant, |_| true)?)];
    for dimension in BY_KEY {
        sums.push((dimension.to_string(), sum(&by_key, |row| row.dim == dimension.code())?));
    }
    let mut nobody = vec![(Dimension::Tenant, sum(&by_tenant, |row| row.is_nobody)?)];
    for dimension in MAY_HAVE_NO_OWNER {
        nobody.push((dimension, sum(&by_key, |row| row.dim == dimension.code() && row.is_nobody)?));
    }
    Ok((sums, nobody))
}

async fn read(db: &mut PgConnection, statement: &'static str) -> Result<Vec<Row>, StoreError> {
    Ok(sqlx::query_as(statement).fetch_all(db).await?)
}

fn sum(rows: &[Row], counts: impl Fn(&Row) -> bool) -> Result<UsdSum, StoreError> {
    let pico = |row: &Row| pico(&row.cost_pico, "cost_rollup").map(UsdSum::from_pico);
    rows.iter().filter(|row| counts(row)).map(pico).sum::<Result<UsdSum, StoreError>>()
}

/// Where sums that are not those of the spans begin to differ: dimensions by the first hour in which they are not the total,
/// traces by the first day. A total that is wrong itself tells no hour.
pub(super) async fn off_since(
    db: &mut PgConnection,
    balance: &Balance,
) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
    let mut since = Vec::new();
    for (name, _) in balance.by.iter().filter(|(_, sum)| *sum != balance.total) {
        let first = match Dimension::parse(name) {
            Some(Dimension::Tenant) => first_hour_of_tenants(db).await?,
            Some(dimension) => first_hour(db, dimension).await?,
            None => {
                let differ = |day: &&model::cost::Day| day.spans.is_some_and(|spans| spans.cost != day.traces.cost);
                balance.days.iter().filter(differ).map(|day| day.day).min()
            }
        };
        since.extend(first.map(|first| (name.clone(), first)));
    }
    Ok(since)
}

async fn first_hour(db: &mut PgConnection, dimension: Dimension) -> Result<Option<DateTime<Utc>>, StoreError> {
    let statement = "select min(bucket) from (select bucket from cost_rollup where tenant_id = 0 and grain = 3600 and dim in (0, $1) \
                      group by bucket having coalesce(sum(cost_pico) filter (where dim = 0), 0) \
                                          <> coalesce(sum(cost_pico) filter (where dim = $1), 0)) differing";
    Ok(sqlx::query_scalar(statement).bind(dimension.code()).fetch_one(db).await?)
}

async fn first_hour_of_tenants(db: &mut PgConnection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let statement = "select min(bucket) from (select bucket from cost_rollup where grain = 3600 and dim = 0 \
                      group by bucket having coalesce(sum(cost_pico) filter (where tenant_id = 0), 0) \
                                          <> coalesce(sum(cost_pico) filter (where tenant_id <> 0), 0)) differing";
    Ok(sqlx::query_scalar(statement).fetch_one(db).await?)
}
