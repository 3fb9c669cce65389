//! Rules of alerts that people make, and the history of who did what to them.
//!
//! Writers take turns by a lock, so that the last line of the history tells whoever reads it whether there is something new.

use chrono::{DateTime, Utc};
use model::alert::Rule;
use model::alert::hold::Person;
use model::alert::rule::book::{Kept, RULES_MAX};
use model::alert::rule::draft::Draft;
use model::budget::rulebook::{Action, Change};
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection, PgPool, Postgres, Transaction};

use crate::StoreError;

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done: the rule it was done to, and the line of the history that says so.
    Done {
        /// The rule.
        rule: i64,
        /// The line.
        change: i64,
    },
    /// There is no such rule.
    Gone,
    /// Somebody else has changed it since, and this is what it is now.
    Newer(Box<Kept>),
    /// Another one has this name.
    Taken,
    /// There are as many as there may be.
    Full,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    said: Json<Draft>,
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
    rule_id: i64,
    name: String,
    before_words: String,
    after_words: String,
}

/// The last line of the history: the same number, the same rules.
pub async fn revision(db: &PgPool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("select coalesce(max(id), 0) from alert_rule_change").fetch_one(db).await?)
}

/// All that are kept, in the order they were made. Those of a later release, which this one cannot read, are left out.
pub async fn all(db: &PgPool) -> Result<Vec<Kept>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as("select * from alert_rule order by id").fetch_all(db).await?;
    Ok(rows.into_iter().filter_map(Row::kept).collect())
}

/// The history, newest first, at most `lines_max` lines of it.
pub async fn history(db: &PgPool, lines_max: i64) -> Result<Vec<Change>, StoreError> {
    let rows: Vec<ChangeRow> = sqlx::query_as("select * from alert_rule_change order by id desc limit $1")
        .bind(lines_max)
        .fetch_all(db)
        .await?;
    rows.into_iter().map(Change::try_from).collect()
}

/// Makes a rule.
pub async fn make(db: &PgPool, rule: &Rule, person: &Person, now: DateTime<Utc>) -> Result<Outcome, StoreError> {
    let mut turn = turn(db).await?;
    let count: i64 = sqlx::query_scalar("select count(*) from alert_rule").fetch_one(&mut *turn).await?;
    if count >= RULES_MAX as i64 {
        return Ok(Outcome::Full);
    }
    let made = "insert into alert_rule (name, said, changed_by, changed_at) values ($1, $2, $3, $4) \
                on conflict (name) do nothing returning id";
    let id: Option<i64> = sqlx::query_scalar(made)
        .bind(&rule.name)
        .bind(Json(Draft::of(rule)))
        .bind(person.by())
        .bind(now)
        .fetch_optional(&mut *turn)
        .await?;
    let Some(id) = id else { return Ok(Outcome::Taken) };
    Entry { action: Action::Made, id, before: None, after: Some(rule) }.keep(turn, person, now).await
}

/// Makes another one of the rule, unless it is no longer the one that was seen.
pub async fn replace(
    db: &PgPool,
    (id, seen): (i64, Option<i64>),
    rule: &Rule,
    person: &Person,
    now: DateTime<Utc>,
) -> Result<Outcome, StoreError> {
    let mut turn = turn(db).await?;
    let before = match found(&mut turn, id, seen).await? {
        Ok(found) => found,
        Err(outcome) => return Ok(outcome),
    };
    let taken: bool = sqlx::query_scalar("select exists (select from alert_rule where name = $1 and id <> $2)")
        .bind(&rule.name)
        .bind(id)
        .fetch_one(&mut *turn)
        .await?;
    if taken {
        return Ok(Outcome::Taken);
    }
    let changed = "update alert_rule set name = $1, said = $2, changed_by = $3, changed_at = $4, version = version + 1 \
                   where id = $5";
    sqlx::query(changed)
        .bind(&rule.name)
        .bind(Json(Draft::of(rule)))
        .bind(person.by())
        .bind(now)
        .bind(id)
        .execute(&mut *turn)
        .await?;
    let entry = Entry { action: Action::Changed, id, before: Some(&before.rule), after: Some(rule) };
    entry.keep(turn, person, now).await
}

/// Deletes a rule, unless it is no longer the one that was seen.
pub async fn delete(
    db: &PgPool,
    (id, seen): (i64, Option<i64>),
    person: &Person,
    now: DateTime<Utc>,
) -> Result<Outcome, StoreError> {
    let mut turn = turn(db).await?;
    let before = match found(&mut turn, id, seen).await? {
        Ok(found) => found,
        Err(outcome) => return Ok(outcome),
    };
    sqlx::query("delete from alert_rule where id = $1").bind(id).execute(&mut *turn).await?;
    Entry { action: Action::Deleted, id, before: Some(&before.rule), after: None }.keep(turn, person, now).await
}

/// Waits until nobody else changes rules; the lock ends with the transaction.
async fn turn(db: &PgPool) -> Result<Transaction<'static, Postgres>, StoreError> {
    let mut transaction = db.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('tracetab:alert_rules', 0))")
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

async fn found(connection: &mut PgConnection, id: i64, seen: Option<i64>) -> Result<Result<Kept, Outcome>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("select * from alert_rule where id = $1").bind(id).fetch_optional(connection).await?;
    let Some(row) = row else { return Ok(Err(Outcome::Gone)) };
    let wrong = StoreError::Inconsistent { table: "alert_rule", column: "said", id: id.to_string() };
    let kept = row.kept().ok_or(wrong)?;
    let is_newer = seen.is_some_and(|seen| seen != kept.version);
    Ok(if is_newer { Err(Outcome::Newer(Box::new(kept))) } else { Ok(kept) })
}

/// A line of the history to be.
struct Entry<'a> {
    action: Action,
    id: i64,
    before: Option<&'a Rule>,
    after: Option<&'a Rule>,
}

impl Entry<'_> {
    /// Writes it with what was done.
    async fn keep(
        self,
        mut turn: Transaction<'static, Postgres>,
        person: &Person,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StoreError> {
        let words = |rule: Option<&Rule>| rule.map(Rule::words).unwrap_or_default();
        let name = self.after.or(self.before).map(|rule| rule.name.as_str()).unwrap_or_default();
        let change = sqlx::query_scalar(
            "insert into alert_rule_change (at, by_whom, note, action, rule_id, name, before_words, after_words) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        )
        .bind(now)
        .bind(person.by())
        .bind(person.note())
        .bind(self.action.code())
        .bind(self.id)
        .bind(name)
        .bind(words(self.before))
        .bind(words(self.after))
        .fetch_one(&mut *turn)
        .await?;
        turn.commit().await?;
        Ok(Outcome::Done { rule: self.id, change })
    }
}

impl Row {
    /// `None` of a rule of a later release, which this one cannot read.
    fn kept(self) -> Option<Kept> {
        let rule = self.said.0.read().ok()?;
        Some(Kept { id: self.id, rule, version: self.version, by: self.changed_by, at: self.changed_at })
    }
}

impl TryFrom<ChangeRow> for Change {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        let wrong = StoreError::Inconsistent { table: "alert_rule_change", column: "action", id: row.id.to_string() };
        Ok(Self {
            id: row.id,
            at: row.at,
            by: row.by_whom,
            note: row.note,
            action: Action::from_code(row.action).ok_or(wrong)?,
            slug: row.rule_id.to_string(),
            name: row.name,
            before: row.before_words,
            after: row.after_words,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::noon;

    fn rule(name: &str, query: &str) -> Rule {
        let [name, query, window, severity] = [name, query, "5m", "warning"].map(str::to_owned);
        Draft { name, query, window, severity, ..Draft::default() }.read().unwrap()
    }

    fn ann() -> Person {
        Person::new("ann", "why not").unwrap()
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_rule_is_made_changed_and_deleted_and_the_history_says_by_whom(db: PgPool) {
        let first = rule("Dear", "sum(cost_usd) by tenant > 10");
        let Outcome::Done { rule: id, .. } = make(&db, &first, &ann(), noon()).await.unwrap() else { panic!("made") };
        assert_eq!(make(&db, &first, &ann(), noon()).await.unwrap(), Outcome::Taken);
        assert_eq!(all(&db).await.unwrap()[0].rule, first);
        let second = rule("Dearer", "sum(cost_usd) by tenant > 20");
        let changed = replace(&db, (id, Some(1)), &second, &ann(), noon()).await.unwrap();
        assert!(matches!(changed, Outcome::Done { .. }));
        let late = delete(&db, (id, Some(1)), &ann(), noon()).await.unwrap();
        assert!(matches!(late, Outcome::Newer(kept) if kept.rule == second && kept.version == 2));
        let before = revision(&db).await.unwrap();
        assert!(matches!(delete(&db, (id, Some(2)), &ann(), noon()).await.unwrap(), Outcome::Done { .. }));
        assert!(revision(&db).await.unwrap() > before);
        assert_eq!(delete(&db, (id, None), &ann(), noon()).await.unwrap(), Outcome::Gone);
        let told: Vec<_> = history(&db, 9).await.unwrap().into_iter().map(|line| (line.action, line.name)).collect();
        let named = |action, name: &str| (action, name.to_owned());
        let lines = [(Action::Deleted, "Dearer"), (Action::Changed, "Dearer"), (Action::Made, "Dear")];
        assert_eq!(told, lines.map(|(action, name)| named(action, name)));
    }
}
