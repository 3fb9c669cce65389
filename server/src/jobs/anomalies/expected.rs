//! What is expected of series in the latest hours, from the hours before them.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use model::anomaly::{Expectation, Kind, Outlook, Subject};
use model::time::TimeRange;
use sqlx::PgPool;
use store::StoreError;
use store::spend::{self, HISTORY_HOURS, Id, Spent};

/// Hours there is an expectation of: windows reach into the two before this one.
const HOURS: i64 = 3;

/// Series whose history is read at once: some hundred thousand rows.
const SERIES_PER_READ: usize = 200;

/// These series with what is expected of them in the latest hours.
pub(super) async fn expectations(
    db: &PgPool,
    kind: Kind,
    series: &[(Id, Subject)],
    hour: i64,
) -> Result<Vec<((Kind, Id), Subject, Outlook)>, StoreError> {
    let mut expected = Vec::with_capacity(series.len());
    for some in series.chunks(SERIES_PER_READ) {
        let outlooks = outlooks(db, kind, some, hour).await?;
        let with_outlook = some.iter().zip(outlooks);
        expected.extend(with_outlook.map(|((id, subject), outlook)| ((kind, *id), subject.clone(), outlook)));
    }
    Ok(expected)
}

/// What is expected of as many series as are read at once, in their order.
async fn outlooks(db: &PgPool, kind: Kind, series: &[(Id, Subject)], hour: i64) -> Result<Vec<Outlook>, StoreError> {
    let first = hour - HOURS + 1 - HISTORY_HOURS;
    let ids: Vec<Id> = series.iter().map(|(id, _)| *id).collect();
    let rows = spend::by_bucket(db, kind, &ids, hours(first, hour), 3_600).await?;
    let by_series = rows.chunk_by(|left, right| left.id == right.id).map(|rows| (rows[0].id, rows));
    let by_series: HashMap<Id, &[Spent]> = by_series.collect();
    let outlook = |id: &Id| {
        let history = spend::hours(by_series.get(id).copied().unwrap_or_default(), first, hour);
        // An hour is expected by those before it, as when it began.
        Outlook::new((0..HOURS as usize).map(|back| Expectation::of(&history[..history.len().checked_sub(back)?])))
    };
    Ok(ids.iter().map(outlook).collect())
}

/// The time from the beginning of one hour to that of another, in hours since 1970.
pub(super) fn hours(from: i64, until: i64) -> TimeRange {
    TimeRange { from: at(from * 3_600), to: at(until * 3_600) }
}

/// So many seconds after 1970.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}
