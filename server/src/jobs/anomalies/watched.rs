//! Everybody whose spend is watched, with what is expected of them and what they spent of late.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use model::alert::Alert;
use model::anomaly::{Episode, Expectation, Hour, Kind, Minute, Outlook, Sensitivity, Subject, Turn};
use model::time::TimeRange;
use sqlx::PgPool;
use store::StoreError;
use store::spend::{self, Id, Spent};

/// Hours of history: four weeks, and one hour beside them.
const HISTORY_HOURS: i64 = 4 * 168 + 1;

/// Hours there is an expectation of: windows reach into the two before this one.
const HOURS: i64 = 3;

/// Minutes that are looked at: two windows of an hour.
const MINUTES: i64 = 120;

/// Minutes that are read again at every look: spans count in the minute they began in, and come when they end.
const MINUTES_AGAIN: i64 = 15;

/// Dollars from which on somebody is watched: of less nothing can be odd.
const USD_MIN: f64 = 1.0;

/// Series of a kind that are watched, those who spend the most: all kinds together take some tens of megabytes.
const SERIES_MAX: i64 = 2_000;

/// Series whose history is read at once: some hundred thousand rows.
const SERIES_PER_READ: usize = 200;

/// All series.
#[derive(Default)]
pub(super) struct Watched {
    /// The hour expectations are of, in hours since 1970.
    hour: Option<i64>,
    series: HashMap<(Kind, Id), Series>,
}

struct Series {
    subject: Subject,
    outlook: Outlook,
    /// What was spent, up to the minute that was read last.
    minutes: VecDeque<Minute>,
    /// The minute after the last of these, in minutes since 1970.
    until: i64,
    episode: Option<Episode>,
    /// The minute up to which everything odd has been told of.
    told_until: i64,
}

impl Watched {
    /// Works out what is expected in the hour of this minute, unless that is known.
    pub async fn refresh(&mut self, db: &PgPool, minute: i64) -> Result<(), StoreError> {
        let hour = minute.div_euclid(60);
        if self.hour == Some(hour) {
            return Ok(());
        }
        let mut expected = Vec::new();
        for kind in Kind::ALL {
            let large = spend::large(db, kind, hours(hour - 23, hour + 1), USD_MIN, SERIES_MAX).await?;
            expected.extend(expectations(db, kind, &large, hour).await?);
        }
        // Only now: what is known of them must not be lost when something cannot be read.
        let series = expected.into_iter().map(|(key, subject, outlook)| {
            let known = self.series.remove(&key);
            (key, Series::new(subject, outlook, known))
        });
        let mut series: HashMap<_, _> = series.collect();
        // Whoever is in a case goes on to be watched until it is over.
        series.extend(self.series.drain().filter(|(_, series)| series.episode.is_some()));
        (self.hour, self.series) = (Some(hour), series);
        Ok(())
    }

    /// Watches whoever spends that much of a sudden, and has not been watched since the hour began.
    pub async fn join(&mut self, db: &PgPool, minute: i64) -> Result<(), StoreError> {
        let hour = minute.div_euclid(60);
        for kind in Kind::ALL {
            let mut large = spend::large(db, kind, hours(hour - 1, hour + 1), USD_MIN, SERIES_MAX).await?;
            large.retain(|(id, _)| !self.series.contains_key(&(kind, *id)));
            for (key, subject, outlook) in expectations(db, kind, &large, hour).await? {
                self.series.insert(key, Series::new(subject, outlook, None));
            }
        }
        Ok(())
    }

    /// Takes over from a server that is gone: what is named in an alert that is over has been told of until then.
    pub fn take_over(&mut self, over: &[Alert]) {
        for series in self.series.values_mut() {
            let labels = series.subject.labels();
            let names_it = |alert: &&Alert| labels.iter().all(|label| alert.observation.labels.contains(label));
            let told = over.iter().filter(names_it).filter_map(|alert| alert.resolved_at).max();
            series.told_until = told.map_or(0, |at| at.timestamp().div_euclid(60));
        }
    }

    /// Reads what was spent up to this minute, and tells of every series where something is odd, or no longer is.
    pub async fn look(
        &mut self,
        db: &PgPool,
        minute: i64,
        sensitivity: &Sensitivity,
    ) -> Result<Vec<(Subject, Turn)>, StoreError> {
        for kind in Kind::ALL {
            let ids: Vec<Id> = self.series.keys().filter(|(of, _)| *of == kind).map(|(_, id)| *id).collect();
            for some in ids.chunks(SERIES_PER_READ) {
                self.read(db, kind, some, minute).await?;
            }
        }
        let mut turns = Vec::new();
        for series in self.series.values_mut() {
            let turn = series.look(minute, sensitivity);
            if turn != Turn::Quiet {
                turns.push((series.subject.clone(), turn));
            }
        }
        Ok(turns)
    }

    async fn read(&mut self, db: &PgPool, kind: Kind, ids: &[Id], minute: i64) -> Result<(), StoreError> {
        let mut missing = MINUTES_AGAIN;
        for id in ids {
            if let Some(series) = self.series.get_mut(&(kind, *id)) {
                missing = missing.max(series.make_room(minute));
            }
        }
        let range = TimeRange { from: at((minute + 1 - missing) * 60), to: at((minute + 1) * 60) };
        let read = spend::by_bucket(db, kind, ids, range, 60).await;
        if read.is_err() {
            let unread = |id: &Id| self.series.get_mut(&(kind, *id)).map(|series| series.until = 0);
            ids.iter().filter_map(unread).for_each(drop);
        }
        for spent in read? {
            if let Some(series) = self.series.get_mut(&(kind, spent.id)) {
                series.put(&spent, minute);
            }
        }
        Ok(())
    }
}

impl Series {
    /// Goes on with what is known of it.
    fn new(subject: Subject, outlook: Outlook, known: Option<Self>) -> Self {
        match known {
            Some(known) => Self { subject, outlook, ..known },
            None => Self { subject, outlook, minutes: VecDeque::new(), until: 0, episode: None, told_until: 0 },
        }
    }

    fn look(&mut self, minute: i64, sensitivity: &Sensitivity) -> Turn {
        let untold = usize::try_from(minute - self.told_until).unwrap_or_default();
        let minutes = self.minutes.make_contiguous();
        let minutes = &minutes[minutes.len().saturating_sub(untold)..];
        let turn = Episode::look(self.episode, &self.outlook, minutes, minute, sensitivity);
        self.episode = match turn {
            Turn::Quiet => None,
            Turn::Opens(episode) | Turn::GoesOn(episode) => Some(episode),
            Turn::Closes(_) => {
                self.told_until = minute;
                None
            }
        };
        turn
    }

    /// Moves on to this minute, and tells how many of the latest minutes are not known yet.
    fn make_room(&mut self, minute: i64) -> i64 {
        let new = (minute + 1 - self.until).clamp(0, MINUTES);
        let is_known = !self.minutes.is_empty() && self.until <= minute + 1;
        let missing = if is_known { new } else { MINUTES };
        for _ in 0..missing {
            self.minutes.push_back(Minute::default());
        }
        while self.minutes.len() as i64 > MINUTES {
            self.minutes.pop_front();
        }
        self.until = minute + 1;
        // Those that are read again begin at nothing.
        let again = self.minutes.len().saturating_sub(missing.max(MINUTES_AGAIN) as usize);
        self.minutes.range_mut(again..).for_each(|minute| *minute = Minute::default());
        missing
    }

    fn put(&mut self, spent: &Spent, minute: i64) {
        let back = minute - spent.bucket.timestamp().div_euclid(60);
        let place = usize::try_from(back).ok().and_then(|back| self.minutes.len().checked_sub(back + 1));
        if let Some(slot) = place.and_then(|place| self.minutes.get_mut(place)) {
            *slot = Minute { usd: spent.usd, calls: spent.calls };
        }
    }
}

/// These series with what is expected of them in the latest hours.
async fn expectations(
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
    let mut by_series = rows.chunk_by(|left, right| left.id == right.id).map(|rows| (rows[0].id, rows));
    let by_series: HashMap<Id, &[Spent]> = by_series.by_ref().collect();
    let outlook = |id: &Id| {
        let history = history(by_series.get(id).copied().unwrap_or_default(), first, hour);
        // An hour is expected by those before it, as when it began.
        Outlook::new((0..HOURS as usize).map(|back| Expectation::of(&history[..history.len().checked_sub(back)?])))
    };
    Ok(ids.iter().map(outlook).collect())
}

/// The hours from the first that something was spent in: nobody knows of those before it. An hour without a row is one without
/// spend.
fn history(rows: &[Spent], first: i64, until: i64) -> Vec<Option<Hour>> {
    let of = |row: &Spent| row.bucket.timestamp().div_euclid(3_600);
    let Some(began) = rows.first().map(of) else { return Vec::new() };
    let mut hours = vec![Some(Hour::default()); usize::try_from(until - began.max(first)).unwrap_or(0)];
    for row in rows {
        let place = usize::try_from(of(row) - began).ok();
        if let Some(slot) = place.and_then(|place| hours.get_mut(place)) {
            *slot = Some(Hour { usd: row.usd, calls: row.calls });
        }
    }
    hours
}

fn hours(from: i64, until: i64) -> TimeRange {
    TimeRange { from: at(from * 3_600), to: at(until * 3_600) }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}
