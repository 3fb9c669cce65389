//! The statement behind every cost total: rollup rows that cover a range, plus what the outbox still holds of it.

use model::UsdSum;
use model::cost::{Dimension, Sums};
use model::span::DataTag;
use model::time::TimeRange;
use sqlx::{AssertSqlSafe, FromRow, PgPool};

use crate::numeric::pico;
use crate::{StoreError, grains};

/// What is asked for.
pub(super) struct Scope<'a> {
    pub(super) range: TimeRange,
    pub(super) by: Dimension,
    pub(super) tenant: Option<&'a str>,
    pub(super) bucket_seconds: i64,
}

/// Sums of one group in one bucket.
pub(super) struct Line {
    /// Seconds since 1970.
    pub(super) bucket: i64,
    /// Name of the group; `None` is unattributed.
    pub(super) key: Option<String>,
    pub(super) sums: Sums,
}

#[derive(FromRow)]
struct Row {
    bucket: i64,
    key: i32,
    name: Option<String>,
    n: i64,
    ncost: i64,
    err: i64,
    cost_pico: String,
    tokens_in: i64,
    tokens_out: i64,
}

/// Where a dimension is found: tenants and key of its rollup rows, key in the outbox, dictionary.
struct Source {
    /// Ids of the tenants whose rows count.
    rollup_tenants: &'static str,
    rollup_key: &'static str,
    outbox_key: &'static str,
    dictionary: Option<&'static str>,
}

impl Source {
    /// `$1` is the tenant asked for, 0 for all of them. Tenants are kept as the totals (dimension 0) of each tenant.
    const fn of(by: Dimension) -> Self {
        let dictionary = match by {
            Dimension::Tenant => {
                return Self {
                    rollup_tenants: "(select id from dim_tenant where $1 in (0, id))",
                    rollup_key: "r.tenant_id",
                    outbox_key: "u.tenant_id",
                    dictionary: Some("dim_tenant"),
                };
            }
            Dimension::Total => None,
            Dimension::Service => Some("dim_service"),
            Dimension::Capability => Some("dim_capability"),
            Dimension::Model => Some("dim_model"),
            Dimension::User => Some("dim_user"),
            Dimension::DataTag => None,
        };
        Self { rollup_tenants: "(select $1::int4 as id)", rollup_key: "r.key", outbox_key: "u.key", dictionary }
    }

    /// One statement, so that a row leaving the outbox for the rollup is seen exactly once. `offset 0` makes the planner
    /// look each stretch up in the primary key: it cannot know how few rows a stretch has, and would read the whole table.
    fn statement(&self) -> String {
        let Self { rollup_tenants, rollup_key, outbox_key, dictionary } = self;
        let name = if dictionary.is_some() { "d.name" } else { "null::text" };
        let join = dictionary.map(|table| format!("left join {table} d on d.id = g.key")).unwrap_or_default();
        format!(
            "with part as (
                 select r.bucket, {rollup_key} as key, r.n, r.ncost, r.err, r.cost_pico, r.tokens_in, r.tokens_out
                   from {rollup_tenants} as tenant
                  cross join unnest($2::int4[], $3::timestamptz[], $4::timestamptz[]) as stretch(grain, since, till)
                  cross join lateral (
                        select * from cost_rollup r
                         where r.tenant_id = tenant.id and r.grain = stretch.grain and r.dim = $5
                           and r.bucket >= stretch.since and r.bucket < stretch.till
                        offset 0) r
                 union all
                 select u.bucket, {outbox_key}, u.n, u.ncost, u.err, u.cost_pico::numeric, u.tokens_in, u.tokens_out
                   from rollup_outbox o
                  cross join lateral unnest(o.tenant_id, o.dim, o.bucket, o.key, o.n, o.ncost, o.err, o.cost_pico, o.tokens_in,
                        o.tokens_out)
                     as u(tenant_id, dim, bucket, key, n, ncost, err, cost_pico, tokens_in, tokens_out)
                  where u.dim = $5 and $1 in (0, u.tenant_id) and u.bucket >= $6 and u.bucket < $7
             ), g as (
                 select extract(epoch from bucket)::int8 / $8 * $8 as bucket, key, sum(n)::int8 as n, sum(ncost)::int8 as ncost,
                        sum(err)::int8 as err, sum(cost_pico)::text as cost_pico, sum(tokens_in)::int8 as tokens_in,
                        sum(tokens_out)::int8 as tokens_out
                   from part group by 1, 2
             )
             select g.*, {name} as name from g {join}"
        )
    }
}

/// Sums by group and bucket.
pub(super) async fn lines(db: &PgPool, scope: &Scope<'_>) -> Result<Vec<Line>, StoreError> {
    let Some(tenant) = tenant_id(db, scope.tenant).await? else { return Ok(Vec::new()) };
    let stretches = grains::cover(scope.range, scope.bucket_seconds);
    let (grains, since, till) = grains::columns(&stretches);
    let dim = if scope.by == Dimension::Tenant { Dimension::Total } else { scope.by };
    // The statement is made of literals only.
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(Source::of(scope.by).statement()))
        .bind(tenant)
        .bind(grains)
        .bind(&since)
        .bind(&till)
        .bind(dim.code())
        .bind(since.iter().min())
        .bind(till.iter().max())
        .bind(scope.bucket_seconds)
        .fetch_all(db)
        .await?;
    rows.into_iter().map(|row| row.into_line(scope.by)).collect()
}

/// The id of a tenant in the rollups, 0 for all of them; `None` when nobody of that name was ever seen.
pub(crate) async fn tenant_id(db: &PgPool, name: Option<&str>) -> Result<Option<i32>, StoreError> {
    match name {
        None => Ok(Some(0)),
        Some(name) => {
            Ok(sqlx::query_scalar!("select id from dim_tenant where name = $1", name).fetch_optional(db).await?)
        }
    }
}

impl Row {
    fn into_line(self, by: Dimension) -> Result<Line, StoreError> {
        let key = match by {
            Dimension::DataTag => i16::try_from(self.key).ok().and_then(DataTag::from_code).map(|tag| tag.to_string()),
            _ => self.name.filter(|name| !name.is_empty()),
        };
        let sums = Sums {
            spans: self.n,
            priced_spans: self.ncost,
            errors: self.err,
            cost: UsdSum::from_pico(pico(&self.cost_pico, "cost_rollup")?),
            tokens_in: self.tokens_in,
            tokens_out: self.tokens_out,
        };
        Ok(Line { bucket: self.bucket, key, sums })
    }
}
