//! What the values of the price file may be.

use chrono::NaiveDate;
use model::Usd;

use crate::pipeline::price::overrides::Pattern;
use crate::rules::scalar::{Scalar, exact_usd};

/// A price in USD, exact.
pub(super) struct Amount(pub(super) Usd);

impl Scalar for Amount {
    const EXPECTED: &'static str = "a price in US dollars, such as 2.50";

    fn from_text(text: &str) -> Result<Self, String> {
        exact_usd(text).map(Self)
    }
}

/// A price of one call. What is kept of it is the price of a million.
pub(super) struct PerCall(pub(super) Usd);

/// A millionth of the most that can be kept.
const PER_CALL_MAX: Usd = Usd::from_pico(9 * model::usd::PICO_PER_USD);

impl Scalar for PerCall {
    const EXPECTED: &'static str = "a price in US dollars of at most 9, such as 0.005";

    fn from_text(text: &str) -> Result<Self, String> {
        let Amount(usd) = Amount::from_text(text)?;
        if usd <= PER_CALL_MAX { Ok(Self(usd)) } else { Err(format!("{text:?}: expected {}", Self::EXPECTED)) }
    }
}

/// A day, UTC.
pub(super) struct Day(pub(super) NaiveDate);

impl Scalar for Day {
    const EXPECTED: &'static str = "a day such as 2026-01-31";

    fn from_text(text: &str) -> Result<Self, String> {
        text.trim().parse().map(Self).map_err(|_| format!("{text:?}: expected {}", Self::EXPECTED))
    }
}

impl Scalar for Pattern {
    const EXPECTED: &'static str = "a name or a regular expression";

    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}
