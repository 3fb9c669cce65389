//! What a span costs: reported beats derived beats calculated beats unknown, and every cost says which it is.
//!
//! Prices of one's own ([`overrides`], from `prices.yaml`) are asked first. Else derived costs are tokens times the price book
//! of the `genai-prices` crate, which knows providers, tiers, caches, batch discounts and the dates prices changed; `rates`
//! asks it for prices per million and all multiplication is done here, in integers. Calculated costs come from the base price
//! table in `base`. Nothing here guesses: a model without a price leaves the cost unknown, with the reason.

mod base;
mod names;
pub mod overrides;
mod rates;

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use model::cost::{Cost, CostSource, DerivedCost, PriceLine, Usage};
use model::time::UnixNanos;
use model::{Span, Usd};

use self::overrides::{Overrides, Priced, total};
use self::rates::{Rates, RatesBook};

/// The price data built in; each cost derived from it keeps it.
pub const REVISION: &str = "genai-prices 0.2.1";

/// The name the price book has for a provider, whatever a span or a bill calls it.
pub fn provider_name(sent: &str) -> String {
    names::provider(sent)
}

/// Prices of models and operations.
#[derive(Default)]
pub struct PriceBook {
    overrides: RwLock<Arc<Overrides>>,
    rates: RatesBook,
}

impl PriceBook {
    /// The book built into the program. Decoding it takes tens of milliseconds, when it is first needed.
    pub fn bundled() -> Self {
        Self::default()
    }

    /// Puts these prices in front of the built-in ones, in place of those that were there. Spans that are being priced finish
    /// with what they began with.
    pub fn put_in_front(&self, overrides: Overrides) {
        *self.overrides.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(overrides);
    }

    /// The prices in front.
    pub fn overrides(&self) -> Arc<Overrides> {
        self.overrides.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a call of the model at `at` would have a price.
    pub fn knows(&self, provider: Option<&str>, model: &str, at: DateTime<Utc>) -> bool {
        self.overrides().knows(provider, model, at.date_naive())
            || self.rates.find(provider, model, None, UnixNanos::from_datetime(at), 1).is_ok()
    }

    /// The names a provider and a model have here, whatever a span or a bill calls them: a dated name is that of its alias. What the
    /// book does not know keeps its name, without a date.
    pub fn named(&self, provider: Option<&str>, model: &str, at: DateTime<Utc>) -> (String, String) {
        let at = UnixNanos::from_datetime(at);
        let known = names::spellings(model).into_iter().find_map(|spelling| {
            let rates = self.rates.find(provider, &spelling, None, at, 1).ok()?;
            let (provider, model) = rates.priced_as.split_once('/')?;
            Some((provider.to_owned(), model.to_owned()))
        });
        let (of_book, model) = known.unwrap_or_else(|| (String::new(), names::undated(model.trim()).to_lowercase()));
        (provider.map_or(of_book, names::provider), model)
    }

    /// What a stored span would cost, were it to arrive now.
    pub fn price_again(&self, mut span: Span) -> Option<Usd> {
        span.cost = Cost { reported: span.cost.reported, accumulated: span.cost.accumulated, ..Cost::default() };
        self.price(&mut span);
        span.cost.usd
    }

    /// Settles what the span costs. What was reported stays; tokens times price stand beside it for comparison.
    pub fn price(&self, span: &mut Span) {
        let overrides = self.overrides();
        let (derived, why_not) = match self.derive(span, &overrides) {
            Some(Ok(derived)) => (Some(derived), None),
            Some(Err(reason)) => (None, Some(reason)),
            None => (None, None),
        };
        let (usd, source, note) = match (span.cost.reported, &derived) {
            (Some(reported), _) => (Some(reported), CostSource::Reported, span.cost.note.take()),
            (None, Some(Derived { cost, note })) => (Some(cost.usd), CostSource::Derived, Some(note.clone())),
            (None, None) => match calculate(span, &overrides) {
                Some(Ok((usd, note))) => (Some(usd), CostSource::Calculated, Some(note)),
                // Why a report could not be used says more than why nothing else stood in for it.
                Some(Err(reason)) => (None, CostSource::None, span.cost.note.take().or(Some(reason))),
                None => (None, CostSource::None, span.cost.note.take().or(why_not)),
            },
        };
        span.cost.usd = usd;
        span.cost.source = source;
        span.cost.note = note;
        span.cost.derived = derived.map(|derived| derived.cost);
    }

    /// What a model call costs by its tokens or by a flat price; `None` when the span is no model call or has no tokens, `Err`
    /// when there is no price for it.
    fn derive(&self, span: &Span, overrides: &Overrides) -> Option<Result<Derived, String>> {
        if let Some(priced) = overrides.price_call(span) {
            return Some(priced.and_then(|Priced { lines, by }| {
                let cost = DerivedCost::new(lines, overrides.revision()).ok_or(TOO_MUCH)?;
                Ok(Derived { cost, note: format!("priced by {by}") })
            }));
        }
        let call = span.model_call.as_ref()?;
        let model = call.model.as_deref()?;
        if call.usage.input.is_none() && call.usage.output.is_none() {
            return None;
        }
        let tokens_in = call.usage.input.unwrap_or(0);
        let rates =
            self.rates.find(call.provider.as_deref(), model, call.service_tier.as_deref(), span.start, tokens_in);
        Some(rates.and_then(|rates| {
            let cost = lines(&rates, &call.usage).and_then(|lines| DerivedCost::new(lines, REVISION));
            let note = format!("tokens times the price of {}", rates.priced_as);
            Ok(Derived { cost: cost.ok_or(TOO_MUCH)?, note })
        }))
    }
}

const TOO_MUCH: &str = "the tokens cost more than can be kept";

/// The price of an operation: one's own, else that of the base table. `Err` says why one's own cannot be used.
fn calculate(span: &Span, overrides: &Overrides) -> Option<Result<(Usd, String), String>> {
    match overrides.price_operation(span) {
        Some(Ok(Priced { lines, by })) => {
            // Of a calculated cost nothing but its note is kept.
            let note = format!("priced by {by}, price book {}", overrides.revision());
            Some(total(&lines).map(|usd| (usd, note)).ok_or_else(|| TOO_MUCH.to_owned()))
        }
        Some(Err(reason)) => Some(Err(reason)),
        None => base::cost(span.priced_as.as_deref()?, span.duration_ns, span.data_size_bytes.unwrap_or(0)).map(Ok),
    }
}

/// A derived cost, and whose price it is in words.
struct Derived {
    cost: DerivedCost,
    note: String,
}

/// One line per kind of token that was used; their sum is the cost.
fn lines(rates: &Rates, usage: &Usage) -> Option<Vec<PriceLine>> {
    let cache_read = usage.cache_read.unwrap_or(0);
    let cache_write = usage.cache_write.unwrap_or(0);
    // Input includes what came from the cache; usage that contradicts itself is priced as if all of it were cached.
    let fresh = usage.input.unwrap_or(0).saturating_sub(cache_read).saturating_sub(cache_write);
    let output = usage.output.unwrap_or(0);
    let reasoning = if rates.reasoning == rates.output { 0 } else { usage.reasoning.unwrap_or(0).min(output) };
    let kinds = [
        ("Input", fresh, rates.input),
        ("Cached input", cache_read, rates.cache_read),
        ("Cache write", cache_write, rates.cache_write),
        ("Output", output - reasoning, rates.output),
        ("Reasoning", reasoning, rates.reasoning),
    ];
    let mut lines = Vec::new();
    for (label, tokens, usd_per_million) in kinds {
        if tokens > 0 {
            lines.push(PriceLine::new(label, tokens, usd_per_million)?);
        }
    }
    if rates.request > Usd::ZERO {
        lines.push(PriceLine::per_request(rates.request)?);
    }
    Some(lines)
}

#[cfg(test)]
mod tests;
