//! When alerts fired, for what shows it beside what was spent.

use chrono::{DateTime, Utc};
use model::alert::Alert;
use model::time::TimeRange;
use sqlx::{FromRow, PgPool};

use super::row::Row;
use crate::StoreError;

#[derive(FromRow)]
struct Fired {
    at: DateTime<Utc>,
    #[sqlx(flatten)]
    alert: Row,
}

/// Every time an alert fired, or fired again, in `range`, with the alert as it is now; newest first, at most `limit`.
pub async fn fired(db: &PgPool, range: TimeRange, limit: i64) -> Result<Vec<(DateTime<Utc>, Alert)>, StoreError> {
    // A line of history without a name is the rule's own.
    let rows: Vec<Fired> = sqlx::query_as(
        "select e.at, a.id, a.version, a.rule, a.of_rule, a.runbook, a.query_text, a.threshold, a.window_seconds, a.severity, a.state
              , a.observed_count, a.observed_peak, a.evidence, a.labels, a.peak_count, a.fired_at, a.last_true_at
              , a.resolved_at, a.hold_by, a.hold_note, a.hold_at, a.hold_until, a.hold_count, a.hold_peak
              , a.hold_grows_by_pico
           from alert_event e
           join alert a on a.id = e.alert_id
          where e.at >= $1 and e.at < $2 and e.state = 0 and e.by_whom is null
          order by e.at desc, e.id desc
          limit $3",
    )
    .bind(range.from)
    .bind(range.to)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(|row| Ok((row.at, Alert::try_from(row.alert)?))).collect()
}
