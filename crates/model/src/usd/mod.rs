//! Money: exact decimal US dollars, never floating point.
//!
//! [`Usd`] is one amount (64 bits of pico-dollars, 1e-12 USD); [`UsdSum`] is a total (128 bits), so that no
//! number of spans can overflow it. Between our own processes both travel as integers; [`json`] writes them for
//! the public API as plain decimal numbers with all their digits.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Pico-dollars in a dollar.
pub const PICO_PER_USD: i64 = 1_000_000_000_000;

/// Digits after the point that an amount can hold.
const SCALE: usize = 12;

/// One amount in pico-dollars (1e-12 USD); between -9.2 and +9.2 million dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usd(i64);

/// A total in pico-dollars. Serialises as a decimal string of pico-dollars, since JSON integers of 128 bits are not portable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsdSum(i128);

/// Why a text is not an amount of money we can keep exactly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsdError {
    /// Not a plain or scientific decimal number ("$0.10", "0,10", "NaN", "true").
    #[error("expected a plain decimal number of US dollars, such as 0.00125")]
    NotANumber,
    /// Below zero; refunds are corrections, never a span's cost.
    #[error("a cost cannot be negative")]
    Negative,
    /// More than an amount can hold.
    #[error("a cost above 9.2 million dollars cannot be kept")]
    TooLarge,
}

impl Usd {
    /// Nothing: priced, and free. An unknown cost is `Option::None`, never this.
    pub const ZERO: Self = Self(0);

    /// The amount of this many pico-dollars.
    pub const fn from_pico(pico: i64) -> Self {
        Self(pico)
    }

    /// Pico-dollars.
    pub const fn pico(self) -> i64 {
        self.0
    }

    /// A double as a client sent it, read by its shortest decimal form: 0.1 is exactly ten cents.
    pub fn from_f64_text(value: f64) -> Result<Self, UsdError> {
        if value.is_finite() { format!("{value}").parse() } else { Err(UsdError::NotANumber) }
    }

    /// Dollars, as near as a double comes: for judging and drawing, never for booking.
    pub const fn to_f64(self) -> f64 {
        UsdSum(self.0 as i128).to_f64()
    }

    /// The sum, or `None` past the range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` past the range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

impl UsdSum {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The total of this many pico-dollars.
    pub const fn from_pico(pico: i128) -> Self {
        Self(pico)
    }

    /// Pico-dollars.
    pub const fn pico(self) -> i128 {
        self.0
    }

    /// The total nearest to so many dollars that were judged or drawn.
    pub fn from_f64(dollars: f64) -> Self {
        Self((dollars * PICO_PER_USD as f64).round() as i128)
    }

    /// Dollars, as near as a double comes: for judging and drawing, never for booking.
    pub const fn to_f64(self) -> f64 {
        self.0 as f64 / PICO_PER_USD as f64
    }
}

/// Whether an amount that can be parsed is kept to its last digit, and nothing of it rounded away.
pub fn is_exact(text: &str) -> bool {
    let (mantissa, exponent) = text.trim().split_once(['e', 'E']).unwrap_or((text.trim(), "0"));
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.trim_end_matches('0').len());
    exponent.parse::<i64>().is_ok_and(|exponent| decimals as i64 - exponent <= SCALE as i64)
}

impl FromStr for Usd {
    type Err = UsdError;

    /// Parses `12`, `0.00125`, `1.5e-7`. More than twelve decimals are rounded half up.
    fn from_str(text: &str) -> Result<Self, UsdError> {
        let text = text.trim();
        match text.strip_prefix('-') {
            // "-0" and "-0.0" are zero, anything else below zero is refused.
            Some(magnitude) => match parse_magnitude(magnitude)? {
                Self::ZERO => Ok(Self::ZERO),
                _ => Err(UsdError::Negative),
            },
            None => parse_magnitude(text.strip_prefix('+').unwrap_or(text)),
        }
    }
}

/// Digits, perhaps a point and an exponent, without a sign in front.
fn parse_magnitude(text: &str) -> Result<Usd, UsdError> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| UsdError::NotANumber)?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UsdError::NotANumber);
    }
    scale_digits(digits.trim_start_matches('0'), i64::from(exponent) - fraction.len() as i64 + SCALE as i64)
}

/// `digits` times ten to the power of `shift`, as pico-dollars, rounded half up.
fn scale_digits(digits: &str, shift: i64) -> Result<Usd, UsdError> {
    let length = digits.len() as i64 + shift;
    if digits.is_empty() || length < 0 {
        return Ok(Usd::ZERO);
    }
    // i64 holds 19 digits; anything longer cannot fit and is not worth the padding.
    if length > 19 {
        return Err(UsdError::TooLarge);
    }
    let keep = (length as usize).min(digits.len());
    let (kept, cut) = digits.split_at(keep);
    let padded = format!("0{kept:0<width$}", width = length as usize);
    let value: i128 = padded.parse().map_err(|_| UsdError::TooLarge)?;
    let round_up = i128::from(cut.bytes().next().is_some_and(|digit| digit >= b'5'));
    i64::try_from(value + round_up).map(Usd).map_err(|_| UsdError::TooLarge)
}

/// Writes pico-dollars as the shortest plain decimal: `0.00125`, `3`, `-0.5`.
fn write_decimal(pico: i128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let sign = if pico < 0 { "-" } else { "" };
    let magnitude = pico.unsigned_abs();
    let (whole, fraction) = (magnitude / PICO_PER_USD as u128, magnitude % PICO_PER_USD as u128);
    if fraction == 0 {
        return write!(f, "{sign}{whole}");
    }
    let fraction = format!("{fraction:012}");
    write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(i128::from(self.0), f)
    }
}

impl fmt::Display for UsdSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(self.0, f)
    }
}

impl From<Usd> for UsdSum {
    fn from(amount: Usd) -> Self {
        Self(i128::from(amount.0))
    }
}

impl Sum<Usd> for UsdSum {
    fn sum<I: Iterator<Item = Usd>>(amounts: I) -> Self {
        Self(amounts.map(|amount| i128::from(amount.0)).sum())
    }
}

impl Sum for UsdSum {
    fn sum<I: Iterator<Item = Self>>(totals: I) -> Self {
        Self(totals.map(|total| total.0).sum())
    }
}

impl std::ops::Add for UsdSum {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::AddAssign for UsdSum {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::ops::Sub for UsdSum {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Serialize for UsdSum {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UsdSum {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

pub mod json;

#[cfg(test)]
mod tests;
