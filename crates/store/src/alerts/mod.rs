//! Alerts, their history, and what their rules observe ([`observe`], [`series`]).

mod arrivals;
mod find;
mod fired;
mod keep;
mod observe;
mod past;
mod row;
pub mod rules;
mod series;
pub mod spans;

use chrono::{DateTime, Utc};
use model::TraceId;
use model::alert::machine::Step;
use model::alert::{Alert, Counts, HistoryEntry, State};
use sqlx::PgPool;
use sqlx::types::Json;
use uuid::Uuid;

use crate::StoreError;
pub use arrivals::{Arrivals, arrivals};
pub use find::{Found, find};
pub use fired::fired;
pub use keep::keep;
pub use observe::observe;
pub use past::{Slice, past};
use row::Row;
pub use series::series;

/// Alerts in `state`, or in all states: firing, then held, then pending, then resolved; newest first within each.
pub async fn list(db: &PgPool, state: Option<State>, limit: i64) -> Result<Vec<Alert>, StoreError> {
    select(db, None, None, state, limit).await
}

/// One alert.
pub async fn get(db: &PgPool, id: i64) -> Result<Option<Alert>, StoreError> {
    Ok(select(db, Some(id), None, None, 1).await?.pop())
}

/// These alerts, in any order; those that are not there are left out.
pub async fn several(db: &PgPool, ids: &[i64]) -> Result<Vec<Alert>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as("select * from alert where id = any($1)").bind(ids).fetch_all(db).await?;
    rows.into_iter().map(Alert::try_from).collect()
}

/// The open (not resolved) alert of a rule; there is at most one.
pub async fn open_of_rule(db: &PgPool, rule: &str) -> Result<Option<Alert>, StoreError> {
    Ok(select(db, None, Some(rule), None, 1).await?.pop())
}

/// The open alerts of these rules, of each one for each of its groups.
pub async fn open_of_rules(db: &PgPool, rules: &[&str]) -> Result<Vec<Alert>, StoreError> {
    // Before rules had groups, alerts had only their name.
    let open = "select * from alert where (of_rule = any($1) or of_rule is null and rule = any($1)) and state <> 3";
    let rows: Vec<Row> = sqlx::query_as(open).bind(rules).fetch_all(db).await?;
    rows.into_iter().map(Alert::try_from).collect()
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
        select id, version, rule, of_rule, runbook, query_text, threshold, window_seconds, severity, state, observed_count, observed_peak
             , evidence, labels as "labels: Json<Vec<(String, String)>>", peak_count, fired_at, last_true_at, resolved_at
             , hold_by, hold_note, hold_at, hold_until, hold_count, hold_peak, hold_grows_by_pico
          from alert
         where ($1::int8 is null or id = $1)
           and ($2::text is null or rule = $2 and state <> 3)
           and ($3::int2 is null or state = $3)
         order by case state when 0 then 0 when 3 then 3 when 4 then 2 else 1 end, fired_at desc, id desc
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

/// Keeps a new alert and the first line of its history. Its id; `None` when its rule has an open alert already.
pub async fn insert(db: &PgPool, alert: &Alert, entry: &HistoryEntry) -> Result<Option<i64>, StoreError> {
    let step = Step { alert: Alert { id: 0, ..alert.clone() }, entry: Some(entry.clone()) };
    Ok(keep(db, &[step]).await?.into_iter().next().flatten())
}

/// Replaces an alert, if nobody changed it since `alert.version` was read, and adds to its history.
/// `false` means somebody did, and nothing was written.
pub async fn update(db: &PgPool, alert: &Alert, entry: Option<&HistoryEntry>) -> Result<bool, StoreError> {
    let step = Step { alert: alert.clone(), entry: entry.cloned() };
    Ok(keep(db, &[step]).await?.into_iter().any(|id| id.is_some()))
}

/// How many alerts of each rule are open, by state.
pub async fn open_by_rule(db: &PgPool) -> Result<Vec<(String, State, i64)>, StoreError> {
    let counted =
        "select coalesce(of_rule, rule), state, count(*) from alert where state <> 3 group by 1, 2 order by 1, 2";
    let rows: Vec<(String, i16, i64)> = sqlx::query_as(counted).fetch_all(db).await?;
    Ok(rows.into_iter().filter_map(|(rule, state, count)| Some((rule, State::from_code(state)?, count))).collect())
}

/// The rules with an open alert: name, the rule it is of, and query as written.
pub async fn open_rules(db: &PgPool) -> Result<Vec<(String, Option<String>, String)>, StoreError> {
    Ok(sqlx::query_as("select rule, of_rule, query_text from alert where state <> 3").fetch_all(db).await?)
}

/// A number that changes whenever an alert gets a line of history or another trace as evidence: cheap to poll. An open alert is
/// looked at every few seconds; that alone is no news.
pub async fn change_count(db: &PgPool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!("select changes from change_counter where subject = 'alerts'").fetch_one(db).await?)
}

#[cfg(test)]
mod tests;
