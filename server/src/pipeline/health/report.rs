//! Everything there is to tell about ingest, for its page.

use chrono::{DateTime, Utc};
use model::ingest::{IngestReport, TurnedAway, TurnedAwaySum};
use model::rejected::Reason;

use super::ring::SLOTS;
use super::sketch::Sketch;
use super::{Counts, Health, Slot};
use crate::pipeline::intake::Intake;

/// Seconds of a millisecond.
const MILLI: f64 = 1e-3;

impl Health {
    /// Everything, as of `now`.
    pub fn report_in_full(&self, now: DateTime<Utc>, intake: &Intake) -> IngestReport {
        let counts = self.counts();
        let (mut lag, mut lag_series) = (Sketch::default(), vec![None; SLOTS]);
        for (place, second) in counts.seconds.complete(now) {
            lag.merge(&second.lag);
            lag_series[place] = second.lag.quantile(0.99).map(|lag| lag * MILLI);
        }
        let (mut batch, mut commit) = (Sketch::default(), Sketch::default());
        for slot in counts.ten_minutes.recent(now) {
            batch.merge(&slot.batch);
            commit.merge(&slot.commit);
        }
        let (senders, other_senders) = counts.senders.told();
        let (sdks, other_sdks) = counts.senders.sdks();
        let rejected = Reason::ALL.iter().copied().zip(counts.rejected).filter(|(_, spans)| *spans > 0);
        IngestReport {
            now,
            started_at: counts.started_at,
            health: counts.health(now, intake),
            lag: lag.quantiles(MILLI),
            lag_series,
            queue: intake.queue(),
            disk: None,
            turned_away: counts.turned_away(now),
            rejected: rejected.collect(),
            batch_spans: batch.quantiles(1.0),
            commit_seconds: commit.quantiles(MILLI),
            unpriced: counts.unpriced,
            senders,
            other_senders,
            sdks,
            other_sdks,
        }
    }
}

impl Counts {
    fn turned_away(&self, now: DateTime<Utc>) -> Vec<TurnedAwaySum> {
        let recent = |why: TurnedAway| {
            let of_slot = |slot: &Slot| slot.turned_away[why as usize];
            self.ten_minutes.recent(now).map(of_slot).sum()
        };
        let all = TurnedAway::ALL.iter().copied().zip(self.turned_away);
        all.map(|(why, (requests, spans))| TurnedAwaySum { why, requests, recent_requests: recent(why), spans })
            .collect()
    }
}
