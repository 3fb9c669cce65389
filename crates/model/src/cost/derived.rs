//! Tokens, calls, time and data times their prices.

use serde::{Deserialize, Serialize};

use crate::usd::Usd;

/// Tokens times price, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DerivedCost {
    /// Sum of the lines.
    pub usd: Usd,
    /// One line per kind of token.
    pub lines: Vec<PriceLine>,
    /// Which price book was used.
    pub price_revision: String,
}

impl DerivedCost {
    /// The sum of these lines; `None` when that is more than can be kept.
    pub fn new(lines: Vec<PriceLine>, price_revision: impl Into<String>) -> Option<Self> {
        let usd = lines.iter().try_fold(Usd::ZERO, |sum, line| sum.checked_add(line.usd))?;
        Some(Self { usd, lines, price_revision: price_revision.into() })
    }
}

/// One kind of token at one price; calls, time and data are priced likewise, in units of which a million cost a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLine {
    /// `Input`, `Cached input`, `Output`, ...; what is counted follows from it, see [`PriceLine::measure`].
    pub label: String,
    /// How many.
    pub tokens: u64,
    /// Price of a million of them.
    pub usd_per_million: Usd,
    /// What they cost.
    pub usd: Usd,
}

impl PriceLine {
    /// Tokens at a price per million, to the nearest pico-dollar; `None` when that is more than can be kept. What is kept of
    /// a line leaves its cost out, so this must always give the same.
    pub fn new(label: impl Into<String>, tokens: u64, usd_per_million: Usd) -> Option<Self> {
        // The product of two 64-bit numbers fits 128 bits.
        let pico = (i128::from(tokens) * i128::from(usd_per_million.pico()) + 500_000) / 1_000_000;
        let usd = i64::try_from(pico).ok().map(Usd::from_pico)?;
        Some(Self { label: label.into(), tokens, usd_per_million, usd })
    }
}

impl PriceLine {
    /// The label of what a price book asks for every request.
    pub const REQUEST: &str = "Request";
    const CALL: &str = "Call";
    const TIME: &str = "Time";
    const DATA: &str = "Data";

    /// One request at the price a book has for it.
    pub fn per_request(usd: Usd) -> Option<Self> {
        Self::one(Self::REQUEST, usd)
    }

    /// One call at a flat price.
    pub fn per_call(usd: Usd) -> Option<Self> {
        Self::one(Self::CALL, usd)
    }

    /// Time at a price per second: a second is a million microseconds, and to those it is rounded.
    pub fn per_second(duration_ns: u64, usd: Usd) -> Option<Self> {
        Self::new(Self::TIME, duration_ns.saturating_add(500) / 1_000, usd)
    }

    /// Data at a price per MB, which is a million bytes.
    pub fn per_mb(bytes: u64, usd: Usd) -> Option<Self> {
        Self::new(Self::DATA, bytes, usd)
    }

    fn one(label: &str, usd: Usd) -> Option<Self> {
        Self::new(label, 1, Usd::from_pico(usd.pico().checked_mul(1_000_000)?))
    }

    /// What `tokens` counts.
    pub fn measure(&self) -> Measure {
        match self.label.as_str() {
            Self::REQUEST | Self::CALL => Measure::Calls,
            Self::TIME => Measure::Microseconds,
            Self::DATA => Measure::Bytes,
            _ => Measure::Tokens,
        }
    }
}

/// What a [`PriceLine`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Tokens.
    Tokens,
    /// Requests or calls.
    Calls,
    /// Microseconds: the price of a million is that of a second.
    Microseconds,
    /// Bytes: the price of a million is that of a MB.
    Bytes,
}
