//! Everybody whose spend is watched, with what is expected of them and what they spent of late.

use std::collections::HashMap;

use model::alert::query::Query;
use model::alert::{Alert, Rule};
use model::anomaly::{Kind, Subject, Turn};
use model::time::TimeRange;
use sqlx::PgPool;
use store::StoreError;
use store::spend::{self, Id};

use super::case;
use super::expected::{at, expectations, hours};
use super::series::{MINUTES_AGAIN, Series};

/// Dollars from which on somebody is watched: of less nothing can be odd, unless a rule asks for it.
const USD_MIN: f64 = 1.0;

/// And then of this: whoever spends less is one of very many.
const USD_MIN_OF_RULES: f64 = 0.01;

/// Series of a kind that are watched, those who spend the most: all kinds together take some tens of megabytes.
const SERIES_MAX: i64 = 2_000;

/// Series whose minutes are read at once, at most some tens of thousands of rows: what is not rolled up is gone through each time.
const SERIES_PER_LOOK: usize = 1_000;

/// Dollars from which on somebody is watched, by these rules.
fn usd_min(kind: Kind, rules: &[Rule]) -> f64 {
    let asked = rules.iter().filter_map(|rule| match &rule.query {
        Query::OddSpend(query) if query.kind == kind => Some(query.sensitivity().excess_usd),
        _ => None,
    });
    asked.fold(USD_MIN, f64::min).max(USD_MIN_OF_RULES)
}

/// All series.
#[derive(Default)]
pub(super) struct Watched {
    /// The hour expectations are of, in hours since 1970.
    hour: Option<i64>,
    series: HashMap<(Kind, Id), Series>,
}

impl Watched {
    /// Works out what is expected in the hour of this minute, unless that is known.
    pub async fn refresh(&mut self, db: &PgPool, rules: &[Rule], minute: i64) -> Result<(), StoreError> {
        let hour = minute.div_euclid(60);
        if self.hour == Some(hour) {
            return Ok(());
        }
        let mut expected = Vec::new();
        for kind in Kind::ALL {
            let large = spend::large(db, kind, hours(hour - 23, hour + 1), usd_min(kind, rules), SERIES_MAX).await?;
            expected.extend(expectations(db, kind, &large, hour).await?);
        }
        // Only now: what is known of them must not be lost when something cannot be read.
        let series = expected.into_iter().map(|(key, subject, outlook)| {
            let known = self.series.remove(&key);
            (key, Series::new(subject, outlook, known))
        });
        let mut series: HashMap<_, _> = series.collect();
        // Whoever is in a case goes on to be watched until it is over.
        series.extend(self.series.drain().filter(|(_, series)| series.is_in_a_case()));
        (self.hour, self.series) = (Some(hour), series);
        Ok(())
    }

    /// Watches whoever spends that much of a sudden, and has not been watched since the hour began.
    pub async fn join(&mut self, db: &PgPool, rules: &[Rule], minute: i64) -> Result<(), StoreError> {
        let hour = minute.div_euclid(60);
        for kind in Kind::ALL {
            let mut large = spend::large(db, kind, hours(hour - 1, hour + 1), usd_min(kind, rules), SERIES_MAX).await?;
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
            let labels = series.subject().labels();
            let names_it = |alert: &&Alert| labels.iter().all(|label| alert.observation.labels.contains(label));
            let told = over.iter().filter(names_it).filter_map(|alert| alert.resolved_at).max();
            series.take_over(told);
        }
    }

    /// Reads what was spent up to this minute, and tells of every series where something is odd, or no longer is.
    pub async fn look(
        &mut self,
        db: &PgPool,
        rules: &[Rule],
        minute: i64,
    ) -> Result<Vec<(&Subject, Turn)>, StoreError> {
        for kind in Kind::ALL {
            let ids: Vec<Id> = self.series.keys().filter(|(of, _)| *of == kind).map(|(_, id)| *id).collect();
            for some in ids.chunks(SERIES_PER_LOOK) {
                self.read(db, kind, some, minute).await?;
            }
        }
        let mut turns = Vec::new();
        for series in self.series.values_mut() {
            let sensitivity = case::sensitivity(series.subject(), rules);
            let turn = series.look(minute, &sensitivity);
            if turn != Turn::Quiet {
                turns.push((series.subject(), turn));
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
            let unread = |id: &Id| self.series.get_mut(&(kind, *id)).map(Series::forget);
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
