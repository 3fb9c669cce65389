//! Budgets: what may be spent, by whom, over which time, and how far along it is.
//!
//! [`period`] says what time a budget counts, [`standing`] what its spend means, [`reading`] is all of them at one
//! moment, [`crossing`] which span took a trace over the limit of one trace; [`fields`] and [`draft`] read what people
//! write, [`rulebook`] is all budgets with where they come from, [`forecast`] where their spend will be; this file names the
//! data. All figures are integers of pico-dollars.

use serde::{Deserialize, Serialize};

pub mod alarm;
pub mod crossing;
pub mod draft;
#[cfg(not(target_arch = "wasm32"))]
pub mod estimate;
pub mod fields;
pub mod forecast;
pub mod period;
pub mod reading;
pub mod rulebook;
pub mod standing;

use crate::cost::Dimension;
use crate::usd::Usd;
pub use forecast::Outlook;
pub use period::Period;
pub use reading::{Line, Reading, SpendByName};
pub use standing::{Spend, Standing};

/// What one trace may cost before it raises an alarm, unless the rules say otherwise: one cent.
pub const TRACE_LIMIT_BY_DEFAULT: Usd = Usd::from_pico(10_000_000_000);

/// Percentages of the limit that raise an alarm, unless a budget has its own.
pub const THRESHOLDS_BY_DEFAULT: [u16; 3] = [50, 80, 100];

/// A rule, of `budgets.yaml` or made in the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Unique name.
    pub name: String,
    /// Whose spend counts.
    pub scope: Scope,
    /// What time counts.
    pub period: Period,
    /// What may be spent within a period; above zero.
    pub limit: Usd,
    /// Percentages of the limit that raise an alarm, ascending.
    pub thresholds: Vec<u16>,
    /// How fast is too fast.
    pub burn_limits: BurnLimits,
}

/// Whose spend a budget counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// Everybody's.
    All,
    /// That of one tenant, user, service, capability or model.
    One(Dimension, String),
    /// That of each of them by itself: as many budgets as there are names. What nobody owns is in none of them.
    Each(Dimension),
}

/// Burn rates past which an alarm is raised, in thousandths: 1,000 spends the limit exactly by the end of the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BurnLimits {
    /// Over the last hour.
    pub fast: i64,
    /// Over the last day; means nothing to a period that is no longer than that.
    pub slow: i64,
}

impl Default for BurnLimits {
    /// A month's budget lasts two days at 14.4, ten at 3: an hour of the one takes a fiftieth of it, a day of the other a tenth.
    fn default() -> Self {
        Self { fast: 14_400, slow: 3_000 }
    }
}

/// Dimensions a budget may be of.
pub const DIMENSIONS: [Dimension; 5] =
    [Dimension::Tenant, Dimension::User, Dimension::Service, Dimension::Capability, Dimension::Model];

impl Scope {
    /// What its spend is grouped by.
    pub const fn dimension(&self) -> Dimension {
        match self {
            Self::All => Dimension::Total,
            Self::One(dimension, _) | Self::Each(dimension) => *dimension,
        }
    }

    /// The one whose spend counts, when it is one by name.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::One(_, name) => Some(name),
            Self::All | Self::Each(_) => None,
        }
    }

    /// Whether it is as many budgets as there are names.
    pub const fn is_each(&self) -> bool {
        matches!(self, Self::Each(_))
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::One(dimension, name) => write!(f, "{dimension} {name}"),
            Self::Each(dimension) => write!(f, "each {dimension}"),
        }
    }
}

/// All but its name, in words: `40 USD, month, of tenant acme: alarms at 50 %, 80 %, 100 %`.
impl std::fmt::Display for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} USD, {}, of {}: ", self.limit, self.period, self.scope)?;
        let percents: Vec<String> = self.thresholds.iter().map(|percent| format!("{percent} %")).collect();
        if percents.is_empty() {
            f.write_str("no alarms at thresholds")?;
        } else {
            write!(f, "alarms at {}", percents.join(", "))?;
        }
        if self.burn_limits == BurnLimits::default() {
            return Ok(());
        }
        write!(f, ", or burning at {}", self.burn_limits.words())
    }
}

impl Budget {
    /// What it is addressed by: its name in small letters, digits and dashes.
    pub fn slug(&self) -> String {
        let mut slug = String::with_capacity(self.name.len());
        for character in self.name.chars() {
            if character.is_alphanumeric() {
                slug.extend(character.to_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(slug.trim_end_matches('-').len());
        slug
    }

    /// The address of the budget of `owner`, for a rule about each of them: `each-tenant:acme-robotics`.
    pub fn id(&self, owner: Option<&str>) -> String {
        match owner.filter(|_| self.scope.is_each()) {
            Some(owner) => format!("{}:{owner}", self.slug()),
            None => self.slug(),
        }
    }
}

#[cfg(test)]
mod tests;
