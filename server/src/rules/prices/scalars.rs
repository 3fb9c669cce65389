//! What the values of the price file may be.

use chrono::NaiveDate;
use model::Usd;

use crate::pipeline::price::overrides::Pattern;
use crate::rules::scalar::Scalar;

/// A price in USD, exact.
pub(super) struct Amount(pub(super) Usd);

impl Scalar for Amount {
    const EXPECTED: &'static str = "a price in US dollars, such as 2.50";

    fn from_text(text: &str) -> Result<Self, String> {
        let exact = text.trim().parse::<Usd>().map_err(|error| format!("{text:?}: {error}"))?;
        if is_exact(text) { Ok(Self(exact)) } else { Err(format!("{text:?}: expected at most 12 decimals")) }
    }
}

/// Whether nothing was rounded away: prices have a few decimals, and more than can be kept is a typing mistake.
fn is_exact(text: &str) -> bool {
    let (mantissa, exponent) = text.trim().split_once(['e', 'E']).unwrap_or((text.trim(), "0"));
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.trim_end_matches('0').len());
    exponent.parse::<i64>().is_ok_and(|exponent| decimals as i64 - exponent <= 12)
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

/// A name that is no pattern.
pub(super) struct Name(pub(super) String);

impl Scalar for Name {
    const EXPECTED: &'static str = "a name, such as batch";

    fn from_text(text: &str) -> Result<Self, String> {
        let name = text.trim();
        if name.is_empty() { Err(format!("expected {}", Self::EXPECTED)) } else { Ok(Self(name.to_owned())) }
    }
}

impl Scalar for Pattern {
    const EXPECTED: &'static str = "a name or a regular expression";

    fn from_text(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}
