//! Many queries about the spans of one window, by one look at them: how many there are costs little.
//!
//! Queries whose figures are sums are worked out here, span by span, of what rows know. What needs the spans together (percentiles,
//! traces that are told apart) or what they say is asked for by itself, and so is a query with more groups than are held in memory.

use std::collections::{HashMap, HashSet};
use std::future::ready;

use futures::TryStreamExt;
use model::alert::query::spans::{Amount, Bound, By, Condition, Figure, KEYS_MAX, SpanQuery, Subject};
use model::cost::{Dimension, Facet};
use model::span::Status;
use model::time::TimeRange;
use sqlx::{AssertSqlSafe, FromRow, PgPool, QueryBuilder};

use super::statement::{Statement, Window, column, dictionary, is_always_there, span_place};
use super::sum::{Amounts, Sum};
use super::{Found, GROUPS_MAX, Group, groups};
use crate::StoreError;

/// From so many queries on a window is read once for all of them: below, PostgreSQL adds up faster than rows are sent.
const SHARED_MIN: usize = 4;

/// Groups of one query that are held in memory: some megabytes.
const HELD_MAX: usize = 20_000;

/// What is known of a span, as far as queries ask.
#[derive(FromRow)]
struct Row {
    ids: Vec<i32>,
    status: i16,
    #[sqlx(flatten)]
    amounts: Amounts,
}

/// A query with ids for names and places for columns.
struct Asked<'a> {
    query: &'a SpanQuery,
    tests: Vec<Test>,
    keys: Vec<usize>,
    /// `None` once there are more groups than are held.
    sums: Option<HashMap<[i32; KEYS_MAX], Sum>>,
}

/// A condition on a row.
enum Test {
    /// The id at a place is one of these, or is not.
    Ids(usize, HashSet<i32>),
    Has(Amount, Bound),
    Lacks(Amount),
}

/// The groups of each query beyond its bound, as [`groups`] finds them.
pub async fn groups_of_many(
    db: &PgPool,
    asks: &[(&SpanQuery, Bound)],
    window: TimeRange,
) -> Result<Vec<Found>, StoreError> {
    let is_shared = |query: &SpanQuery| {
        let is_sum = !matches!(query.figure, Figure::Traces | Figure::Percentile(_));
        is_sum && !query.is_said() && query.by != By::Trace
    };
    let shared: Vec<usize> = (0..asks.len()).filter(|place| is_shared(asks[*place].0)).collect();
    let mut found: Vec<Option<Found>> = asks.iter().map(|_| None).collect();
    if shared.len() >= SHARED_MIN {
        let queries: Vec<&SpanQuery> = shared.iter().map(|place| asks[*place].0).collect();
        for (place, asked) in shared.into_iter().zip(scan(db, &queries, window).await?) {
            found[place] = asked.found(db, asks[place].1).await?;
        }
    }
    let mut all = Vec::with_capacity(asks.len());
    for (known, (query, bound)) in found.into_iter().zip(asks) {
        all.push(match known {
            Some(found) => found,
            None => groups(db, query, Some(*bound), window).await?,
        });
    }
    Ok(all)
}

/// Reads the window once.
async fn scan<'a>(db: &PgPool, queries: &[&'a SpanQuery], window: TimeRange) -> Result<Vec<Asked<'a>>, StoreError> {
    let mut columns: Vec<&'static str> = Vec::new();
    let mut asked = Vec::with_capacity(queries.len());
    for query in queries {
        asked.push(Asked::new(db, query, &mut columns).await?);
    }
    let everything = SpanQuery { figure: Figure::Spans, by: By::All, bound: None, conditions: Vec::new() };
    let mut statement = Statement::new(&everything, Window::Arrived(window));
    statement
        .sql
        .push("select array[")
        .push(columns.join(", "))
        .push("]::int4[] as ids, s.status, s.cost_pico as cost");
    statement.sql.push(", s.duration_ns as duration, ").push(column(Amount::TokensIn)).push(" as tokens_in, ");
    statement.sql.push(column(Amount::TokensOut)).push(" as tokens_out");
    statement.push_matching();
    let mut sql: QueryBuilder<_> = statement.sql;
    let rows = sql.build_query_as::<Row>().fetch(db);
    rows.try_for_each(|row| {
        asked.iter_mut().for_each(|asked| asked.add(&row));
        ready(Ok(()))
    })
    .await?;
    Ok(asked)
}

/// Where a column is among those that are read.
fn place(columns: &mut Vec<&'static str>, column: &'static str) -> usize {
    columns.iter().position(|known| *known == column).unwrap_or_else(|| {
        columns.push(column);
        columns.len() - 1
    })
}

impl<'a> Asked<'a> {
    async fn new(db: &PgPool, query: &'a SpanQuery, columns: &mut Vec<&'static str>) -> Result<Self, StoreError> {
        let mut tests = Vec::new();
        for condition in &query.conditions {
            tests.push(match condition {
                Condition::Is { facet, value, is_equal } => {
                    Test::Ids(place(columns, span_place(facet)), ids(db, facet, value, *is_equal).await?)
                }
                Condition::Missing(Subject::Facet(facet)) => {
                    let none = match facet {
                        Facet::Dimension(Dimension::Tenant) => HashSet::from([crate::UNATTRIBUTED]),
                        _ if is_always_there(facet) => HashSet::new(),
                        _ => HashSet::from([0]),
                    };
                    Test::Ids(place(columns, span_place(facet)), none)
                }
                Condition::Missing(Subject::Amount(amount)) => Test::Lacks(*amount),
                Condition::Has { amount, bound } => Test::Has(*amount, *bound),
                // Of what only spans say there is none here.
                Condition::Number { .. } => continue,
            });
        }
        let keys = query.by.keys().iter().map(|key| place(columns, span_place(key))).collect();
        Ok(Self { query, tests, keys, sums: Some(HashMap::new()) })
    }

    fn add(&mut self, row: &Row) {
        let Some(sums) = &mut self.sums else { return };
        let meets = |test: &Test| match test {
            Test::Ids(place, ids) => row.ids.get(*place).is_some_and(|id| ids.contains(id)),
            Test::Has(amount, bound) => row.amounts.of(*amount).is_some_and(|amount| bound.holds(amount)),
            Test::Lacks(amount) => row.amounts.of(*amount).is_none(),
        };
        if !self.tests.iter().all(meets) {
            return;
        }
        let mut group = [0; KEYS_MAX];
        for (key, place) in group.iter_mut().zip(&self.keys) {
            *key = row.ids.get(*place).copied().unwrap_or_default();
        }
        sums.entry(group).or_default().add(self.query.figure, row.status == Status::Error.code(), &row.amounts);
        if sums.len() > HELD_MAX {
            self.sums = None;
        }
    }

    /// `None` of a query with too many groups.
    async fn found(self, db: &PgPool, bound: Bound) -> Result<Option<Found>, StoreError> {
        let Some(mut sums) = self.sums else { return Ok(None) };
        if self.query.by == By::All {
            // All spans together are a group also when there are none.
            sums.entry([0; KEYS_MAX]).or_default();
        }
        let beyond = sums.into_iter().filter_map(|(ids, sum)| {
            let value = sum.value(self.query.figure).filter(|value| bound.holds(*value))?;
            Some((ids, value))
        });
        let beyond: Vec<([i32; KEYS_MAX], i128)> = beyond.collect();
        let mut names = Vec::new();
        for (place, key) in self.query.by.keys().iter().enumerate() {
            let ids: HashSet<i32> = beyond.iter().map(|(ids, _)| ids[place]).collect();
            names.push(names_of(db, key, ids.into_iter().collect()).await?);
        }
        let group = |(ids, value): ([i32; KEYS_MAX], i128)| {
            let keys = names.iter().zip(ids).map(|(names, id)| names.get(&id).cloned()).collect();
            Group { keys, value }
        };
        let mut groups: Vec<Group> = beyond.into_iter().map(group).collect();
        groups.sort_by(|left, right| {
            let worst =
                if bound.looks_for_small() { left.value.cmp(&right.value) } else { right.value.cmp(&left.value) };
            worst.then_with(|| left.keys.cmp(&right.keys))
        });
        let left_out = i64::try_from(groups.len().saturating_sub(GROUPS_MAX)).unwrap_or(i64::MAX);
        groups.truncate(GROUPS_MAX);
        Ok(Some(Found { groups, beyond: left_out }))
    }
}

/// The ids of those that have this name, or another.
async fn ids(db: &PgPool, key: &Facet, value: &str, is_equal: bool) -> Result<HashSet<i32>, StoreError> {
    let Some(dictionary) = dictionary(key) else { return Ok(HashSet::new()) };
    let sign = if is_equal { "=" } else { "<> '' and d.name <>" };
    // Literals of ours; what was typed is a parameter.
    let query = format!("select d.id::int4 from {dictionary} d where d.name {sign} $1");
    Ok(sqlx::query_scalar::<_, i32>(AssertSqlSafe(query)).bind(value).fetch_all(db).await?.into_iter().collect())
}

async fn names_of(db: &PgPool, key: &Facet, ids: Vec<i32>) -> Result<HashMap<i32, String>, StoreError> {
    let Some(dictionary) = dictionary(key) else { return Ok(HashMap::new()) };
    let query = format!("select d.id::int4, d.name from {dictionary} d where d.id = any($1) and d.name <> ''");
    let rows: Vec<(i32, String)> = sqlx::query_as(AssertSqlSafe(query)).bind(ids).fetch_all(db).await?;
    Ok(rows.into_iter().collect())
}
