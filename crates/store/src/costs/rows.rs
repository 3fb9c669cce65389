//! What is asked for with ids instead of names, and the sums a statement answers with.

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::{Dimension, Facet, Owner, Sums};
use model::span::DataTag;
use model::time::TimeRange;
use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, PgPool, Postgres};

use super::Question;
use super::facet::{self, Place};
use super::statement::{self, Owned};
use crate::numeric::pico;
use crate::{StoreError, grains};

/// Sums of one group in one bucket of one period.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The range before the one asked for.
    pub(super) is_before: bool,
    /// Seconds since 1970.
    pub(super) bucket: i64,
    /// Names of the group; `None` is unattributed.
    pub(super) keys: [Option<String>; 2],
    /// How many groups these are the sums of, when they are not told apart.
    pub(super) beyond: i64,
    pub(super) sums: Sums,
}

#[derive(FromRow)]
struct Row {
    period: i16,
    bucket: i64,
    name1: Option<String>,
    name2: Option<String>,
    beyond: i64,
    n: i64,
    ncost: i64,
    err: i64,
    cost_pico: String,
    tokens_in: i64,
    tokens_out: i64,
}

/// A question with ids instead of names.
pub(super) struct Resolved {
    /// 0 is all of them.
    tenant: i32,
    /// The owner besides a tenant, and its ids: a model that several providers serve has several.
    owner: Option<(Dimension, Vec<i32>)>,
    stretches: Vec<(i16, grains::Stretch)>,
    since: DateTime<Utc>,
    mid: DateTime<Utc>,
    till: DateTime<Utc>,
    bucket_seconds: i64,
    groups_max: Option<i64>,
}

impl Resolved {
    /// Looks the names up; `None` when nobody of that name was ever seen.
    pub(super) async fn new(db: &PgPool, question: &Question<'_>) -> Result<Option<Self>, StoreError> {
        let Question { range, only, bucket_seconds, .. } = *question;
        let (mut tenant, mut owner) = (0, None);
        match only {
            None => {}
            Some(Owner { dimension: Dimension::Tenant, key }) => {
                let Some(id) = tenant_id(db, Some(key.as_deref().unwrap_or_default())).await? else { return Ok(None) };
                tenant = id;
            }
            Some(Owner { dimension, key }) => {
                let ids = ids(db, *dimension, key.as_deref()).await?;
                if ids.is_empty() {
                    return Ok(None);
                }
                owner = Some((*dimension, ids));
            }
        }
        let minute = |seconds| grains::at(grains::floor(seconds, 60));
        let mid = minute(range.from.timestamp());
        let before = TimeRange { from: range.previous().from, to: mid };
        let mut stretches: Vec<_> = grains::cover(range, bucket_seconds).into_iter().map(|each| (0, each)).collect();
        if question.compare {
            stretches.extend(grains::cover(before, bucket_seconds).into_iter().map(|each| (1, each)));
        }
        let since = stretches.iter().map(|(_, each)| each.from).min().unwrap_or_default();
        let till = stretches.iter().map(|(_, each)| each.to).max().unwrap_or_default();
        let (since, till) = (grains::at(since), grains::at(till));
        let groups_max = question.groups_max.map(|max| i64::try_from(max).unwrap_or(i64::MAX - 1));
        Ok(Some(Self { tenant, owner, stretches, since, mid, till, bucket_seconds, groups_max }))
    }

    /// Sums from the rollups.
    pub(super) async fn rolled(&self, db: &mut PgConnection, question: &Question<'_>) -> Result<Vec<Line>, StoreError> {
        let dimensions = question.by.facets().filter_map(Facet::dimension);
        let rolled = dimensions.chain(self.owner.as_ref().map(|(dimension, _)| *dimension));
        let rolled = rolled.filter(|dimension| *dimension != Dimension::Tenant).max_by_key(|each| each.code());
        let (first, second) = places(question);
        let by_tenant = question.by.facets().any(|facet| facet.dimension() == Some(Dimension::Tenant));
        let part = statement::of_rollups(&first, &second, by_tenant, &self.owned());
        self.lines(db, &part, (&first, &second), rolled.unwrap_or(Dimension::Total)).await
    }

    /// The same sums from the spans.
    pub(super) async fn of_spans(
        &self,
        db: &mut PgConnection,
        question: &Question<'_>,
    ) -> Result<Vec<Line>, StoreError> {
        let (first, second) = places(question);
        let part = statement::of_spans(&first, &second, &self.owned());
        self.lines(db, &part, (&first, &second), Dimension::Total).await
    }

    async fn lines(
        &self,
        db: &mut PgConnection,
        part: &str,
        (first, second): (&Place, &Place),
        rolled: Dimension,
    ) -> Result<Vec<Line>, StoreError> {
        let statement = statement::by_name(part, first, second, self.groups_max.is_some());
        // The statement is made of literals only.
        let query: QueryAs<'_, Postgres, Row, PgArguments> = sqlx::query_as(AssertSqlSafe(statement));
        let rows = self.bind(query, rolled).fetch_all(db).await?;
        rows.into_iter().map(Row::into_line).collect()
    }

    /// A statement with the parameters that all of them have.
    pub(super) fn bind<'q, R>(
        &self,
        query: QueryAs<'q, Postgres, R, PgArguments>,
        rolled: Dimension,
    ) -> QueryAs<'q, Postgres, R, PgArguments> {
        let (grains, since, till) = grains::columns(&self.stretches());
        let query = query.bind(self.tenant).bind(grains).bind(since).bind(till).bind(self.periods());
        let query = query.bind(rolled.code()).bind(self.keys()).bind(self.since).bind(self.till).bind(self.mid);
        query.bind(self.bucket_seconds as f64).bind(self.groups_max)
    }

    /// Opens the cursor `paying_span` over the spans asked for with their payloads.
    pub(super) async fn declare_payloads(&self, db: &mut PgConnection, first: &Place) -> Result<(), StoreError> {
        // All of it is read: what comes fastest first does not matter.
        sqlx::query("set local cursor_tuple_fraction = 1").execute(&mut *db).await?;
        let (grains, since, till) = grains::columns(&self.stretches());
        let query = sqlx::query(AssertSqlSafe(statement::of_payloads(first, &self.owned())));
        let query = query.bind(self.tenant).bind(grains).bind(since).bind(till).bind(self.periods());
        let query = query.bind(Dimension::Total.code()).bind(self.keys()).bind(self.since).bind(self.till);
        query.bind(self.mid).bind(self.bucket_seconds as f64).execute(db).await?;
        Ok(())
    }

    /// Whose spend counts.
    pub(super) fn owned(&self) -> Owned {
        Owned(self.owner.as_ref().map(|(dimension, _)| facet::of_dimension(*dimension)))
    }

    fn keys(&self) -> Vec<i32> {
        self.owner.as_ref().map(|(_, ids)| ids.clone()).unwrap_or_default()
    }

    fn stretches(&self) -> Vec<grains::Stretch> {
        self.stretches.iter().map(|(_, stretch)| *stretch).collect()
    }

    /// Which period each stretch is of: 0 is the range, 1 the one before.
    fn periods(&self) -> Vec<i16> {
        self.stretches.iter().map(|(period, _)| *period).collect()
    }
}

/// Where the facets of a question are; an attribute of payloads and a second that is not there are one group.
fn places(question: &Question<'_>) -> (Place, Place) {
    let place =
        |facet: Option<&Facet>| facet.and_then(facet::of).unwrap_or_else(|| facet::of_dimension(Dimension::Total));
    (place(Some(&question.by.first)), place(question.by.second.as_ref()))
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

/// The ids of a name in its dictionary; 0 stands for none.
pub(crate) async fn ids(db: &PgPool, dimension: Dimension, name: Option<&str>) -> Result<Vec<i32>, StoreError> {
    let Some(name) = name else {
        return Ok(if dimension == Dimension::Tenant { vec![crate::UNATTRIBUTED] } else { vec![0] });
    };
    let look_up = match dimension {
        Dimension::Total => return Ok(Vec::new()),
        Dimension::DataTag => {
            let tag = DataTag::ALL.iter().find(|tag| tag.as_str() == name);
            return Ok(tag.map(|tag| i32::from(tag.code())).into_iter().collect());
        }
        Dimension::Tenant => "select id from dim_tenant where name = $1",
        Dimension::Service => "select id from dim_service where name = $1",
        Dimension::Capability => "select id from dim_capability where name = $1",
        Dimension::Model => "select id from dim_model where name = $1",
        Dimension::User => "select id from dim_user where name = $1",
    };
    Ok(sqlx::query_scalar(look_up).bind(name).fetch_all(db).await?)
}

impl Row {
    fn into_line(self) -> Result<Line, StoreError> {
        let sums = Sums {
            spans: self.n,
            priced_spans: self.ncost,
            errors: self.err,
            cost: UsdSum::from_pico(pico(&self.cost_pico, "cost_rollup")?),
            tokens_in: self.tokens_in,
            tokens_out: self.tokens_out,
        };
        let keys = [self.name1, self.name2];
        Ok(Line { is_before: self.period == 1, bucket: self.bucket, keys, beyond: self.beyond, sums })
    }
}
