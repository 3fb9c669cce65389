//! Prices that were fetched: the last good ones, and why newer ones were not taken over.

use chrono::{DateTime, Utc};
use model::price::FileProblem;
use sqlx::{FromRow, PgPool};

use crate::StoreError;

/// What is known of them, without the file itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// What every cost made of them keeps; `None` until some were good.
    pub revision: Option<String>,
    /// What their server called this version.
    pub etag: Option<String>,
    /// When they came.
    pub fetched_at: Option<DateTime<Utc>>,
    /// When it was last asked for newer ones.
    pub checked_at: DateTime<Utc>,
    /// Why what is there now was not taken over.
    pub problem: Option<FileProblem>,
}

#[derive(FromRow)]
struct Row {
    revision: Option<String>,
    etag: Option<String>,
    fetched_at: Option<DateTime<Utc>>,
    checked_at: DateTime<Utc>,
    problem: Option<String>,
    problem_since: Option<DateTime<Utc>>,
}

/// What is known of those from `url`; `None` when nobody has asked yet.
pub async fn status(db: &PgPool, url: &str) -> Result<Option<Fetched>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select revision, etag, fetched_at, checked_at, problem, problem_since from fetched_prices where url = $1",
    )
    .bind(url)
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Fetched {
        revision: row.revision,
        etag: row.etag,
        fetched_at: row.fetched_at,
        checked_at: row.checked_at,
        problem: row.problem.zip(row.problem_since).map(|(reason, since)| FileProblem { since, reason }),
    }))
}

/// The last good ones from `url`.
pub async fn body(db: &PgPool, url: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let body: Option<Option<Vec<u8>>> =
        sqlx::query_scalar("select body from fetched_prices where url = $1").bind(url).fetch_optional(db).await?;
    Ok(body.flatten())
}

/// Keeps new ones in place of those before.
pub async fn keep(
    db: &PgPool,
    url: &str,
    (revision, body): (&str, &[u8]),
    etag: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into fetched_prices (id, url, revision, body, etag, fetched_at, checked_at) values (1, $1, $2, $3, $4, $5, $5) \
         on conflict (id) do update set url = excluded.url, revision = excluded.revision, body = excluded.body, \
            etag = excluded.etag, fetched_at = excluded.fetched_at, checked_at = excluded.checked_at, problem = null, \
            problem_since = null",
    )
    .bind(url)
    .bind(revision)
    .bind(body)
    .bind(etag)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// They are still the newest.
pub async fn confirm(db: &PgPool, url: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("update fetched_prices set checked_at = $2, problem = null, problem_since = null where url = $1")
        .bind(url)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// What is there now cannot be used; the good ones stay. Those of another address do not.
pub async fn refuse(db: &PgPool, url: &str, reason: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into fetched_prices as f (id, url, checked_at, problem, problem_since) values (1, $1, $2, $3, $2) \
         on conflict (id) do update set checked_at = $2, problem = $3, \
            problem_since = case when f.url = $1 then coalesce(f.problem_since, $2) else $2 end, \
            revision = case when f.url = $1 then f.revision end, body = case when f.url = $1 then f.body end, \
            etag = case when f.url = $1 then f.etag end, fetched_at = case when f.url = $1 then f.fetched_at end, url = $1",
    )
    .bind(url)
    .bind(now)
    .bind(reason)
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::noon;

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn good_prices_stay_while_newer_ones_are_refused_and_go_with_their_address(db: PgPool) {
        let at = |seconds| noon() + chrono::TimeDelta::seconds(seconds);
        assert_eq!(status(&db, "a").await.unwrap(), None);
        keep(&db, "a", ("one", b"good"), Some("\"1\""), at(0)).await.unwrap();
        refuse(&db, "a", "broken", at(1)).await.unwrap();
        refuse(&db, "a", "still broken", at(2)).await.unwrap();
        let kept = status(&db, "a").await.unwrap().unwrap();
        let problem = FileProblem { since: at(1), reason: "still broken".to_owned() };
        assert_eq!((kept.revision.as_deref(), kept.checked_at, kept.problem), (Some("one"), at(2), Some(problem)));
        assert_eq!(body(&db, "a").await.unwrap().as_deref(), Some(b"good".as_slice()));
        confirm(&db, "a", at(3)).await.unwrap();
        assert_eq!(status(&db, "a").await.unwrap().unwrap().problem, None);
        refuse(&db, "b", "not there", at(4)).await.unwrap();
        assert_eq!((status(&db, "a").await.unwrap(), body(&db, "b").await.unwrap()), (None, None));
    }
}
