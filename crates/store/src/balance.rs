//! Whether the books balance: the same money added up in every way there is.

use model::cost::{Balance, Dimension, Drift};
use model::{Usd, UsdSum};
use sqlx::{PgConnection, PgPool};

use crate::numeric::pico;
use crate::{StoreError, spaces, traces};

/// Most drifting traces listed, worst first.
const DRIFT_MAX: i64 = 100;

/// A difference people care about: a tenth of a cent.
const DRIFT_PICO_MIN: i64 = 1_000_000_000;

/// Adds up the same money in every way there is, in one snapshot.
pub async fn check(db: &PgPool) -> Result<Balance, StoreError> {
    let mut snapshot = db.begin_with("begin isolation level repeatable read read only").await?;
    let total = sum(&mut snapshot, "span", "select coalesce(sum(cost_pico), 0)::text from span").await?;
    let traces = sum(&mut snapshot, "traces", "select coalesce(sum(cost_pico), 0)::text from traces").await?;
    let mut by = rollups(&mut snapshot).await?;
    by.extend([("traces".to_owned(), traces), ("spans".to_owned(), total)]);
    let mut drift = drift(&mut snapshot).await?;
    drop(snapshot);
    let called = spaces::called(db, &drift.iter().map(|line| line.trace_id).collect::<Vec<_>>()).await?;
    for line in &mut drift {
        line.own_space_of = called.own_space_of(line.trace_id).map(str::to_owned);
        line.trace_id = called.id(line.trace_id);
    }
    Ok(Balance { total, by, drift })
}

/// Sums of the hour buckets by dimension, each with what the outbox still holds.
async fn rollups(db: &mut PgConnection) -> Result<Vec<(String, UsdSum)>, StoreError> {
    let open: Vec<(i16, String)> = sqlx::query_as(
        "select u.dim, sum(u.pico)::text from rollup_outbox o, unnest(o.dim, o.cost_pico) as u(dim, pico) group by u.dim",
    )
    .fetch_all(&mut *db)
    .await?;
    let open = |dimension| of_dimension(&open, dimension, "rollup_outbox");
    let tenants = "select coalesce(sum(of_tenant.cost_pico), 0)::text from dim_tenant d cross join lateral ( \
                   select sum(cost_pico) as cost_pico from cost_rollup \
                   where tenant_id = d.id and grain = 3600 and dim = 0) of_tenant";
    let mut by = vec![("tenant".to_owned(), sum(db, "cost_rollup", tenants).await? + open(Dimension::Total)?)];
    let rolled: Vec<(i16, String)> = sqlx::query_as(
        "select dim, sum(cost_pico)::text from cost_rollup where tenant_id = 0 and grain = 3600 group by dim",
    )
    .fetch_all(db)
    .await?;
    for dimension in [Dimension::User, Dimension::Service, Dimension::Capability, Dimension::Model, Dimension::DataTag]
    {
        let kept = of_dimension(&rolled, dimension, "cost_rollup")?;
        by.push((dimension.to_string(), kept + open(dimension)?));
    }
    Ok(by)
}

fn of_dimension(sums: &[(i16, String)], dimension: Dimension, table: &'static str) -> Result<UsdSum, StoreError> {
    let found = sums.iter().find(|(dim, _)| *dim == dimension.code());
    let pico = found.map(|(_, text)| pico(text, table)).transpose()?;
    Ok(UsdSum::from_pico(pico.unwrap_or_default()))
}

async fn drift(db: &mut PgConnection) -> Result<Vec<Drift>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select trace_id, declared_cost_pico as "declared!", cost_pico
          from traces
         where declared_cost_pico is not null
           and abs(declared_cost_pico::numeric - cost_pico) > $1::int8
         order by abs(declared_cost_pico::numeric - cost_pico) desc, trace_id
         limit $2
        "#,
        DRIFT_PICO_MIN,
        DRIFT_MAX,
    )
    .fetch_all(db)
    .await?;
    let drift = rows.into_iter().map(|row| {
        Ok(Drift {
            trace_id: traces::trace_id(row.trace_id)?,
            own_space_of: None,
            declared: Usd::from_pico(row.declared),
            calculated: Usd::from_pico(row.cost_pico),
        })
    });
    drift.collect()
}

async fn sum(db: &mut PgConnection, table: &'static str, statement: &'static str) -> Result<UsdSum, StoreError> {
    let text: String = sqlx::query_scalar(statement).fetch_one(db).await?;
    pico(&text, table).map(UsdSum::from_pico)
}
