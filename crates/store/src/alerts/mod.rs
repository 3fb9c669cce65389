//! Alerts, their history, and what their rules observe ([`observe`], [`series`]).

mod arrivals;
mod fired;
mod observe;
mod row;
mod series;

use chrono::{DateTime, Utc};
use model::alert::{Alert, Counts, HistoryEntry, State};
use model::{TraceId, Usd};
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::StoreError;
pub use arrivals::{Arrivals, arrivals};
pub use fired::fired;
pub use observe::observe;
use row::Row;
pub use series::series;

/// Alerts in `state`, or in all states: firing, then held, then resolved; newest first within each.
pub async fn list(db: &PgPool, state: Option<State>, limit: i64) -> Result<Vec<Alert>, StoreError> {
    select(db, None, None, state, limit).await
}

/// One alert.
pub async fn get(db: &PgPool, id: i64) -> Result<Option<Alert>, StoreError> {
    Ok(select(db, Some(id), None, None, 1).await?.pop())
}

/// The open (not resolved) alert of a rule; there is at most one.
pub async fn open_of_rule(db: &PgPool, rule: &str) -> Result<Option<Alert>, StoreError> {
    Ok(select(db, None, Some(rule), None, 1).await?.pop())
}

/// The newest alert of a rule that names this trace as evidence.
pub async fn of_trace(db: &PgPool, rule: &str, kept: TraceId) -> Result<Option<i64>, StoreError> {
    let newest = "select id from alert where rule = $1 and evidence @> array[$2::uuid] order by id desc limit 1";
    Ok(sqlx::query_scalar(newest).bind(rule).bind(Uuid::from_bytes(kept.to_bytes())).fetch_optional(db).await?)
}

async fn select(
    db: &PgPool,
    id: Option<i64>,
    open_rule: Option<&str>,
    state: Option<State>,
    limit: i64,
) -> Result<Vec<Alert>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select id, version, rule, query_text, threshold, window_seconds, severity, state, observed_count, observed_peak
             , evidence, labels as "labels: Json<Vec<(String, String)>>", peak_count, fired_at, last_true_at, resolved_at
             , hold_by, hold_note, hold_at, hold_until, hold_count, hold_peak, hold_grows_by_pico
          from alert
         where ($1::int8 is null or id = $1)
           and ($2::text is null or rule = $2 and state <> 3)
           and ($3::int2 is null or state = $3)
         order by case state when 0 then 0 when 3 then 2 else 1 end, fired_at desc, id desc
         limit $4
        "#,
        id,
        open_rule,
        state.map(State::code),
        limit,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Alert::try_from).collect()
}

/// What happened to an alert, newest first.
pub async fn history(db: &PgPool, id: i64) -> Result<Vec<HistoryEntry>, StoreError> {
    let rows = sqlx::query!(
        "select at, state, by_whom, text from alert_event where alert_id = $1 order by alert_event.id desc",
        id
    )
    .fetch_all(db)
    .await?;
    let entry = |(at, state, by, text)| match State::from_code(state) {
        Some(state) => Ok(HistoryEntry { at, state, by, text }),
        None => Err(StoreError::Inconsistent { table: "alert_event", column: "state", id: id.to_string() }),
    };
    rows.into_iter().map(|row| entry((row.at, row.state, row.by_whom, row.text))).collect()
}

/// How many alerts are in each state.
pub async fn counts(db: &PgPool, now: DateTime<Utc>) -> Result<Counts, StoreError> {
    let counts = sqlx::query_as!(
        Counts,
        r#"
        select count(*) filter (where state = 0) as "firing!"
             , count(*) filter (where state in (1, 2)) as "held!"
             , count(*) filter (where state = 3 and resolved_at > $1::timestamptz - interval '24 hours') as "resolved_24h!"
          from alert
        "#,
        now,
    );
    Ok(counts.fetch_one(db).await?)
}

/// Keeps a new alert and the first line of its history; `alert.id` and `alert.version` are ignored. Returns its id.
pub async fn insert(db: &PgPool, alert: &Alert, entry: &HistoryEntry) -> Result<i64, StoreError> {
    let mut transaction = db.begin().await?;
    let hold = alert.hold.as_ref();
    let id = sqlx::query_scalar!(
        r#"
        insert into alert (rule, query_text, threshold, window_seconds, severity, state, observed_count, observed_peak
             , evidence, labels, peak_count, fired_at, last_true_at, resolved_at
             , hold_by, hold_note, hold_at, hold_until, hold_count, hold_peak, hold_grows_by_pico)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        returning id
        "#,
        alert.rule,
        alert.query_text,
        alert.threshold,
        alert.window_seconds,
        alert.severity.code(),
        alert.state.code(),
        alert.observation.count,
        alert.observation.peak,
        &evidence(alert),
        Json(&alert.observation.labels) as _,
        alert.peak_count,
        alert.fired_at,
        alert.last_true_at,
        alert.resolved_at,
        hold.map(|hold| &hold.by),
        hold.map(|hold| &hold.note),
        hold.map(|hold| hold.at),
        hold.and_then(|hold| hold.until),
        hold.map(|hold| hold.count),
        hold.and_then(|hold| hold.peak),
        hold.and_then(|hold| hold.grows_by).map(Usd::pico),
    )
    .fetch_one(&mut *transaction)
    .await?;
    add_history(&mut transaction, id, entry).await?;
    count_change(&mut transaction).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Replaces an alert, if nobody changed it since `alert.version` was read, and adds to its history.
/// `false` means somebody did, and nothing was written.
pub async fn update(db: &PgPool, alert: &Alert, entry: Option<&HistoryEntry>) -> Result<bool, StoreError> {
    let mut transaction = db.begin().await?;
    let hold = alert.hold.as_ref();
    let grows = sqlx::query_scalar!(
        r#"
        update alert
           set version = version + 1, state = $3, observed_count = $4, observed_peak = $5, evidence = $6, labels = $7
             , peak_count = $8, fired_at = $9, last_true_at = $10, resolved_at = $11
             , hold_by = $12, hold_note = $13, hold_at = $14, hold_until = $15, hold_count = $16, hold_peak = $17
             , hold_grows_by_pico = $18
         where id = $1 and version = $2
        returning not ($6::uuid[] <@ (select before.evidence from alert before where before.id = $1)) as "grows!"
        "#,
        alert.id,
        alert.version,
        alert.state.code(),
        alert.observation.count,
        alert.observation.peak,
        &evidence(alert),
        Json(&alert.observation.labels) as _,
        alert.peak_count,
        alert.fired_at,
        alert.last_true_at,
        alert.resolved_at,
        hold.map(|hold| &hold.by),
        hold.map(|hold| &hold.note),
        hold.map(|hold| hold.at),
        hold.and_then(|hold| hold.until),
        hold.map(|hold| hold.count),
        hold.and_then(|hold| hold.peak),
        hold.and_then(|hold| hold.grows_by).map(Usd::pico),
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(grows) = grows else { return Ok(false) };
    if let Some(entry) = entry {
        add_history(&mut transaction, alert.id, entry).await?;
    }
    if grows || entry.is_some() {
        count_change(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

/// A number that changes whenever an alert gets a line of history or another trace as evidence: cheap to poll. An open alert is
/// looked at every few seconds; that alone is no news.
pub async fn change_count(db: &PgPool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!("select changes from change_counter where subject = 'alerts'").fetch_one(db).await?)
}

fn evidence(alert: &Alert) -> Vec<Uuid> {
    alert.observation.evidence.iter().map(|trace_id| Uuid::from_bytes(trace_id.to_bytes())).collect()
}

async fn add_history(db: &mut PgConnection, id: i64, entry: &HistoryEntry) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into alert_event (alert_id, at, state, by_whom, text) values ($1, $2, $3, $4, $5)",
        id,
        entry.at,
        entry.state.code(),
        entry.by,
        entry.text,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn count_change(db: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query!("update change_counter set changes = changes + 1 where subject = 'alerts'").execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
