//! Prices of one's own, asked before the bundled book: what `prices.yaml` says, entry by entry.
//!
//! The first entry that is about a call decides; when it lacks a price that the call needs, the cost is unknown, with the
//! reason, rather than put together from two books. Reading the file is the business of `rules::prices`.

mod amounts;
mod pattern;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::NaiveDate;
use model::cost::PriceLine;
use model::{Span, Usd};

pub use amounts::{Flat, PerToken, Prices};
pub use pattern::Pattern;

use super::names;

/// Models remembered with the entries about them. When full, all are forgotten and looked for again.
const REMEMBERED_MAX: usize = 20_000;

/// Entries in their order, and what they are called together.
#[derive(Debug, Default)]
pub struct Overrides {
    entries: Vec<Entry>,
    revision: String,
    /// Places of the entries about a provider and a model.
    remembered: RwLock<HashMap<String, Arc<[usize]>>>,
}

/// What one entry prices, when, and at what.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is about.
    pub what: What,
    /// The price tier it is for (`batch`, `flex`); `None` is every one.
    pub tier: Option<String>,
    /// First day it holds, UTC; `None` is since ever.
    pub valid_from: Option<NaiveDate>,
    /// Last day it holds, UTC; `None` is for ever.
    pub valid_to: Option<NaiveDate>,
    /// Its prices.
    pub prices: Prices,
}

/// What an entry is about.
#[derive(Debug, Clone)]
pub enum What {
    /// Calls of models; a missing pattern is any.
    Model {
        /// Who serves it.
        provider: Option<Pattern>,
        /// The model.
        model: Option<Pattern>,
    },
    /// An `operation_type` or a tool.
    Operation(Pattern),
}

/// What an entry makes of a span: lines that add up, or why there is no price.
pub struct Priced {
    /// Tokens, calls, time and data times their prices.
    pub lines: Vec<PriceLine>,
    /// What priced it, for people.
    pub by: String,
}

impl Overrides {
    /// These entries, in this order; `revision` is kept with every cost made of them.
    pub fn new(entries: Vec<Entry>, revision: String) -> Self {
        Self { entries, revision, remembered: RwLock::default() }
    }

    /// The entries in their order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is kept with every cost made of them: the file and a hash of its content.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Whether a file was read, be it an empty one.
    pub fn is_from_file(&self) -> bool {
        !self.revision.is_empty()
    }

    /// What the first entry about the model call makes of it; `None` when there is none, or it needs tokens and there are none.
    pub fn price_call(&self, span: &Span) -> Option<Result<Priced, String>> {
        let call = span.model_call.as_ref()?;
        let (provider, model) = (call.provider.as_deref(), call.model.as_deref()?);
        let day = span.start.to_datetime().date_naive();
        let about = self.about(provider, model);
        let place =
            about.iter().copied().find(|place| self.entries[*place].holds(day, call.service_tier.as_deref()))?;
        let priced = self.entries[place].prices.of_call(span, &call.usage)?;
        let by = self.name(place);
        Some(priced.map(|lines| Priced { lines, by: by.clone() }).map_err(|why| format!("{model}: {by} {why}")))
    }

    /// Whether an entry is about a model on a day, whatever the tier.
    pub fn knows(&self, provider: Option<&str>, model: &str, day: NaiveDate) -> bool {
        self.about(provider, model).iter().any(|place| self.entries[*place].holds_on(day))
    }

    /// What the first entry about the operation makes of a span; `None` when there is none.
    pub fn price_operation(&self, span: &Span) -> Option<Result<Priced, String>> {
        let operation = span.priced_as.as_deref()?;
        let day = span.start.to_datetime().date_naive();
        let is_about = |entry: &Entry| {
            matches!(&entry.what, What::Operation(name) if name.matches(operation)) && entry.holds(day, None)
        };
        let place = self.entries.iter().position(is_about)?;
        let Prices::Flat(flat) = &self.entries[place].prices else { return None };
        let by = self.name(place);
        let priced = flat.of_span(span).map(|lines| Priced { lines, by: by.clone() });
        Some(priced.map_err(|why| format!("{operation}: {by} {why}")))
    }

    fn name(&self, place: usize) -> String {
        let file = self.revision.rsplit_once(' ').map_or(self.revision.as_str(), |(file, _)| file);
        format!("entry {} of {file}", place + 1)
    }

    /// Places of the entries about a model, in their order.
    fn about(&self, provider: Option<&str>, model: &str) -> Arc<[usize]> {
        // U+0000 cannot be in either of the names: normalising replaced it.
        let key = [provider.unwrap_or(""), model].join("\0");
        if let Some(known) = self.remembered.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let names = Names::of(provider, model);
        let about = self.entries.iter().enumerate().filter(|(_, entry)| entry.what.is_model(&names));
        let about: Arc<[usize]> = about.map(|(place, _)| place).collect();
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(key, about.clone());
        about
    }
}

impl Entry {
    fn holds(&self, day: NaiveDate, tier: Option<&str>) -> bool {
        let of_tier =
            self.tier.as_deref().is_none_or(|wanted| tier.is_some_and(|tier| tier.eq_ignore_ascii_case(wanted)));
        self.holds_on(day) && of_tier
    }

    fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }

    /// Whether everything `later` is about has been decided by this one before it comes to it, on any day that both hold.
    pub fn is_before(&self, later: &Self) -> Clash {
        let same_tier = match (&self.tier, &later.tier) {
            (None, _) => true,
            (Some(tier), Some(other)) => tier.eq_ignore_ascii_case(other),
            (Some(_), None) => false,
        };
        let (from, to) = (
            |day: &Self| day.valid_from.unwrap_or(NaiveDate::MIN),
            |day: &Self| day.valid_to.unwrap_or(NaiveDate::MAX),
        );
        let overlap = from(self) <= to(later) && from(later) <= to(self);
        if !same_tier || !overlap || !self.what.covers(&later.what) {
            return Clash::None;
        }
        let throughout = from(self) <= from(later) && to(later) <= to(self);
        match (throughout, later.what.covers(&self.what)) {
            (true, _) => Clash::Never,
            (false, true) => Clash::Overlap,
            // A wider pattern that ends in the middle of a narrower one's time is odd, and says what it means.
            (false, false) => Clash::None,
        }
    }
}

/// How two entries stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// Each has calls of its own.
    None,
    /// The later one is never reached.
    Never,
    /// Both are about the same, and hold at the same time.
    Overlap,
}

impl What {
    fn is_model(&self, names: &Names<'_>) -> bool {
        let Self::Model { provider, model } = self else { return false };
        provider.as_ref().is_none_or(|pattern| names.providers.iter().any(|name| is_provider(pattern, name)))
            && model.as_ref().is_none_or(|pattern| names.models.iter().any(|name| pattern.matches(name)))
    }

    fn covers(&self, other: &Self) -> bool {
        let covers = |wide: &Option<Pattern>, narrow: &Option<Pattern>| match (wide, narrow) {
            (None, _) => true,
            (Some(wide), Some(narrow)) => wide.covers(narrow),
            (Some(_), None) => false,
        };
        match (self, other) {
            (Self::Operation(wide), Self::Operation(narrow)) => wide.covers(narrow),
            (Self::Model { provider, model }, Self::Model { provider: of, model: name }) => {
                covers(provider, of) && covers(model, name)
            }
            _ => false,
        }
    }
}

/// `azure` in the file is `azure.ai.openai` on a span, and the other way round.
fn is_provider(pattern: &Pattern, name: &str) -> bool {
    pattern.matches(name) || pattern.name().is_some_and(|meant| names::provider(meant) == name)
}

/// What a provider and a model may be called: as they were sent, and as the bundled book would look them up.
struct Names<'a> {
    providers: Vec<String>,
    models: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn of(provider: Option<&str>, model: &'a str) -> Self {
        let providers = provider.map(|sent| sent.trim().to_owned()).into_iter().collect();
        let mut names = Self { providers, models: vec![model.trim()] };
        for (provider, model) in names::attempts(provider, model) {
            names.providers.extend(provider);
            names.models.push(model);
        }
        names
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model { provider: Some(provider), model: Some(model) } => write!(f, "{provider} {model}"),
            Self::Model { provider: None, model: Some(model) } => write!(f, "{model}"),
            Self::Model { provider: Some(provider), model: None } => write!(f, "{provider}, any model"),
            Self::Model { provider: None, model: None } => f.write_str("any model"),
            Self::Operation(name) => write!(f, "operation {name}"),
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        if let Some(tier) = &self.tier {
            write!(f, ", tier {tier}")?;
        }
        if let Some(from) = self.valid_from {
            write!(f, ", from {from}")?;
        }
        if let Some(to) = self.valid_to {
            write!(f, ", until {to}")?;
        }
        write!(f, ": {}", self.prices)
    }
}

/// The sum of lines; `None` past what can be kept.
pub fn total(lines: &[PriceLine]) -> Option<Usd> {
    lines.iter().try_fold(Usd::ZERO, |sum, line| sum.checked_add(line.usd))
}

#[cfg(test)]
mod tests;
