//! The prices of an entry, and what a span costs at them.

use std::fmt;

use model::cost::{PriceLine, Usage};
use model::{Span, Usd};

use crate::pipeline::price::lines;
use crate::pipeline::price::rates::Rates;

/// Prices of an entry: of tokens, or flat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prices {
    /// By token.
    Tokens(PerToken),
    /// By call, time and data.
    Flat(Flat),
}

/// USD per million tokens, and per request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PerToken {
    /// Input that came from no cache.
    pub input: Option<Usd>,
    /// Input read from the provider's cache; that of input when it is not given.
    pub cached_input: Option<Usd>,
    /// Input written to the provider's cache; that of input when it is not given.
    pub cache_write: Option<Usd>,
    /// Output.
    pub output: Option<Usd>,
    /// Output spent on reasoning; that of output when it is not given.
    pub reasoning: Option<Usd>,
    /// Every request, in USD.
    pub per_request: Option<Usd>,
}

/// USD per call, per second and per MB; what is given is added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flat {
    /// Every call.
    pub per_call: Option<Usd>,
    /// Every second it took, to the microsecond.
    pub per_second: Option<Usd>,
    /// Every million bytes of `data_size_bytes`.
    pub per_mb: Option<Usd>,
}

const TOO_MUCH: &str = "makes more than can be kept";

impl Prices {
    /// What a model call costs; `None` when there are no tokens to multiply.
    pub(super) fn of_call(&self, span: &Span, usage: &Usage) -> Option<Result<Vec<PriceLine>, String>> {
        match self {
            Self::Flat(flat) => Some(flat.of_span(span)),
            Self::Tokens(_) if usage.input.is_none() && usage.output.is_none() => None,
            Self::Tokens(prices) => Some(prices.of_usage(usage)),
        }
    }
}

impl PerToken {
    fn of_usage(&self, usage: &Usage) -> Result<Vec<PriceLine>, String> {
        let reads = usage.cache_read.unwrap_or(0);
        let writes = usage.cache_write.unwrap_or(0);
        let fresh = usage.input.unwrap_or(0).saturating_sub(reads).saturating_sub(writes);
        // Unknown is never zero: a kind of token that has no price leaves the cost unknown.
        let price = |tokens: u64, price: Option<Usd>, kind: &str| match price {
            Some(price) => Ok(price),
            None if tokens == 0 => Ok(Usd::ZERO),
            None => Err(format!("has no price of {kind}")),
        };
        let output = price(usage.output.unwrap_or(0), self.output, "output")?;
        let rates = Rates {
            input: price(fresh, self.input, "input")?,
            cache_read: price(reads, self.cached_input.or(self.input), "cached input")?,
            cache_write: price(writes, self.cache_write.or(self.input), "cache writes")?,
            output,
            reasoning: self.reasoning.unwrap_or(output),
            request: self.per_request.unwrap_or_default(),
            priced_as: String::new(),
        };
        lines(&rates, usage).ok_or_else(|| TOO_MUCH.to_owned())
    }
}

impl Flat {
    /// What a span costs.
    pub(super) fn of_span(&self, span: &Span) -> Result<Vec<PriceLine>, String> {
        let mut lines = Vec::new();
        let mut add = |line: Option<PriceLine>| line.map(|line| lines.push(line)).ok_or_else(|| TOO_MUCH.to_owned());
        if let Some(price) = self.per_call {
            add(PriceLine::per_call(price))?;
        }
        if let Some(price) = self.per_second {
            // Never negative, and normalising keeps it below centuries.
            add(PriceLine::per_second(u64::try_from(span.duration_ns).unwrap_or(0), price))?;
        }
        if let Some(price) = self.per_mb {
            let bytes = span.data_size_bytes.ok_or("is per MB, and the span does not tell its data_size_bytes")?;
            add(PriceLine::per_mb(bytes, price))?;
        }
        Ok(lines)
    }
}

impl fmt::Display for Prices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = match self {
            Self::Tokens(prices) => vec![
                (prices.input, "per million input tokens"),
                (prices.cached_input, "cached"),
                (prices.cache_write, "cache write"),
                (prices.output, "output"),
                (prices.reasoning, "reasoning"),
                (prices.per_request, "per request"),
            ],
            Self::Flat(flat) => {
                vec![(flat.per_call, "per call"), (flat.per_second, "per second"), (flat.per_mb, "per MB")]
            }
        };
        let given = given.into_iter().filter_map(|(price, of)| price.map(|price| format!("{price} USD {of}")));
        f.write_str(&given.collect::<Vec<_>>().join(", "))
    }
}
