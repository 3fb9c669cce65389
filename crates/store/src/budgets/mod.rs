//! What budgets count: spend over several ranges at once, from the rollups plus the open outbox like every cost total.

pub mod hourly;
pub mod kept;
pub mod traces;

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::budget::reading::OWNERS_MAX;
use model::budget::standing::{FAST_SECONDS, SLOW_SECONDS};
use model::budget::{Budget, Scope, Spend};
use model::cost::Dimension;
use model::time::TimeRange;
use sqlx::{AssertSqlSafe, FromRow, PgPool};

use crate::numeric::pico;
use crate::{StoreError, grains};

#[derive(FromRow)]
struct Row {
    name: String,
    period: String,
    fast: String,
    slow: String,
}

/// What was spent of `budget` at `now`: one entry for everybody or for one name, none when it spent nothing; for a budget
/// of each of them the dearest, at most one more than a reading keeps.
pub async fn spent(db: &PgPool, budget: &Budget, now: DateTime<Utc>) -> Result<Vec<(String, Spend)>, StoreError> {
    let ranges = [
        budget.period.range(now),
        TimeRange::last_seconds(FAST_SECONDS, now),
        TimeRange::last_seconds(SLOW_SECONDS, now),
    ];
    let step = i64::from(grains::GRAINS[0]);
    let stretches: Vec<_> = (0i16..)
        .zip(ranges)
        .flat_map(|(slot, range)| grains::cover(range, step).into_iter().map(move |stretch| (slot, stretch)))
        .collect();
    let slots: Vec<i16> = stretches.iter().map(|(slot, _)| *slot).collect();
    let stretches: Vec<_> = stretches.into_iter().map(|(_, stretch)| stretch).collect();
    let (grains, since, till) = grains::columns(&stretches);
    // The statement is made of literals only.
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(statement(&budget.scope)))
        .bind(slots)
        .bind(grains)
        .bind(since)
        .bind(till)
        .bind(columns(budget.scope.dimension()).dim)
        .bind(budget.scope.name())
        .bind(i64::try_from(OWNERS_MAX).unwrap_or(i64::MAX).saturating_add(1))
        .fetch_all(db)
        .await?;
    rows.into_iter().map(Row::into_spend).collect()
}

/// Where the names and the sums of a dimension are.
pub(crate) struct Columns {
    /// Its code; what a tenant spends in all is its total.
    pub(crate) dim: i16,
    pub(crate) dictionary: &'static str,
    rollup_key: &'static str,
    outbox_key: &'static str,
}

pub(crate) const fn columns(dimension: Dimension) -> Columns {
    let dim = if matches!(dimension, Dimension::Tenant) { Dimension::Total } else { dimension }.code();
    let (dictionary, rollup_key, outbox_key) = match dimension {
        Dimension::Tenant => ("dim_tenant", "r.tenant_id", "u.tenant_id"),
        Dimension::Service => ("dim_service", "r.key", "u.key"),
        Dimension::Capability => ("dim_capability", "r.key", "u.key"),
        Dimension::Model => ("dim_model", "r.key", "u.key"),
        Dimension::User => ("dim_user", "r.key", "u.key"),
        // Everybody together is key 0 of the total; a budget is of no data class.
        Dimension::Total | Dimension::DataTag => ("(select 0 as id, '' as name)", "0", "0"),
    };
    Columns { dim, dictionary, rollup_key, outbox_key }
}

/// One statement, so that a row leaving the outbox for the rollup is seen exactly once. A budget of one name looks its rows
/// up bucket by bucket in the primary key: between those of its neighbours there may be a hundred thousand of others.
fn statement(scope: &Scope) -> String {
    let Columns { dictionary, rollup_key, outbox_key, .. } = columns(scope.dimension());
    let is_tenant = scope.dimension() == Dimension::Tenant;
    let (owners, bucket) = match scope {
        Scope::All => (format!("select o.id from {dictionary} o where $6::text is null"), RANGE),
        Scope::One(..) => (format!("select o.id from {dictionary} o where o.name = $6::text"), POINTS),
        Scope::Each(_) if is_tenant => {
            ("select o.id from dim_tenant o where o.name <> '' and $6::text is null".into(), RANGE)
        }
        // Any of them: rows are read by bucket, and what has no name is left out at the end.
        Scope::Each(_) => ("select null::int4 as id where $6::text is null".into(), RANGE),
    };
    let (tenant, key) = if is_tenant { ("owner.id", "0") } else { ("0", "owner.id") };
    let only_key =
        if matches!(scope, Scope::Each(_)) && !is_tenant { String::new() } else { format!(" and r.key = {key}") };
    let only_owner = match scope {
        Scope::One(..) => format!(" and {outbox_key} in (select id from owner)"),
        Scope::All | Scope::Each(_) => String::new(),
    };
    format!(
        "with slot as (
             select * from unnest($1::int2[], $2::int4[], $3::timestamptz[], $4::timestamptz[]) as s(slot, grain, since, till)
         ), owner as materialized ({owners}), part as (
             select s.slot, {rollup_key} as key, r.cost_pico
               from owner cross join slot s cross join lateral ({}) r
             union all
             select s.slot, {outbox_key}, u.cost_pico::numeric
               from rollup_outbox o
              cross join lateral unnest(o.tenant_id, o.dim, o.bucket, o.key, o.cost_pico) as u(tenant_id, dim, bucket, key, cost_pico)
               join slot s on u.bucket >= s.since and u.bucket < s.till
              where u.dim = $5{only_owner}
         ), g as (
             select key, coalesce(sum(cost_pico) filter (where slot = 0), 0) as period,
                    coalesce(sum(cost_pico) filter (where slot = 1), 0) as fast,
                    coalesce(sum(cost_pico) filter (where slot = 2), 0) as slow
               from part group by key
         )
         select d.name, sum(g.period)::text as period, sum(g.fast)::text as fast, sum(g.slow)::text as slow
           from g join {dictionary} d on d.id = g.key
          where d.name <> '' or not {}
          group by d.name
          order by sum(g.period) desc, d.name limit $7",
        bucket.replace("TENANT", tenant).replace("ONLY_KEY", &only_key),
        scope.is_each(),
    )
}

/// Every row of a stretch. `offset 0` makes the planner look the stretch up in the primary key.
const RANGE: &str = "select * from cost_rollup r where r.tenant_id = TENANT and r.grain = s.grain and r.dim = $5 \
                     and r.bucket >= s.since and r.bucket < s.till ONLY_KEY offset 0";

/// The rows of one key, a look-up per bucket.
const POINTS: &str = "select r.* from generate_series(s.since, s.till - s.grain * interval '1 second', s.grain * interval '1 second') b \
                      cross join lateral (select * from cost_rollup r where r.tenant_id = TENANT and r.grain = s.grain \
                      and r.dim = $5 and r.bucket = b ONLY_KEY offset 0) r";

impl Row {
    fn into_spend(self) -> Result<(String, Spend), StoreError> {
        let sum = |text: &str| Ok::<_, StoreError>(UsdSum::from_pico(pico(text, "cost_rollup")?));
        let spend = Spend { period: sum(&self.period)?, fast: sum(&self.fast)?, slow: sum(&self.slow)? };
        Ok((self.name, spend))
    }
}

#[cfg(test)]
mod tests;
