//! Spend by the hour and by the minute of each who spends much, for whoever looks for what is odd: from the rollups plus the open
//! outbox, like every total; and what is expected of them (`expected`).

mod expected;
mod past;

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::anomaly::{Kind, Subject};
use model::time::TimeRange;
use sqlx::{AssertSqlSafe, FromRow, PgPool};

use crate::StoreError;
use crate::budgets::{Columns, columns};
use crate::numeric::pico;
pub use expected::{HISTORY_HOURS, Step, against_expected, hours, in_all, parts};
pub use past::firings;

/// A series by its ids: tenant 0 is all of them, key 0 all a tenant spends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, FromRow)]
pub struct Id {
    tenant: i32,
    key: i32,
}

/// What a series spent in a bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spent {
    /// Which.
    pub id: Id,
    /// Start of the bucket.
    pub bucket: DateTime<Utc>,
    /// How much.
    pub cost: UsdSum,
    /// Spans that spent it.
    pub calls: f64,
}

#[derive(FromRow)]
struct SpentRow {
    #[sqlx(flatten)]
    id: Id,
    bucket: DateTime<Utc>,
    cost_pico: String,
    calls: f64,
}

impl TryFrom<SpentRow> for Spent {
    type Error = StoreError;

    fn try_from(SpentRow { id, bucket, cost_pico, calls }: SpentRow) -> Result<Self, StoreError> {
        Ok(Self { id, bucket, cost: UsdSum::from_pico(pico(&cost_pico, "cost_rollup")?), calls })
    }
}

#[derive(FromRow)]
struct Large {
    #[sqlx(flatten)]
    id: Id,
    around: Option<String>,
    name: String,
}

/// Whether its series are told apart by tenant.
const fn is_within_tenants(kind: Kind) -> bool {
    matches!(kind, Kind::Tenant | Kind::TenantService)
}

/// Those with a name who spent the most in the whole hours of `range`, at least `usd_min`, at most `limit` of them.
pub async fn large(
    db: &PgPool,
    kind: Kind,
    range: TimeRange,
    usd_min: f64,
    limit: i64,
) -> Result<Vec<(Id, Subject)>, StoreError> {
    let Columns { dim, dictionary, .. } = columns(kind.dimension());
    let tenants = if is_within_tenants(kind) { "select id from dim_tenant where name <> ''" } else { "select 0 as id" };
    let named_by = if kind == Kind::Tenant { "tenant" } else { "key" };
    let around =
        if kind == Kind::TenantService { "(select name from dim_tenant where id = tenant)" } else { "null::text" };
    // The statement is made of literals only.
    let statement = format!(
        "select tenant, key, {around} as around, d.name from (
             select t.id as tenant, r.key, sum(r.cost_pico) as cost from ({tenants}) t cross join lateral (
                 select key, cost_pico from cost_rollup where tenant_id = t.id and grain = 3600 and dim = $1
                    and bucket >= $2 and bucket < $3) r
              where r.key <> 0 or $1 = 0 group by 1, 2 having sum(r.cost_pico) >= ($4 * 1e12)::numeric
              order by 3 desc limit $5) spender
           join {dictionary} d on d.id = {named_by} and d.name <> '' order by tenant, key"
    );
    let rows: Vec<Large> = sqlx::query_as(AssertSqlSafe(statement))
        .bind(dim)
        .bind(range.from)
        .bind(range.to)
        .bind(usd_min)
        .bind(limit)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, Subject { kind, tenant: row.around, name: row.name })).collect())
}

/// What these series spent in each bucket that begins in `range`, by series and time; buckets without spend are left out. The width is
/// that of a rollup, 60 or 3600 seconds, and `range` begins where one does. Only buckets in which anybody spent are looked up, series by series: of a young server there are few.
/// One statement, so that a row that leaves the outbox for the rollup is seen exactly once.
pub async fn by_bucket(
    db: &PgPool,
    kind: Kind,
    ids: &[Id],
    range: TimeRange,
    bucket_seconds: i32,
) -> Result<Vec<Spent>, StoreError> {
    let dim = columns(kind.dimension()).dim;
    let tenant = if is_within_tenants(kind) { "u.tenant_id" } else { "0" };
    // The statement is made of literals only.
    let statement = format!(
        "with series as materialized (select * from unnest($1::int4[], $2::int4[]) as s(tenant, key)), filled as materialized (
             select b from generate_series($3::timestamptz, $4, make_interval(secs => $5)) b
              where b < $4 and exists (select from cost_rollup r where r.tenant_id = 0 and r.grain = $5 and r.dim = $6 and r.bucket = b)
         ), part as (
             select s.tenant, s.key, b as bucket, r.cost_pico, r.ncost
               from series s cross join filled
              cross join lateral (select cost_pico, ncost from cost_rollup r where r.tenant_id = s.tenant and r.grain = $5
                                     and r.dim = $6 and r.bucket = b and r.key = s.key offset 0) r
             union all
             select {tenant}, u.key, date_bin(make_interval(secs => $5), u.bucket, 'epoch'), u.cost_pico::numeric, u.ncost
               from rollup_outbox o
              cross join lateral unnest(o.tenant_id, o.dim, o.bucket, o.key, o.cost_pico, o.ncost)
                      as u(tenant_id, dim, bucket, key, cost_pico, ncost)
              where u.dim = $6 and u.bucket >= $3 and u.bucket < $4 and ({tenant}, u.key) in (select tenant, key from series)
         )
         select tenant, key, bucket, sum(cost_pico)::text as cost_pico, sum(ncost)::float8 as calls
           from part group by 1, 2, 3 order by 1, 2, 3"
    );
    let rows: Vec<SpentRow> = sqlx::query_as(AssertSqlSafe(statement))
        .bind(ids.iter().map(|id| id.tenant).collect::<Vec<_>>())
        .bind(ids.iter().map(|id| id.key).collect::<Vec<_>>())
        .bind(range.from)
        .bind(range.to)
        .bind(bucket_seconds)
        .bind(dim)
        .fetch_all(db)
        .await?;
    rows.into_iter().map(Spent::try_from).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::testing::{Telling, a_span, noon, write};

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn who_spends_much_is_found_and_told_bucket_by_bucket(db: PgPool) {
        let dear = |trace, span, seconds| {
            a_span(trace, span)
                .for_tenant("acme")
                .of_service("planner")
                .for_user("u1")
                .costing("0.75")
                .starting(seconds)
        };
        let cheap = a_span(9, 9).for_tenant("beta").of_service("planner").costing("0.01");
        write(&db, vec![dear(1, 1, 0), dear(2, 2, 70), cheap, a_span(3, 3).costing("5")]).await;
        let range = TimeRange { from: noon(), to: noon() + TimeDelta::hours(1) };
        let told = async |kind, ids: &[Id]| {
            let spent = by_bucket(&db, kind, ids, range, 60).await.unwrap();
            spent
                .into_iter()
                .map(|spent| ((spent.bucket - noon()).num_minutes(), spent.cost.to_f64(), spent.calls))
                .collect::<Vec<_>>()
        };
        while crate::outbox::roll(&db).await.unwrap().rows > 0 {}
        for kind in [Kind::Tenant, Kind::TenantService, Kind::User] {
            let all = large(&db, kind, range, 1.0, 10).await.unwrap();
            let [(id, subject)] = all.as_slice() else { panic!("{kind:?}: {all:?}") };
            let tenant = (kind == Kind::TenantService).then(|| "acme".to_owned());
            assert_eq!(subject.tenant, tenant);
            assert_eq!(told(kind, &[*id]).await, [(0, 0.75, 1.0), (1, 0.75, 1.0)]);
        }
        let all = large(&db, Kind::Tenant, range, 1.0, 10).await.unwrap();
        assert_eq!(all[0].1, Subject { kind: Kind::Tenant, tenant: None, name: "acme".to_owned() });
        write(&db, vec![dear(4, 4, 75)]).await;
        assert_eq!(told(Kind::Tenant, &[all[0].0]).await, [(0, 0.75, 1.0), (1, 1.5, 2.0)], "what is not rolled up yet");
    }
}
