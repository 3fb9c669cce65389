//! Looks once a minute for spend that is far beyond what is expected of whoever spends it, and raises it (`raise`) by the rules about
//! it, or as usual where nobody has written one (`case`).
//!
//! What is expected is worked out by the hour, from the hours of four weeks, and only that is kept (`watched`); what was spent is
//! read by the minute. Both come from the rollups and the outbox, so that nothing has to be rolled up first. All of it is lost with
//! the server: the next one works it out again and goes on with the alerts that are open.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, Utc};
use model::alert::Rule;
use sqlx::PgPool;
use tokio::sync::Mutex;

use self::gathered::Gathered;
use self::watched::Watched;
use super::Progress;

mod case;
mod expected;
mod gathered;
mod raise;
mod series;
mod watched;

/// What is remembered between two looks.
#[derive(Default)]
pub struct Anomalies(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    watched: Watched,
    /// Alerts that are not raised, because that of a tenant tells of the same money.
    explained: HashSet<String>,
    /// When the traces behind the others are looked for.
    gathered: Gathered,
    /// The minute that was looked at last, in minutes since 1970.
    looked_at: Option<i64>,
}

/// One look by these rules about odd spend, if a minute has passed since the last.
pub async fn run(
    db: PgPool,
    rules: Vec<Rule>,
    anomalies: Arc<Anomalies>,
    now: DateTime<Utc>,
) -> anyhow::Result<Progress> {
    let Memory { watched, explained, gathered, looked_at } = &mut *anomalies.0.lock().await;
    // The last whole minute. A clock that was set back must not put this off.
    let minute = now.timestamp().div_euclid(60) - 1;
    if *looked_at == Some(minute) {
        return Ok(Progress::Idle);
    }
    watched.refresh(&db, &rules, minute).await.context("working out what is expected")?;
    watched.join(&db, &rules, minute).await.context("looking for those who spend much of a sudden")?;
    if looked_at.is_none() {
        let over = raise::over(&db).await.context("reading what has been told of")?;
        watched.take_over(&over);
    }
    let turns = watched.look(&db, &rules, minute).await.context("reading what was spent")?;
    raise::all(&db, &turns, &rules, explained, gathered, now).await.context("raising what is odd")?;
    *looked_at = Some(minute);
    Ok(Progress::Idle)
}

#[cfg(test)]
mod tests;
