//! What operators say about verdicts ([`model::ruling`]): overrides in force, those that were taken away, and traces that are
//! settled again because of one (`again`).

pub mod again;

use chrono::{DateTime, Utc};
use model::alert::hold::Person;
use model::ruling::{About, OVERRIDES_MAX, Override, Overrides, Ruling};
use sqlx::{FromRow, PgPool};

use crate::StoreError;

#[derive(FromRow)]
struct Row {
    id: i64,
    service: Option<String>,
    scope: Option<String>,
    operation: Option<String>,
    ruling: i16,
    note: String,
    added_by: String,
    added_at: DateTime<Utc>,
    deleted_by: Option<String>,
    deleted_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Override {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let wrong = || StoreError::Inconsistent { table: "verdict_override", column: "ruling", id: row.id.to_string() };
        Ok(Self {
            id: row.id,
            ruling: Ruling::from_code(row.ruling).ok_or_else(wrong)?,
            about: About { service: row.service, scope: row.scope, operation: row.operation },
            note: row.note,
            by: row.added_by,
            at: row.added_at,
            deleted: row.deleted_by.zip(row.deleted_at),
        })
    }
}

/// Overrides in force.
pub async fn in_force(db: &PgPool) -> Result<Overrides, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as("select * from verdict_override where deleted_at is null").fetch_all(db).await?;
    Ok(Overrides::new(rows.into_iter().map(Override::try_from).collect::<Result<_, _>>()?))
}

/// All there are and were: those in force, then those that were taken away last; newest first within each.
pub async fn list(db: &PgPool, limit: i64) -> Result<Vec<Override>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select * from verdict_override order by deleted_at desc nulls first, added_at desc, id desc limit $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Override::try_from).collect()
}

/// One of them.
pub async fn get(db: &PgPool, id: i64) -> Result<Option<Override>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("select * from verdict_override where id = $1").bind(id).fetch_optional(db).await?;
    row.map(Override::try_from).transpose()
}

/// What became of an override that was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is in force, with this id.
    InForce(i64),
    /// There is one about the same spans already.
    There,
    /// There are as many as there may be.
    Full,
}

/// Puts an override in force.
pub async fn add(
    db: &PgPool,
    about: &About,
    ruling: Ruling,
    person: &Person,
    now: DateTime<Utc>,
) -> Result<Added, StoreError> {
    let mut transaction = db.begin().await?;
    // Two that are added at once are counted one after the other.
    sqlx::query("lock table verdict_override in share row exclusive mode").execute(&mut *transaction).await?;
    let there: i64 = sqlx::query_scalar("select count(*) from verdict_override where deleted_at is null")
        .fetch_one(&mut *transaction)
        .await?;
    if usize::try_from(there).is_ok_and(|there| there >= OVERRIDES_MAX) {
        return Ok(Added::Full);
    }
    let added: Option<i64> = sqlx::query_scalar(
        "insert into verdict_override (service, scope, operation, ruling, note, added_by, added_at) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id",
    )
    .bind(about.service.as_deref())
    .bind(about.scope.as_deref())
    .bind(about.operation.as_deref())
    .bind(ruling.code())
    .bind(person.note())
    .bind(person.by())
    .bind(now)
    .fetch_optional(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(added.map_or(Added::There, Added::InForce))
}

/// Takes an override away; `false` when it is not in force, or not any more. It stays in the list, with who did it.
pub async fn delete(db: &PgPool, id: i64, by: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let deleted = sqlx::query(
        "update verdict_override set deleted_by = $2, deleted_at = $3 where id = $1 and deleted_at is null",
    )
    .bind(id)
    .bind(by)
    .bind(now)
    .execute(db)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

#[cfg(test)]
mod tests;
