//! Leaves of the `span` table: made ahead of time, listed in `span_leaf`. A leaf holds the traces of one day (UTC).

use chrono::{DateTime, Days, NaiveTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use crate::StoreError;

/// Days made ahead of today: a weekend of a stopped partition job loses nothing.
const DAYS_AHEAD: u64 = 3;

/// One leaf of the `span` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) name: String,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    /// Whether it still takes spans.
    pub(crate) takes_spans: bool,
}

/// The home of traces that begin at `time`: midnight of their day.
pub(crate) fn home_at(time: DateTime<Utc>) -> DateTime<Utc> {
    time.date_naive().and_time(NaiveTime::MIN).and_utc()
}

/// Makes sure the leaves for now and the days ahead exist. Returns the names of those it made.
pub async fn ensure_ahead(db: &PgPool, now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
    let mut made = Vec::new();
    let known = registry(db).await?;
    for day in 0..=DAYS_AHEAD {
        let home = home_at(now + Days::new(day));
        if !known.iter().any(|leaf| leaf.from == home) && create(db, home).await? {
            made.push(name_of(home));
        }
    }
    Ok(made)
}

/// Whether the leaf for tomorrow exists: readiness.
pub async fn are_ahead(db: &PgPool, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let tomorrow = home_at(now + Days::new(1));
    Ok(registry(db).await?.iter().any(|leaf| leaf.from <= tomorrow && tomorrow < leaf.to && leaf.takes_spans))
}

/// All leaves, oldest first.
pub(crate) async fn registry(db: &PgPool) -> Result<Vec<Leaf>, StoreError> {
    let leaves = sqlx::query_as!(
        Leaf,
        r#"
        select name
             , from_home as "from"
             , to_home as "to"
             , state in ('open', 'hot') as "takes_spans!"
          from span_leaf
         order by from_home
        "#
    );
    Ok(leaves.fetch_all(db).await?)
}

fn name_of(home: DateTime<Utc>) -> String {
    format!("span_{}", home.format("%Y%m%d"))
}

/// Makes the leaf of one day, unless another server has just made it.
async fn create(db: &PgPool, home: DateTime<Utc>) -> Result<bool, StoreError> {
    let (name, to) = (name_of(home), home + Days::new(1));
    let mut transaction = db.begin().await?;
    // Servers that start together take turns; the lock ends with the transaction.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('tracetab:span_leaf', 0))")
        .execute(&mut *transaction)
        .await?;
    sqlx::query("set local lock_timeout = '2s'").execute(&mut *transaction).await?;
    let registered = sqlx::query!(
        "insert into span_leaf (name, from_home, to_home, state) values ($1, $2, $3, 'open') on conflict do nothing",
        name,
        home,
        to,
    )
    .execute(&mut *transaction)
    .await?;
    if registered.rows_affected() == 0 {
        return Ok(false);
    }
    build(&mut transaction, &name, home, to).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Builds the leaf beside the table and attaches it: attaching does not make writers of other leaves wait.
async fn build(db: &mut PgConnection, name: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<(), StoreError> {
    let (from, to) = (from.to_rfc3339(), to.to_rfc3339());
    let statements = [
        format!("create table {name} (like span including defaults including constraints including storage)"),
        format!("create unique index {name}_id on {name} (trace_id, span_id)"),
        format!("create index {name}_service on {name} (service_id, start_time)"),
        format!("create index {name}_start on {name} using brin (start_time) with (pages_per_range = 32)"),
        format!("create index {name}_received on {name} using brin (received_at) with (pages_per_range = 32)"),
        // The few spans whose cost is missing and could be known (`store::unpriced`).
        format!("create index {name}_unpriced on {name} (start_time) where cost_pico is null and model_id is not null"),
        statistics(name),
        format!("alter table span attach partition {name} for values from ('{from}') to ('{to}')"),
    ];
    for statement in statements {
        // Names and bounds are made of digits by `name_of` and chrono.
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *db).await?;
    }
    Ok(())
}

/// A leaf is read by its indexes whatever is in it, so a small sample is enough for ANALYZE, which runs again each time a leaf
/// has grown by a tenth; of payloads and lists of tokens it needs none. One column that is left out makes the whole sample ten times as
/// large.
fn statistics(name: &str) -> String {
    let columns = crate::ingest::columns!().split(", ").chain(["tokens"]).map(|column| {
        let target = if matches!(column, "payload" | "tokens") { 0 } else { 10 };
        format!("alter column {column} set statistics {target}")
    });
    format!("alter table {name} {}", columns.collect::<Vec<_>>().join(", "))
}

/// Brings the block range indexes by arrival up to date with what was written since, so that what arrived in a window is found
/// without reading what came before. Those by start wait for the next vacuum, and so does what is being vacuumed.
pub async fn summarise(db: &PgPool) -> Result<(), StoreError> {
    let mut indexes = vec!["traces_seen".to_owned()];
    for leaf in registry(db).await?.into_iter().filter(|leaf| leaf.takes_spans) {
        indexes.push(format!("{}_received", leaf.name));
    }
    for index in indexes {
        let mut transaction = db.begin().await?;
        // Whoever waits longer for a table than a second has its vacuum cancelled by PostgreSQL.
        sqlx::query("set local lock_timeout = '200ms'").execute(&mut *transaction).await?;
        let summarised = sqlx::query("select brin_summarize_new_values(to_regclass($1))").bind(index);
        match summarised.execute(&mut *transaction).await {
            Ok(_) => transaction.commit().await?,
            Err(error) if is_busy(&error) => transaction.rollback().await?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Whether a lock was not to be had in time (SQLSTATE 55P03, `lock_not_available`).
fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "55P03")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::noon;

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn leaves_are_made_ahead_once_by_however_many_servers(db: PgPool) {
        assert!(!are_ahead(&db, noon()).await.unwrap());
        let (left, right) = tokio::join!(ensure_ahead(&db, noon()), ensure_ahead(&db, noon()));
        assert_eq!(left.unwrap().len() + right.unwrap().len(), 4);
        assert!(are_ahead(&db, noon()).await.unwrap());
        assert!(!are_ahead(&db, noon() + Days::new(3)).await.unwrap());
        assert_eq!(ensure_ahead(&db, noon() + Days::new(1)).await.unwrap(), ["span_20261124"]);
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn what_has_arrived_is_taken_into_the_indexes_unless_the_table_is_being_vacuumed(db: PgPool) {
        let spans = (1..=250).flat_map(|trace| (1..=20).map(move |number| crate::testing::a_span(trace, number)));
        crate::testing::write(&db, spans.collect()).await;
        let leaf = name_of(home_at(noon()));
        let unsummarised = async || -> i32 {
            let read = format!("select brin_summarize_new_values('{leaf}_received')");
            sqlx::query_scalar(AssertSqlSafe(read)).fetch_one(&db).await.unwrap()
        };
        let mut vacuum = db.begin().await.unwrap();
        let lock = format!("lock table {leaf} in share update exclusive mode");
        sqlx::query(AssertSqlSafe(lock)).execute(&mut *vacuum).await.unwrap();
        summarise(&db).await.unwrap();
        vacuum.rollback().await.unwrap();
        summarise(&db).await.unwrap();
        assert_eq!(unsummarised().await, 0);
    }
}
