//! What queries about spans find: the groups whose figure is beyond a limit, in a window or in each of many ([`slices`]).
//!
//! What the rows of spans know is worked out by PostgreSQL (`statement`); conditions and keys that are only in what spans say are
//! read span by span (`said`), from as many spans as fit a bound.

use chrono::{DateTime, Utc};
use model::TraceId;
use model::alert::EVIDENCE_MAX;
use model::alert::query::spans::{Bound, By, SpanQuery, facet_name};
use model::time::TimeRange;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

pub use self::many::{Ask, groups_of_many};
use self::statement::{Statement, Window};
use crate::{StoreError, grains, traces};

mod asked;
mod many;
mod numbers;
mod said;
mod statement;
mod sum;
#[cfg(test)]
mod tests;

/// Most groups of a query that are told apart, the worst first: each may become an alert.
pub const GROUPS_MAX: usize = 1_000;

/// Most groups and slices of time that are told apart when a query is tried on the past.
const SLICES_MAX: usize = 20_000;

/// A group of spans, and its figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What its spans have of each key; `None` where they have none.
    pub keys: Vec<Option<String>>,
    /// The figure, in the unit of its limit.
    pub value: i128,
}

impl Group {
    /// Its keys by name; what it has none of is left out.
    pub fn labels(&self, query: &SpanQuery) -> Vec<(String, String)> {
        let named = query.by.keys().iter().zip(&self.keys);
        named.filter_map(|(key, value)| Some((facet_name(key).to_owned(), value.clone()?))).collect()
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The groups, the worst first.
    pub groups: Vec<Group>,
    /// How many there are besides.
    pub beyond: i64,
}

/// The groups of spans that arrived in `window` whose figure is beyond `bound`; of a query by trace the traces, of one of all spans
/// at most one. Spans that were history when they came are left out. Without a bound, the figure as it is.
pub async fn groups(
    db: &PgPool,
    query: &SpanQuery,
    bound: Option<Bound>,
    window: TimeRange,
) -> Result<Found, StoreError> {
    let window = Window::Arrived(window);
    let rows = if query.is_said() {
        said::groups(db, query, bound, window, GROUPS_MAX).await?
    } else {
        statement::groups(db, query, bound, window, GROUPS_MAX).await?
    };
    let beyond = rows.beyond;
    Ok(Found { groups: rows.rows.into_iter().map(|row| row.group).collect(), beyond })
}

/// A group in one slice of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// When its slice begins, in seconds since 1970.
    slice: i64,
    group: Group,
}

/// Rows, and how many there are besides.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    rows: Vec<Row>,
    beyond: i64,
}

/// The groups beyond the bound of `query` in each slice of `range`, by when spans began. The flag is false when there are more than
/// can be told apart: then it is the worst of them.
pub async fn slices(
    db: &PgPool,
    query: &SpanQuery,
    bound: Option<Bound>,
    range: TimeRange,
    slice_seconds: i64,
) -> Result<(Vec<(DateTime<Utc>, Group)>, bool), StoreError> {
    let window = Window::Began(range, slice_seconds);
    let rows = if query.is_said() {
        said::groups(db, query, bound, window, SLICES_MAX).await?
    } else {
        statement::groups(db, query, bound, window, SLICES_MAX).await?
    };
    let is_all = rows.beyond == 0;
    let mut slices: Vec<_> = rows.rows.into_iter().map(|row| (grains::at(row.slice), row.group)).collect();
    slices.sort_by_key(|(at, _)| *at);
    Ok((slices, is_all))
}

/// Whether a span that meets the conditions arrived in `window`.
pub async fn has_data(db: &PgPool, query: &SpanQuery, window: TimeRange) -> Result<bool, StoreError> {
    let any = SpanQuery {
        figure: model::alert::query::spans::Figure::Spans,
        by: By::All,
        bound: None,
        conditions: query.conditions.clone(),
    };
    let at_least_one = Bound { op: model::alert::query::Comparison::GreaterOrEqual, limit: 1 };
    Ok(!groups(db, &any, Some(at_least_one), window).await?.groups.is_empty())
}

/// The traces behind a group, those with the most of it first, and who else is behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Behind {
    /// At most [`EVIDENCE_MAX`].
    pub evidence: Vec<TraceId>,
    /// Tenant, service and operation most of its spans are of.
    pub labels: Vec<(String, String)>,
}

#[derive(FromRow)]
struct BehindRow {
    evidence: Option<Vec<Uuid>>,
    tenant: Option<String>,
    service: Option<String>,
    operation: Option<String>,
}

/// What is behind a group of `query` in `window`. Of a group that is told apart by what spans say, spans that meet what rows know.
pub async fn behind(db: &PgPool, query: &SpanQuery, group: &Group, window: TimeRange) -> Result<Behind, StoreError> {
    let mut statement = Statement::new(query, Window::Arrived(window));
    statement.push_behind(&group.keys, EVIDENCE_MAX);
    let row: BehindRow = statement.sql.build_query_as().fetch_one(db).await?;
    let labels = [("tenant", row.tenant), ("service", row.service), ("operation", row.operation)];
    let named = |(label, name): (&str, Option<String>)| Some((label.to_owned(), name.filter(|name| !name.is_empty())?));
    Ok(Behind {
        evidence: row.evidence.unwrap_or_default().into_iter().map(traces::trace_id).collect::<Result<_, _>>()?,
        labels: labels.into_iter().filter_map(named).collect(),
    })
}
