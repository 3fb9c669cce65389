//! The fields of a budget as people write them: in `budgets.yaml`, in a form and to the API. One rule for all of them.
//!
//! What cannot be read is answered with what was expected, so that whoever typed it can type something else.

use std::str::FromStr;

use super::{BurnLimits, DIMENSIONS, Scope};
use crate::cost::Dimension;
use crate::usd::{self, Usd};

/// Characters of a name: it stands on one line of a page and in an address.
pub const NAME_CHARS_MAX: usize = 200;

/// Thresholds of one budget: each is an alert of its own.
pub const THRESHOLDS_MAX: usize = 10;

/// The highest threshold: ten times the limit.
const PERCENT_MAX: u16 = 1_000;

/// The highest burn rate, in thousandths: past it a month's budget lasts less than an hour.
const BURN_MAX: i64 = 1_000_000;

/// Decimals of a burn rate.
const BURN_DECIMALS: usize = 3;

/// What a scope is.
pub const SCOPE_EXPECTED: &str =
    "a scope: all, `each tenant` or `tenant NAME`, with tenant, user, service, capability or model";
/// What a limit is.
pub const LIMIT_EXPECTED: &str = "an amount of US dollars above 0, such as 25000 or 0.5";
/// What a threshold is.
pub const PERCENT_EXPECTED: &str = "a whole percentage from 1 to 1000";
/// What a burn rate is.
pub const BURN_EXPECTED: &str = "a burn rate from 0.001 to 1000, such as 14.4";

/// A name with something in it that can be part of an address.
pub fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() {
        return Err("expected a name that is not empty".into());
    }
    if !name.contains(char::is_alphanumeric) {
        return Err("expected a name with a letter in it".into());
    }
    if name.chars().count() > NAME_CHARS_MAX || name.contains(char::is_control) {
        return Err(format!("expected a name of one line, with at most {NAME_CHARS_MAX} characters"));
    }
    Ok(name.to_owned())
}

/// A text that names no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {SCOPE_EXPECTED}")]
pub struct ScopeError;

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let dimension =
            |word: &str| Dimension::parse(word).filter(|dimension| DIMENSIONS.contains(dimension)).ok_or(ScopeError);
        match text.trim().split_once(char::is_whitespace) {
            None if text.trim() == "all" => Ok(Self::All),
            None => Err(ScopeError),
            Some(("each", word)) => dimension(word.trim()).map(Self::Each),
            Some((word, name)) => dimension(word).map(|dimension| Self::One(dimension, name.trim().to_owned())),
        }
    }
}

/// What may be spent; an amount of which something would be rounded away is a typing mistake.
pub fn limit(text: &str) -> Result<Usd, String> {
    let amount = text.parse().ok().filter(|amount| *amount > Usd::ZERO && usd::is_exact(text));
    amount.ok_or_else(|| format!("expected {LIMIT_EXPECTED}"))
}

/// A threshold: `80` or `80 %`.
pub fn percent(text: &str) -> Result<u16, String> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let percent = text.parse().ok().filter(|percent| (1..=PERCENT_MAX).contains(percent));
    percent.ok_or_else(|| format!("expected {PERCENT_EXPECTED}"))
}

/// Thresholds in their order, each once.
pub fn thresholds(mut percents: Vec<u16>) -> Result<Vec<u16>, String> {
    percents.sort_unstable();
    percents.dedup();
    if percents.len() > THRESHOLDS_MAX {
        return Err(format!("{} thresholds; expected at most {THRESHOLDS_MAX}", percents.len()));
    }
    Ok(percents)
}

/// A burn rate in thousandths, of at most three decimals: `14.4`.
pub fn burn_rate(text: &str) -> Result<i64, String> {
    let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let rate = (decimals.len() <= BURN_DECIMALS)
        .then(|| format!("{whole}{decimals:0<BURN_DECIMALS$}").parse().ok())
        .flatten()
        .filter(|rate| (1..=BURN_MAX).contains(rate));
    rate.ok_or_else(|| format!("expected {BURN_EXPECTED}"))
}

/// A burn rate as it is read: `14.4`.
pub fn burn_words(thousandths: i64) -> String {
    let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
    let text = format!("{whole}.{rest:0BURN_DECIMALS$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl BurnLimits {
    /// Both in words: `14.4 for an hour, 3 for a day`.
    pub fn words(self) -> String {
        format!("{} for an hour, {} for a day", burn_words(self.fast), burn_words(self.slow))
    }
}
