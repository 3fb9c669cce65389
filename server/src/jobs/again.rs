//! Puts traces on the finaliser's list again when somebody asks for it because of an override of verdicts.
//!
//! Every round is bounded and leaves the run further than it was, so that whoever is elected next goes on from there.

use anyhow::Context;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use store::overrides::again::{self, Step};

use super::Progress;

/// Traces of one round: as many as the finaliser takes at once.
const TRACES_PER_ROUND: i64 = 1_000;

/// One round of the run that is under way, if there is one.
pub async fn run(db: PgPool, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    let step = again::step(&db, TRACES_PER_ROUND, now).await.context("putting traces on the finaliser's list")?;
    Ok(match step {
        Step::More => Progress::More,
        Step::Wait | Step::Idle => Progress::Idle,
    })
}
