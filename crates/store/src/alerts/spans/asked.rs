//! A query about spans that is met row by row: its names are ids, what it asks about are places in a row of numbers, and its groups
//! are added up here.

use std::collections::HashSet;

use model::alert::query::spans::{Bound, By, Condition, Figure, KEYS_MAX, SpanQuery, Subject};
use model::cost::{Dimension, Facet};
use model::span::Status;
use rustc_hash::FxHashMap;
use sqlx::{AssertSqlSafe, PgPool};

use super::statement::{column, dictionary, is_always_there, span_place};
use super::sum::Sum;
use super::{Found, GROUPS_MAX, Group};
use crate::StoreError;

/// The ids a group has of each key.
type Key = [i64; KEYS_MAX];

/// The columns queries ask about, each once.
#[derive(Default)]
pub(super) struct Columns(pub Vec<&'static str>);

/// A query, and its groups so far.
pub(super) struct Asked<'a> {
    query: &'a SpanQuery,
    tests: Vec<Test>,
    keys: Vec<usize>,
    amount: Option<usize>,
    status: Option<usize>,
    /// `None` once there are more groups than are held.
    sums: Option<FxHashMap<Key, Sum>>,
}

/// A condition on a row: what is in a place.
enum Test {
    /// It is one of these ids, in order, or is none of them.
    Ids {
        place: usize,
        ids: Vec<i64>,
        is_one: bool,
    },
    Has(usize, Bound),
    Lacks(usize),
}

impl Columns {
    /// Where a column is in a row, which has it from then on.
    pub fn place(&mut self, column: &'static str) -> usize {
        self.0.iter().position(|known| *known == column).unwrap_or_else(|| {
            self.0.push(column);
            self.0.len() - 1
        })
    }
}

impl Test {
    async fn of(db: &PgPool, condition: &Condition, columns: &mut Columns) -> Result<Option<Self>, StoreError> {
        Ok(Some(match condition {
            Condition::Is { facet, value, is_equal } => {
                let place = columns.place(span_place(facet));
                let ids = if *is_equal { ids_of(db, facet, value).await? } else { ids_but(db, facet, value).await? };
                Self::Ids { place, ids, is_one: *is_equal }
            }
            Condition::Missing(Subject::Facet(facet)) => {
                let none = match facet {
                    Facet::Dimension(Dimension::Tenant) => vec![crate::UNATTRIBUTED.into()],
                    _ if is_always_there(facet) => Vec::new(),
                    _ => vec![0],
                };
                Self::Ids { place: columns.place(span_place(facet)), ids: none, is_one: true }
            }
            Condition::Missing(Subject::Amount(amount)) => Self::Lacks(columns.place(column(*amount))),
            Condition::Has { amount, bound } => Self::Has(columns.place(column(*amount)), *bound),
            // Of what only spans say there is none here.
            Condition::Number { .. } => return Ok(None),
        }))
    }

    fn is_met(&self, row: &[Option<i64>]) -> bool {
        let at = |place: usize| row.get(place).copied().flatten();
        match self {
            Self::Ids { place, ids, is_one } => at(*place).is_some_and(|id| ids.binary_search(&id).is_ok() == *is_one),
            Self::Has(place, bound) => at(*place).is_some_and(|amount| bound.holds(amount.into())),
            Self::Lacks(place) => at(*place).is_none(),
        }
    }
}

impl<'a> Asked<'a> {
    pub async fn new(db: &PgPool, query: &'a SpanQuery, columns: &mut Columns) -> Result<Self, StoreError> {
        let mut tests = Vec::new();
        for condition in &query.conditions {
            tests.extend(Test::of(db, condition, columns).await?);
        }
        let is_about_errors = matches!(query.figure, Figure::Errors | Figure::ErrorRate);
        Ok(Self {
            query,
            tests,
            keys: query.by.keys().iter().map(|key| columns.place(span_place(key))).collect(),
            amount: query.figure.amount().map(|amount| columns.place(column(amount))),
            status: is_about_errors.then(|| columns.place("s.status")),
            sums: Some(FxHashMap::default()),
        })
    }

    /// How many groups it has.
    pub fn held(&self) -> usize {
        self.sums.as_ref().map_or(0, FxHashMap::len)
    }

    /// Gives them up: it has too many.
    pub fn give_up(&mut self) {
        self.sums = None;
    }

    /// Adds a span that arrived in its window.
    pub fn add(&mut self, row: &[Option<i64>]) {
        let Some(sums) = &mut self.sums else { return };
        if !self.tests.iter().all(|test| test.is_met(row)) {
            return;
        }
        let at = |place: usize| row.get(place).copied().flatten();
        let mut group = [0; KEYS_MAX];
        for (key, place) in group.iter_mut().zip(&self.keys) {
            *key = at(*place).unwrap_or_default();
        }
        let is_error = self.status.and_then(at) == Some(Status::Error.code().into());
        sums.entry(group).or_default().add(is_error, self.amount.and_then(at));
    }

    /// The groups beyond the bound, the worst first; `None` of a query with too many groups.
    pub async fn found(&self, db: &PgPool, bound: Bound) -> Result<Option<Found>, StoreError> {
        let Some(sums) = &self.sums else { return Ok(None) };
        let worth = |sum: &Sum| sum.value(self.query.figure).filter(|value| bound.holds(*value));
        let mut beyond: Vec<(Key, i128)> = sums.iter().filter_map(|(ids, sum)| Some((*ids, worth(sum)?))).collect();
        if self.query.by == By::All && sums.is_empty() {
            // All spans together are a group also when there are none.
            beyond.extend(worth(&Sum::default()).map(|value| ([0; KEYS_MAX], value)));
        }
        let mut names = Vec::new();
        for (place, key) in self.query.by.keys().iter().enumerate() {
            let ids: HashSet<i64> = beyond.iter().map(|(ids, _)| ids[place]).collect();
            names.push(names_of(db, key, ids.into_iter().collect()).await?);
        }
        let group = |(ids, value): (Key, i128)| {
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

/// The ids of this name.
async fn ids_of(db: &PgPool, key: &Facet, value: &str) -> Result<Vec<i64>, StoreError> {
    let Some(dictionary) = dictionary(key) else { return Ok(Vec::new()) };
    ids(db, format!("select d.id::int8 from {dictionary} d where d.name = $1 order by 1"), value).await
}

/// The ids of all that has not another name: of this one, and of none.
async fn ids_but(db: &PgPool, key: &Facet, value: &str) -> Result<Vec<i64>, StoreError> {
    let Some(dictionary) = dictionary(key) else { return Ok(Vec::new()) };
    let unnamed = format!("select 0::int8 where not exists (select from {dictionary} d where d.id = 0)");
    let named = format!("select d.id::int8 from {dictionary} d where d.name in ('', $1)");
    ids(db, format!("{unnamed} union all {named} order by 1"), value).await
}

/// `statement` is of literals of ours; what was typed is its parameter.
async fn ids(db: &PgPool, statement: String, value: &str) -> Result<Vec<i64>, StoreError> {
    Ok(sqlx::query_scalar(AssertSqlSafe(statement)).bind(value).fetch_all(db).await?)
}

async fn names_of(db: &PgPool, key: &Facet, ids: Vec<i64>) -> Result<FxHashMap<i64, String>, StoreError> {
    let Some(dictionary) = dictionary(key).filter(|_| !ids.is_empty()) else { return Ok(FxHashMap::default()) };
    let query = format!("select d.id::int8, d.name from {dictionary} d where d.id = any($1) and d.name <> ''");
    let rows: Vec<(i64, String)> = sqlx::query_as(AssertSqlSafe(query)).bind(ids).fetch_all(db).await?;
    Ok(rows.into_iter().collect())
}
