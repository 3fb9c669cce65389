//! Who sends, with what, and what became of it.

use chrono::{DateTime, Utc};
use model::ingest::{Fate, Sdk, SenderLine};

use super::encoding::{ByEncoding, Encoding};
use super::sdk::Sdks;
use super::table::Table;
use crate::pipeline::sender::Sender;

/// Senders that are told apart: more than a page can show; the others are summed up.
const SENDERS_MAX: usize = 200;

/// SDKs that are told apart: languages times versions in use at one time.
const SDKS_MAX: usize = 100;

/// SDKs remembered of one sender; a Collector forwards those of others.
const SENDER_SDKS_MAX: usize = 4;

/// Everybody who sent.
#[derive(Debug)]
pub struct Senders {
    senders: Table<Sender, Seen>,
    others: Fate,
    sdks: Table<Sdk, u64>,
    other_sdks: u64,
}

/// One sender.
#[derive(Debug, Default)]
struct Seen {
    sdks: Vec<Sdk>,
    by_encoding: ByEncoding,
    fate: Fate,
    last: DateTime<Utc>,
}

impl Default for Senders {
    fn default() -> Self {
        Self { senders: Table::new(SENDERS_MAX), others: Fate::default(), sdks: Table::new(SDKS_MAX), other_sdks: 0 }
    }
}

impl Senders {
    /// Spans of a sender were taken or refused.
    pub fn saw(&mut self, sender: &Sender, encoding: Option<Encoding>, fate: Fate, now: DateTime<Utc>) {
        let (seen, gone) = self.senders.row(sender);
        seen.fate.add(fate);
        seen.last = now;
        if let Some(encoding) = encoding {
            seen.by_encoding.add(encoding, fate.accepted + fate.duplicates + fate.rejected);
        }
        self.others.add(gone.map(|seen| seen.fate).unwrap_or_default());
    }

    /// Spans of a sender were sent with these.
    pub fn saw_sdks(&mut self, sender: &Sender, sdks: Sdks) {
        let (seen, gone) = self.senders.row(sender);
        for (sdk, _) in &sdks.named {
            if seen.sdks.len() < SENDER_SDKS_MAX && !seen.sdks.contains(sdk) {
                seen.sdks.push(sdk.clone());
            }
        }
        self.others.add(gone.map(|seen| seen.fate).unwrap_or_default());
        for (sdk, spans) in sdks.named {
            let (sum, gone) = self.sdks.row(&sdk);
            *sum += spans;
            self.other_sdks += gone.unwrap_or_default();
        }
        self.other_sdks += sdks.others;
    }

    /// The senders, the one heard of last first, and what became of the spans of the others.
    pub fn told(&self) -> (Vec<SenderLine>, Fate) {
        let lines = self.senders.rows().map(|(sender, seen)| SenderLine {
            name: sender.as_str().to_owned(),
            sdks: seen.sdks.clone(),
            by_encoding: seen.by_encoding.told(),
            fate: seen.fate,
            last_seen: seen.last,
        });
        (lines.collect(), self.others)
    }

    /// The SDKs, most spans first, and the spans of the others.
    pub fn sdks(&self) -> (Vec<(Sdk, u64)>, u64) {
        let mut sdks: Vec<(Sdk, u64)> = self.sdks.rows().map(|(sdk, spans)| (sdk.clone(), *spans)).collect();
        sdks.sort_by(|(left, fewer), (right, more)| more.cmp(fewer).then_with(|| left.cmp(right)));
        (sdks, self.other_sdks)
    }
}
