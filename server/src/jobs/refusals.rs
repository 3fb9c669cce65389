//! Forgets refused spans that are old, or too many.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use super::Progress;

/// Days a refusal is listed: long enough to be asked about at the end of a month.
const KEPT_DAYS: i64 = 30;

/// Rows kept, however new: about 300 MB. A sender that is refused everything must not fill the disk.
const ROWS_MAX: i64 = 1_000_000;

/// One round; there may be more to forget than one statement should.
pub async fn run(db: PgPool, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    // By the newest refusal too: a clock that is a month ahead for a moment forgets nothing.
    let newest = store::rejected::newest(&db).await?.map_or(now, |newest| newest.min(now));
    let pruned = store::rejected::prune(&db, newest - TimeDelta::days(KEPT_DAYS), ROWS_MAX).await?;
    Ok(if pruned == 0 { Progress::Idle } else { Progress::More })
}

#[cfg(test)]
mod tests {
    use model::rejected::{Filter, Refused};
    use store::rejected::Request;

    use super::*;

    #[sqlx::test(migrator = "store::MIGRATOR")]
    async fn a_clock_that_is_months_ahead_for_a_moment_forgets_nothing(db: PgPool) {
        let now = DateTime::from_timestamp(1_768_471_200, 0).unwrap();
        let refused =
            |at| Request { at, sender: "x".to_owned(), encoding: None, refused: vec![Refused::request("no")] };
        store::rejected::record(&db, &[refused(now - TimeDelta::days(40)), refused(now)]).await.unwrap();
        run(db.clone(), now + TimeDelta::days(62)).await.unwrap();
        let kept = store::rejected::list(&db, &Filter::default(), 10).await.unwrap();
        assert_eq!(kept.iter().map(|line| line.at).collect::<Vec<_>>(), [now]);
    }
}
