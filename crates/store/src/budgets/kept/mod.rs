//! Budgets that people make, and the history of who did what to them.
//!
//! Writers take turns by a lock, so that the last line of the history tells whoever reads it whether there is something new.

use chrono::{DateTime, Utc};
use model::Usd;
use model::alert::hold::Person;
use model::budget::rulebook::{Action, BUDGETS_MAX, Change, Kept};
use model::budget::{Budget, BurnLimits};
use sqlx::{FromRow, PgConnection, PgPool, Postgres, Transaction};

use crate::StoreError;

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done, and this line of the history says so.
    Done(i64),
    /// There is no such budget.
    Gone,
    /// Somebody else has changed it since, and this is what it is now.
    Newer(Box<Kept>),
    /// Another one has this address.
    Taken,
    /// There are as many as there may be.
    Full,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    name: String,
    scope: String,
    period: String,
    limit_pico: i64,
    thresholds: Vec<i16>,
    burn_fast: i64,
    burn_slow: i64,
    version: i64,
    changed_by: String,
    changed_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct ChangeRow {
    id: i64,
    at: DateTime<Utc>,
    by_whom: String,
    note: String,
    action: i16,
    slug: String,
    name: String,
    before_words: String,
    after_words: String,
}

/// The last line of the history: the same number, the same budgets.
pub async fn revision(db: &PgPool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("select coalesce(max(id), 0) from budget_change").fetch_one(db).await?)
}

/// All that are kept, in the order they were made.
pub async fn all(db: &PgPool) -> Result<Vec<Kept>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as("select * from budget order by id").fetch_all(db).await?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// The history, newest first, at most `lines_max` lines of it; of one budget, or of all.
pub async fn history(db: &PgPool, slug: Option<&str>, lines_max: i64) -> Result<Vec<Change>, StoreError> {
    let rows: Vec<ChangeRow> =
        sqlx::query_as("select * from budget_change where $1::text is null or slug = $1 order by id desc limit $2")
            .bind(slug)
            .bind(lines_max)
            .fetch_all(db)
            .await?;
    rows.into_iter().map(Change::try_from).collect()
}

/// One line of the history.
pub async fn change(db: &PgPool, id: i64) -> Result<Option<Change>, StoreError> {
    let row: Option<ChangeRow> =
        sqlx::query_as("select * from budget_change where id = $1").bind(id).fetch_optional(db).await?;
    row.map(Change::try_from).transpose()
}

/// Makes a budget.
pub async fn make(db: &PgPool, budget: &Budget, person: &Person, now: DateTime<Utc>) -> Result<Outcome, StoreError> {
    let mut turn = turn(db).await?;
    let count: i64 = sqlx::query_scalar("select count(*) from budget").fetch_one(&mut *turn).await?;
    if count >= BUDGETS_MAX as i64 {
        return Ok(Outcome::Full);
    }
    let made = sqlx::query(
        "insert into budget (slug, name, scope, period, limit_pico, thresholds, burn_fast, burn_slow, changed_by, changed_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (slug) do nothing",
    );
    let done = with_rule(made, budget).bind(person.by()).bind(now).execute(&mut *turn).await?;
    if done.rows_affected() == 0 {
        return Ok(Outcome::Taken);
    }
    let entry = Entry { action: Action::Made, slug: &budget.slug(), before: None, after: Some(budget) };
    entry.keep(turn, person, now).await
}

/// Makes another one of the budget of this address, unless it is no longer the one that was seen.
pub async fn replace(
    db: &PgPool,
    (slug, seen): (&str, Option<i64>),
    budget: &Budget,
    person: &Person,
    now: DateTime<Utc>,
) -> Result<Outcome, StoreError> {
    let mut turn = turn(db).await?;
    let (id, before) = match found(&mut turn, slug, seen).await? {
        Ok(found) => found,
        Err(outcome) => return Ok(outcome),
    };
    let taken: bool = sqlx::query_scalar("select exists (select from budget where slug = $1 and id <> $2)")
        .bind(budget.slug())
        .bind(id)
        .fetch_one(&mut *turn)
        .await?;
    if taken {
        return Ok(Outcome::Taken);
    }
    let changed = sqlx::query(
        "update budget set slug = $1, name = $2, scope = $3, period = $4, limit_pico = $5, thresholds = $6, burn_fast = $7, \
                burn_slow = $8, changed_by = $9, changed_at = $10, version = version + 1 where id = $11",
    );
    with_rule(changed, budget).bind(person.by()).bind(now).bind(id).execute(&mut *turn).await?;
    let entry = Entry { action: Action::Changed, slug, before: Some(&before.budget), after: Some(budget) };
    entry.keep(turn, person, now).await
}

/// Deletes the budget of this address, unless it is no longer the one that was seen.
pub async fn delete(
    db: &PgPool,
    (slug, seen): (&str, Option<i64>),
    person: &Person,
    now: DateTime<Utc>,
) -> Result<Outcome, StoreError> {
    let mut turn = turn(db).await?;
    let (id, before) = match found(&mut turn, slug, seen).await? {
        Ok(found) => found,
        Err(outcome) => return Ok(outcome),
    };
    sqlx::query("delete from budget where id = $1").bind(id).execute(&mut *turn).await?;
    let entry = Entry { action: Action::Deleted, slug, before: Some(&before.budget), after: None };
    entry.keep(turn, person, now).await
}

/// Waits until nobody else changes budgets; the lock ends with the transaction.
async fn turn(db: &PgPool) -> Result<Transaction<'static, Postgres>, StoreError> {
    let mut transaction = db.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('tracetab:budgets', 0))")
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

async fn found(
    connection: &mut PgConnection,
    slug: &str,
    seen: Option<i64>,
) -> Result<Result<(i64, Kept), Outcome>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("select * from budget where slug = $1").bind(slug).fetch_optional(connection).await?;
    let Some(row) = row else { return Ok(Err(Outcome::Gone)) };
    let (id, kept) = (row.id, Kept::try_from(row)?);
    let is_newer = seen.is_some_and(|seen| seen != kept.version);
    Ok(if is_newer { Err(Outcome::Newer(Box::new(kept))) } else { Ok((id, kept)) })
}

type Statement = sqlx::query::Query<'static, Postgres, sqlx::postgres::PgArguments>;

fn with_rule(statement: Statement, budget: &Budget) -> Statement {
    // Thresholds are at most a thousand.
    let thresholds: Vec<i16> = budget.thresholds.iter().map(|percent| percent.cast_signed()).collect();
    statement
        .bind(budget.slug())
        .bind(budget.name.clone())
        .bind(budget.scope.to_string())
        .bind(budget.period.to_string())
        .bind(budget.limit.pico())
        .bind(thresholds)
        .bind(budget.burn_limits.fast)
        .bind(budget.burn_limits.slow)
}

/// A line of the history to be.
struct Entry<'a> {
    action: Action,
    slug: &'a str,
    before: Option<&'a Budget>,
    after: Option<&'a Budget>,
}

impl Entry<'_> {
    /// Writes it with what was done.
    async fn keep(
        self,
        mut turn: Transaction<'static, Postgres>,
        person: &Person,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StoreError> {
        let words = |budget: Option<&Budget>| budget.map(ToString::to_string).unwrap_or_default();
        let name = self.after.or(self.before).map(|budget| budget.name.as_str()).unwrap_or_default();
        let id = sqlx::query_scalar(
            "insert into budget_change (at, by_whom, note, action, slug, name, before_words, after_words) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        )
        .bind(now)
        .bind(person.by())
        .bind(person.note())
        .bind(self.action.code())
        .bind(self.slug)
        .bind(name)
        .bind(words(self.before))
        .bind(words(self.after))
        .fetch_one(&mut *turn)
        .await?;
        turn.commit().await?;
        Ok(Outcome::Done(id))
    }
}

impl TryFrom<Row> for Kept {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let wrong = |column| StoreError::Inconsistent { table: "budget", column, id: row.id.to_string() };
        let thresholds: Result<Vec<u16>, _> = row.thresholds.iter().map(|percent| u16::try_from(*percent)).collect();
        let budget = Budget {
            scope: row.scope.parse().map_err(|_| wrong("scope"))?,
            period: row.period.parse().map_err(|_| wrong("period"))?,
            limit: Usd::from_pico(row.limit_pico),
            thresholds: thresholds.map_err(|_| wrong("thresholds"))?,
            burn_limits: BurnLimits { fast: row.burn_fast, slow: row.burn_slow },
            name: row.name,
        };
        Ok(Self { budget, version: row.version, by: row.changed_by, at: row.changed_at })
    }
}

impl TryFrom<ChangeRow> for Change {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        let wrong = StoreError::Inconsistent { table: "budget_change", column: "action", id: row.id.to_string() };
        Ok(Self {
            id: row.id,
            at: row.at,
            by: row.by_whom,
            note: row.note,
            action: Action::from_code(row.action).ok_or(wrong)?,
            slug: row.slug,
            name: row.name,
            before: row.before_words,
            after: row.after_words,
        })
    }
}

#[cfg(test)]
mod tests;
