//! How ingest is doing: counted here per transaction and per request, shown on pages, sent with the events, scraped from
//! `/metrics`.
//!
//! [`commit`] adds up a transaction before anything is locked, `senders` knows who sends with what, `report` tells it all.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use metrics::{counter, histogram};
use model::health::IngestHealth;
use model::ingest::{Fate, TurnedAway, Unpriced};
use model::rejected::{Reason, Refused};

use super::intake::Intake;
use super::sender::Sender;
use commit::Commit;
use encoding::ByEncoding;
pub use encoding::Encoding;
use ring::{Ring, SLOTS};
use senders::Senders;
use sketch::Sketch;

pub mod commit;
mod encoding;
mod report;
mod ring;
pub mod sdk;
mod senders;
mod sketch;
mod table;

/// Seconds the current rate is taken over: long enough to be steady between the batches of an SDK.
const RATE_SECONDS: usize = 10;

/// Seconds of a slot of the last ten minutes.
const TEN_MINUTES_SLOT: i64 = 10;

/// The counters of one process.
#[derive(Debug)]
pub struct Health(Mutex<Counts>);

#[derive(Debug)]
struct Counts {
    started_at: DateTime<Utc>,
    fate: Fate,
    by_encoding: ByEncoding,
    /// By [`Reason::code`].
    rejected: [u64; Reason::ALL.len()],
    /// Requests and spans by [`TurnedAway::code`].
    turned_away: [(u64, u64); TurnedAway::ALL.len()],
    unpriced: Unpriced,
    senders: Senders,
    seconds: Ring<Second>,
    ten_minutes: Ring<Slot>,
}

#[derive(Debug, Default)]
struct Second {
    spans: u64,
    /// In milliseconds.
    lag: Sketch,
}

#[derive(Debug, Default)]
struct Slot {
    /// Spans per transaction.
    batch: Sketch,
    /// In milliseconds.
    commit: Sketch,
    turned_away: [u64; TurnedAway::ALL.len()],
}

impl Health {
    /// Nothing yet.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(Counts {
            started_at: now,
            fate: Fate::default(),
            by_encoding: ByEncoding::default(),
            rejected: Default::default(),
            turned_away: Default::default(),
            unpriced: Unpriced::default(),
            senders: Senders::default(),
            seconds: Ring::new(1),
            ten_minutes: Ring::new(TEN_MINUTES_SLOT),
        }))
    }

    /// A transaction was committed.
    pub fn committed(&self, commit: Commit, now: DateTime<Utc>) {
        counter!("tracetab_ingest_spans_accepted_total").increment(commit.accepted);
        counter!("tracetab_ingest_spans_duplicate_total").increment(commit.duplicates);
        counter!("tracetab_ingest_unpriced_total").increment(commit.unpriced.unpriced);
        counter!("tracetab_ingest_model_calls_total").increment(commit.unpriced.model_calls);
        counter!("tracetab_ingest_unpriced_model_calls_total").increment(commit.unpriced.unpriced_model_calls);
        histogram!("tracetab_ingest_commit_seconds").record(commit.took.as_secs_f64());
        histogram!("tracetab_ingest_batch_spans").record(commit.spans as f64);
        for share in &commit.shares {
            let taken = share.fate.accepted + share.fate.duplicates;
            counter!("tracetab_ingest_spans_received_total", "encoding" => share.encoding.as_str()).increment(taken);
        }
        self.counts().committed(commit, now);
    }

    /// Payloads of so many bytes before and after compression were committed.
    pub fn packed((raw, packed): (u64, u64)) {
        counter!("tracetab_ingest_payload_bytes_total").increment(raw);
        counter!("tracetab_ingest_payload_packed_bytes_total").increment(packed);
    }

    /// Spans of a request, or all of it, were refused for what they are; `encoding` is `None` when that could not be told.
    pub fn rejected(&self, sender: &Sender, encoding: Option<Encoding>, refused: &[Refused], now: DateTime<Utc>) {
        let label = encoding.map_or("unknown", Encoding::as_str);
        let (mut spans, mut requests) = ([0; Reason::ALL.len()], [0; Reason::ALL.len()]);
        for one in refused {
            let class = Reason::of(&one.reason) as usize;
            match one.spans {
                Some(sum) => spans[class] += sum,
                None => requests[class] += 1,
            }
        }
        let labels = |class: usize| [("reason", Reason::ALL[class].as_str()), ("encoding", label)];
        for (class, sum) in spans.iter().enumerate().filter(|(_, sum)| **sum > 0) {
            counter!("tracetab_ingest_spans_rejected_total", &labels(class)).increment(*sum);
        }
        for (class, sum) in requests.iter().enumerate().filter(|(_, sum)| **sum > 0) {
            counter!("tracetab_ingest_requests_refused_total", &labels(class)).increment(*sum);
        }
        let fate = Fate { rejected: spans.iter().sum(), requests_refused: requests.iter().sum(), ..Fate::default() };
        let mut counts = self.counts();
        counts.fate.add(fate);
        counts.senders.saw(sender, encoding, fate, now);
        counts.rejected.iter_mut().zip(spans).for_each(|(sum, more)| *sum += more);
    }

    /// A request was sent back; its sender keeps it. Its spans are counted as far as they had been read.
    pub fn turned_away(&self, why: TurnedAway, spans: usize, now: DateTime<Utc>) {
        counter!("tracetab_ingest_spans_turned_away_total", "why" => why.as_str()).increment(spans as u64);
        counter!("tracetab_ingest_requests_turned_away_total", "why" => why.as_str()).increment(1);
        let mut counts = self.counts();
        let (requests, sum) = &mut counts.turned_away[why as usize];
        *requests += 1;
        *sum += spans as u64;
        counts.ten_minutes.slot(now).turned_away[why as usize] += 1;
    }

    /// The figures as of `now`.
    pub fn report(&self, now: DateTime<Utc>, intake: &Intake) -> IngestHealth {
        self.counts().health(now, intake)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Plain counters: a panic elsewhere leaves them a step behind at worst.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn committed(&mut self, commit: Commit, now: DateTime<Utc>) {
        self.fate.add(Fate { accepted: commit.accepted, duplicates: commit.duplicates, ..Fate::default() });
        self.unpriced.add(commit.unpriced);
        let second = self.seconds.slot(now);
        second.spans += commit.accepted;
        second.lag.merge(&commit.lag);
        let slot = self.ten_minutes.slot(now);
        slot.batch.record(commit.spans as f64);
        slot.commit.record(milliseconds(commit.took));
        for share in commit.shares {
            self.by_encoding.add(share.encoding, share.fate.accepted + share.fate.duplicates);
            self.senders.saw(&share.sender, Some(share.encoding), share.fate, now);
            self.senders.saw_sdks(&share.sender, share.sdks);
        }
    }

    fn health(&self, now: DateTime<Utc>, intake: &Intake) -> IngestHealth {
        let mut series = vec![0.0; SLOTS];
        let mut lag = Sketch::default();
        for (place, second) in self.seconds.complete(now) {
            series[place] = second.spans as f64;
            lag.merge(&second.lag);
        }
        let recent: f64 = series.iter().rev().take(RATE_SECONDS).sum();
        let queue = intake.queue();
        IngestHealth {
            spans_per_second: recent / RATE_SECONDS as f64,
            spans_per_second_series: series,
            lag_p99_seconds: lag.quantile(0.99).map(|milliseconds| milliseconds / 1e3),
            queue_spans: queue.spans,
            queue_spans_max: queue.spans_max,
            accepted: self.fate.accepted,
            rejected: self.fate.rejected,
            duplicates: self.fate.duplicates,
            turned_away: self.turned_away.iter().map(|(requests, _)| requests).sum(),
            requests_refused: self.fate.requests_refused,
            by_encoding: self.by_encoding.told(),
            disk_alarm: None,
        }
    }
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests;
