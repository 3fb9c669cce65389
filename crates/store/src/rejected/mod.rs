//! Spans that were refused: written before their sender is answered, read by the Ingest page, pruned by a job.
//!
//! A request that is sent again has its refusals listed again: whether it is the same one is not known.

use chrono::{DateTime, Utc};
use model::TraceId;
use model::rejected::{Filter, Line, Reason, Refused, Sum};
use sqlx::PgPool;

use crate::StoreError;

/// Rows read at once, at most: a page of a thousand, and one more that tells whether there is another.
pub const LINES_MAX: i64 = 1_001;

/// Rows pruned in one statement, so that it is over in well under a second.
const PRUNED_MAX: i64 = 50_000;

/// What was refused of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// When.
    pub at: DateTime<Utc>,
    /// Who sent it.
    pub sender: String,
    /// How it came; `None` when that could not be told.
    pub encoding: Option<&'static str>,
    /// What was refused, as [`model::rejected::listed`] has it.
    pub refused: Vec<Refused>,
}

/// Keeps what was refused of these requests, in one statement.
pub async fn record(db: &PgPool, requests: &[Request]) -> Result<(), StoreError> {
    let rows = || requests.iter().flat_map(|request| request.refused.iter().map(move |refused| (request, refused)));
    sqlx::query(
        "insert into rejected_spans (at, sender, encoding, trace_id, span_id, class, reason, n) \
         select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int2[], $7::text[], $8::int8[])",
    )
    .bind(rows().map(|(request, _)| request.at).collect::<Vec<_>>())
    .bind(rows().map(|(request, _)| request.sender.as_str()).collect::<Vec<_>>())
    .bind(rows().map(|(request, _)| request.encoding).collect::<Vec<_>>())
    .bind(rows().map(|(_, refused)| refused.trace_id.as_deref()).collect::<Vec<_>>())
    .bind(rows().map(|(_, refused)| refused.span_id.as_deref()).collect::<Vec<_>>())
    .bind(rows().map(|(_, refused)| Reason::of(&refused.reason).code()).collect::<Vec<_>>())
    .bind(rows().map(|(_, refused)| refused.reason.as_str()).collect::<Vec<_>>())
    .bind(rows().map(|(_, refused)| refused.spans.map(saturating)).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

/// Numbers of spans in one request are far below this.
fn saturating(spans: u64) -> i64 {
    i64::try_from(spans).unwrap_or(i64::MAX)
}

/// The newest lines that match, at most `limit` of them and [`LINES_MAX`].
pub async fn list(db: &PgPool, filter: &Filter, limit: i64) -> Result<Vec<Line>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select id, at, sender, encoding, trace_id, span_id, class, reason, n
          from rejected_spans
         where ($1::int8 is null or id < $1)
           and ($2::int2 is null or class = $2)
           and ($3::text is null or sender = $3)
         order by id desc
         limit $4
        "#,
        filter.before,
        filter.class.map(Reason::code),
        filter.sender,
        limit.clamp(0, LINES_MAX),
    )
    .fetch_all(db)
    .await?;
    let line = |id, at, sender, encoding, class, refused| match Reason::from_code(class) {
        Some(class) => Ok(Line { id, at, sender, encoding, class, refused }),
        None => Err(inconsistent("class", id)),
    };
    rows.into_iter()
        .map(|row| {
            let spans = row.n.map(|n| u64::try_from(n).map_err(|_| inconsistent("n", row.id))).transpose()?;
            let refused = Refused { trace_id: row.trace_id, span_id: row.span_id, reason: row.reason, spans };
            line(row.id, row.at, row.sender, row.encoding, row.class, refused)
        })
        .collect()
}

/// What was refused of a trace, by reason, most spans first, at most `limit` reasons. A span that was refused again when it
/// was sent again is one.
pub async fn of_trace(db: &PgPool, trace_id: TraceId, limit: i64) -> Result<Vec<(String, u64)>, StoreError> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select reason, (count(distinct span_id) + coalesce(sum(n) filter (where span_id is null), 0))::int8 \
           from rejected_spans where trace_id = $1 group by reason order by 2 desc, reason limit $2",
    )
    .bind(trace_id.to_string())
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|(reason, spans)| (reason, spans.unsigned_abs())).collect())
}

/// What was refused since then, by class, most spans first.
pub async fn sums(db: &PgPool, since: DateTime<Utc>) -> Result<Vec<Sum>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select class
             , coalesce(sum(n), 0)::int8 as "spans!"
             , count(*) filter (where n is null) as "requests!"
          from rejected_spans
         where at >= $1
         group by class
         order by 2 desc, 3 desc, class
        "#,
        since,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| match Reason::from_code(row.class) {
            Some(class) => Ok(Sum { class, spans: row.spans.unsigned_abs(), requests: row.requests.unsigned_abs() }),
            None => Err(inconsistent("class", i64::from(row.class))),
        })
        .collect()
}

/// Forgets rows from before `before`, and the oldest of more than `rows_max`; tells how many, which is zero at the end.
/// The rows are counted by their numbers, of which a statement that failed has taken some: never more are kept.
pub async fn prune(db: &PgPool, before: DateTime<Utc>, rows_max: i64) -> Result<u64, StoreError> {
    let pruned = sqlx::query!(
        r#"
        delete from rejected_spans
         where id in (select id from rejected_spans
                       where id <= (select max(id) from rejected_spans) - $2 or at < $1
                       order by id
                       limit $3)
        "#,
        before,
        rows_max,
        PRUNED_MAX,
    );
    Ok(pruned.execute(db).await?.rows_affected())
}

/// When the latest refusal was.
pub async fn newest(db: &PgPool) -> Result<Option<DateTime<Utc>>, StoreError> {
    let newest = sqlx::query_scalar("select at from rejected_spans order by id desc limit 1");
    Ok(newest.fetch_optional(db).await?)
}

fn inconsistent(column: &'static str, id: i64) -> StoreError {
    StoreError::Inconsistent { table: "rejected_spans", column, id: id.to_string() }
}

#[cfg(test)]
mod tests;
