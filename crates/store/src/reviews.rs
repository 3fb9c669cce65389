//! What people said about differences in the books, append only.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::review::{self, Action, Entry, ReviewError, Wish};
use sqlx::{FromRow, PgPool};

use crate::StoreError;
use crate::numeric::pico;

/// Lines of a subject that are read: what matters is at its end, and a page of it is enough.
const ENTRIES_MAX: i64 = 50;

#[derive(FromRow)]
struct Row {
    id: i64,
    subject: String,
    action: i16,
    difference_pico: String,
    by_whom: String,
    note: String,
    at: DateTime<Utc>,
}

/// What was said about a subject, newest first, and the number of the last line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Newest first.
    pub entries: Vec<Entry>,
    last: i64,
}

/// What was said about each of these subjects; those nobody said anything about are left out.
pub async fn of(db: &PgPool, subjects: &[String]) -> Result<HashMap<String, Said>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select r.id, r.subject, r.action, r.difference_pico::text as difference_pico, r.by_whom, r.note, r.at \
           from unnest($1::text[]) as wanted(subject) \
          cross join lateral (select * from review where subject = wanted.subject order by id desc limit $2) r \
          order by r.id desc",
    )
    .bind(subjects)
    .bind(ENTRIES_MAX)
    .fetch_all(db)
    .await?;
    let mut found: HashMap<String, Said> = HashMap::new();
    for row in rows {
        let said = found.entry(row.subject.clone()).or_default();
        said.last = said.last.max(row.id);
        said.entries.push(row.try_into()?);
    }
    Ok(found)
}

/// What was said about one subject.
pub async fn of_one(db: &PgPool, subject: &str) -> Result<Said, StoreError> {
    Ok(of(db, &[subject.to_owned()]).await?.remove(subject).unwrap_or_default())
}

/// Adds a line, if nobody has since `said` was read. `false` means somebody did, and nothing was written.
pub async fn add(db: &PgPool, subject: &str, said: &Said, entry: &Entry) -> Result<bool, StoreError> {
    let mut transaction = db.begin().await?;
    // Who comes at the same time takes turns; the lock ends with the transaction.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('tracetab:review:' || $1, 0))")
        .bind(subject)
        .execute(&mut *transaction)
        .await?;
    let last: i64 = sqlx::query_scalar("select coalesce(max(id), 0) from review where subject = $1")
        .bind(subject)
        .fetch_one(&mut *transaction)
        .await?;
    if last != said.last {
        return Ok(false);
    }
    sqlx::query(
        "insert into review (subject, action, difference_pico, by_whom, note, at) values ($1, $2, $3::numeric, $4, $5, $6)",
    )
    .bind(subject)
    .bind(entry.action.code())
    .bind(entry.difference.pico().to_string())
    .bind(&entry.by)
    .bind(&entry.note)
    .bind(entry.at)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(true)
}

/// Says something about a subject whose difference is this one now, or tells why not. Whoever speaks at the same time is heard
/// first, and the wish decided on anew.
pub async fn say(
    db: &PgPool,
    subject: &str,
    difference: UsdSum,
    wish: &Wish,
    now: DateTime<Utc>,
) -> Result<Result<Entry, ReviewError>, StoreError> {
    loop {
        let said = of_one(db, subject).await?;
        let entry = match review::decide(&said.entries, difference, wish.clone(), now) {
            Ok(entry) => entry,
            Err(refused) => return Ok(Err(refused)),
        };
        // Only people speak here, each once per press of a button.
        if add(db, subject, &said, &entry).await? {
            return Ok(Ok(entry));
        }
    }
}

impl TryFrom<Row> for Entry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let wrong = StoreError::Inconsistent { table: "review", column: "action", id: row.id.to_string() };
        Ok(Self {
            at: row.at,
            by: row.by_whom,
            action: Action::from_code(row.action).ok_or(wrong)?,
            note: row.note,
            difference: UsdSum::from_pico(pico(&row.difference_pico, "review")?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{noon, usd};

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn of_two_who_speak_at_once_the_second_has_to_look_again(db: PgPool) {
        let entry = |by: &str| Entry {
            at: noon(),
            by: by.to_owned(),
            action: Action::Acknowledged,
            note: "known".to_owned(),
            difference: UsdSum::from_pico(-7),
        };
        let before = of_one(&db, "trace/1").await.unwrap();
        let (ines, mara) = (entry("Ines"), entry("Mara"));
        let (left, right) = tokio::join!(add(&db, "trace/1", &before, &ines), add(&db, "trace/1", &before, &mara));
        assert_eq!(u8::from(left.unwrap()) + u8::from(right.unwrap()), 1);
        let said = of_one(&db, "trace/1").await.unwrap();
        assert_eq!(said.entries.len(), 1);
        let note = Entry { action: Action::Noted, difference: usd("1"), ..entry("Mara") };
        assert!(add(&db, "trace/1", &said, &note).await.unwrap());
        assert_eq!(of(&db, &["trace/1".to_owned(), "trace/2".to_owned()]).await.unwrap().len(), 1);
        assert_eq!(of_one(&db, "trace/1").await.unwrap().entries[0], note);
    }
}
