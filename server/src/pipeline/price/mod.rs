//! What a span costs: reported beats derived beats calculated beats unknown, and every cost says which it is.
//!
//! Derived costs are tokens times the price book of the `genai-prices` crate, which knows providers, tiers, caches, batch
//! discounts and the dates prices changed; `rates` asks it for prices per million and all multiplication is done here, in
//! integers. Calculated costs come from the base price table in `base`. Nothing here guesses: a model without a price
//! leaves the cost unknown, with the reason.

mod base;
mod names;
mod rates;

use model::cost::{CostSource, DerivedCost, PriceLine, Usage};
use model::{Span, Usd};

use self::rates::{Rates, RatesBook};

/// The price data in use; each derived cost keeps it.
const REVISION: &str = "genai-prices 0.2.1";

/// Prices of models and operations.
pub struct PriceBook {
    rates: RatesBook,
}

impl PriceBook {
    /// The book built into the program. Decoding it takes tens of milliseconds, when it is first needed.
    pub fn bundled() -> Self {
        Self { rates: RatesBook::default() }
    }

    /// Settles what the span costs. What was reported stays; tokens times price stand beside it for comparison.
    pub fn price(&self, span: &mut Span) {
        let (derived, why_not) = match self.derive(span) {
            Some(Ok(derived)) => (Some(derived), None),
            Some(Err(reason)) => (None, Some(reason)),
            None => (None, None),
        };
        let calculated = || base::cost(span.priced_as.as_deref()?, span.duration_ns, span.data_size_bytes.unwrap_or(0));
        let (usd, source, note) = match (span.cost.reported, &derived) {
            (Some(reported), _) => (Some(reported), CostSource::Reported, span.cost.note.take()),
            (None, Some(Derived { cost, priced_as })) => {
                (Some(cost.usd), CostSource::Derived, Some(format!("tokens times the price of {priced_as}")))
            }
            (None, None) => match calculated() {
                Some((usd, note)) => (Some(usd), CostSource::Calculated, Some(note)),
                // Why a report could not be used says more than why nothing else stood in for it.
                None => (None, CostSource::None, span.cost.note.take().or(why_not)),
            },
        };
        span.cost.usd = usd;
        span.cost.source = source;
        span.cost.note = note;
        span.cost.derived = derived.map(|derived| derived.cost);
    }

    /// Tokens times price; `None` when the span is not a model call with tokens, `Err` when there is no price for it.
    fn derive(&self, span: &Span) -> Option<Result<Derived, String>> {
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
            let cost = cost.ok_or("the tokens cost more than can be kept")?;
            Ok(Derived { cost, priced_as: rates.priced_as.clone() })
        }))
    }
}

/// A derived cost, and the provider and model whose price it is.
struct Derived {
    cost: DerivedCost,
    priced_as: String,
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
        let usd_per_million = Usd::from_pico(rates.request.pico().checked_mul(1_000_000)?);
        lines.push(PriceLine::new("Request", 1, usd_per_million)?);
    }
    Some(lines)
}

#[cfg(test)]
mod tests;
