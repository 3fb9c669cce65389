//! Prices per million tokens out of the price book, exact and remembered.
//!
//! The book answers in floating point and for whole calls. It is asked for one kind of token at a time, and its answer is
//! brought back to the decimal price it was computed from; what is multiplied and summed afterwards are integers.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, UNIX_EPOCH};

use genai_prices::{Calculator, ErrorKind, PriceCalculation, PriceRequest, Usage, UsageKey};
use model::Usd;
use model::time::UnixNanos;
use model::usd::UsdError;

use super::names;

/// Prices remembered: providers times models times tiers times quarters of an hour in use at a time. When full, all are
/// forgotten and asked for again, which costs microseconds each.
const REMEMBERED_MAX: usize = 20_000;

/// Prices may change at a time of day (DeepSeek's night tariff), at full quarters of an hour.
const SLOT_NS: i64 = 15 * 60 * 1_000_000_000;

/// More input than any tier of the book begins at (the highest is 524 288).
const ABOVE_ALL_TIERS: u64 = 10_000_000;

/// Prices of input are asked for with some of it: nothing costs nothing at any price.
const LEAST_INPUT: u64 = 1;

const MILLION: u64 = 1_000_000;

/// The price data built in; each cost derived from it keeps it.
pub const BUNDLED: &str = "genai-prices 0.2.1";

/// What a model costs, in USD per million tokens; `request` is per call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    pub input: Usd,
    pub cache_read: Usd,
    pub cache_write: Usd,
    pub output: Usd,
    pub reasoning: Usd,
    pub request: Usd,
    /// Provider and model of the book, for people.
    pub priced_as: String,
}

/// A price book, with a memory.
pub struct RatesBook {
    data: Data,
    revision: String,
    remembered: RwLock<HashMap<String, Remembered>>,
}

/// What the prices are read from.
enum Data {
    /// The data of the release, read when it is first asked: it takes some megabytes.
    Bundled,
    /// Data in the same format that came later.
    Fetched(Calculator),
}

impl Default for RatesBook {
    fn default() -> Self {
        Self { data: Data::Bundled, revision: BUNDLED.to_owned(), remembered: RwLock::default() }
    }
}

/// What is known about a model at a time of day.
#[derive(Clone)]
enum Remembered {
    /// Its prices, under the names that were found.
    Priced { provider: Option<String>, model: String, steps: Steps },
    /// No price, and why.
    Unknown(String),
}

/// Prices by amount of input, as far as they have been asked for. Long input costs more from some amount on; where that
/// is the book does not tell, so the known ends move towards it as calls come in.
#[derive(Clone)]
struct Steps {
    low: Arc<Rates>,
    /// Up to so much input it is `low`.
    low_up_to: u64,
    high: Arc<Rates>,
    /// From so much input on it is `high`.
    high_from: u64,
}

impl Steps {
    fn new(low: Rates, high: Rates) -> Self {
        let low_up_to = if low == high { u64::MAX } else { LEAST_INPUT };
        Self { low: Arc::new(low), low_up_to, high: Arc::new(high), high_from: ABOVE_ALL_TIERS }
    }

    fn at(&self, tokens_in: u64) -> Option<Arc<Rates>> {
        if tokens_in <= self.low_up_to {
            return Some(Arc::clone(&self.low));
        }
        (tokens_in >= self.high_from).then(|| Arc::clone(&self.high))
    }

    fn learn(&mut self, tokens_in: u64, rates: &Rates) {
        if *rates == *self.low {
            self.low_up_to = self.low_up_to.max(tokens_in);
        } else if *rates == *self.high {
            self.high_from = self.high_from.min(tokens_in);
        }
    }
}

/// Why there are no rates.
#[derive(Debug, thiserror::Error)]
enum NoRates {
    /// The book does not have the provider or the model.
    #[error("not in the price book")]
    NotListed,
    /// The book has it and gives no price all the same.
    #[error("cannot be priced: {0}")]
    Refused(String),
}

/// A model under the names to ask for it, at a point in time.
struct Question<'a> {
    provider: Option<&'a str>,
    model: &'a str,
    tier: Option<&'a str>,
    at: UnixNanos,
}

impl RatesBook {
    /// The book that `json` is, in the format of the `genai-prices` project, or what is wrong with it.
    pub fn read(json: &[u8], revision: String) -> Result<Self, String> {
        let calculator = Calculator::from_json(json).map_err(|error| error.to_string())?;
        Ok(Self { data: Data::Fetched(calculator), revision, remembered: RwLock::default() })
    }

    /// What each cost derived from it keeps.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Every model there is, as provider and model.
    pub fn models(&self) -> impl Iterator<Item = (&str, &str)> {
        self.calculator()
            .providers()
            .flat_map(|provider| provider.models().map(move |model| (provider.id(), model.id())))
    }

    /// What a small call of a model costs, under the very names of [`RatesBook::models`].
    pub fn of_model(&self, provider: &str, model: &str, at: UnixNanos) -> Option<Rates> {
        self.ask(&Question { provider: Some(provider), model, tier: None, at }, LEAST_INPUT).ok()
    }

    fn calculator(&self) -> &Calculator {
        match &self.data {
            Data::Bundled => Calculator::bundled(),
            Data::Fetched(calculator) => calculator,
        }
    }

    /// The prices of a call with `tokens_in` input tokens made at `at`, or why there are none.
    pub fn find(
        &self,
        provider: Option<&str>,
        model: &str,
        tier: Option<&str>,
        at: UnixNanos,
        tokens_in: u64,
    ) -> Result<Arc<Rates>, String> {
        let slot = at.0.div_euclid(SLOT_NS);
        // U+0000 cannot be in any of the names: normalising replaced it.
        let key = [provider.unwrap_or(""), model, tier.unwrap_or(""), &slot.to_string()].join("\0");
        let known = self.remembered.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let known = known.unwrap_or_else(|| self.remember(&key, self.look_up(provider, model, tier, at)));
        let (provider, model, mut steps) = match known {
            Remembered::Priced { provider, model, steps } => (provider, model, steps),
            Remembered::Unknown(reason) => return Err(reason),
        };
        if let Some(rates) = steps.at(tokens_in) {
            return Ok(rates);
        }
        let question = Question { provider: provider.as_deref(), model: &model, tier, at };
        let rates = self.ask(&question, tokens_in).map_err(|why| format!("{model}: {why}"))?;
        steps.learn(tokens_in, &rates);
        // Somebody else may have learned more meanwhile; forgetting it costs a question.
        self.remember(&key, Remembered::Priced { provider, model, steps });
        Ok(Arc::new(rates))
    }

    fn remember(&self, key: &str, known: Remembered) -> Remembered {
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(key.to_owned(), known.clone());
        known
    }

    fn look_up(&self, provider: Option<&str>, model: &str, tier: Option<&str>, at: UnixNanos) -> Remembered {
        for (provider, model) in names::attempts(provider, model) {
            let question = Question { provider: provider.as_deref(), model, tier, at };
            match (self.ask(&question, LEAST_INPUT), self.ask(&question, ABOVE_ALL_TIERS)) {
                (Ok(low), Ok(high)) => {
                    let steps = Steps::new(low, high);
                    return Remembered::Priced { model: model.to_owned(), provider, steps };
                }
                (Err(NoRates::NotListed), _) | (_, Err(NoRates::NotListed)) => {}
                (Err(why), _) | (_, Err(why)) => return Remembered::Unknown(format!("{model}: {why}")),
            }
        }
        Remembered::Unknown(format!("no price is known for the model {model}"))
    }

    /// One question per kind of token.
    fn ask(&self, question: &Question<'_>, tokens_in: u64) -> Result<Rates, NoRates> {
        let tokens_in = tokens_in.max(LEAST_INPUT);
        let ask = |more: &[(UsageKey, u64)]| self.calculate(question, tokens_in, more);
        let input = ask(&[])?;
        let cache_read = ask(&[(UsageKey::CACHE_READ_TOKENS, tokens_in)])?;
        let cache_write = ask(&[(UsageKey::CACHE_WRITE_TOKENS, tokens_in)])?;
        let output = ask(&[(UsageKey::OUTPUT_TOKENS, MILLION)])?;
        let reasoning = ask(&[(UsageKey::OUTPUT_TOKENS, MILLION), (UsageKey::OUTPUT_REASONING_TOKENS, MILLION)])?;
        Ok(Rates {
            input: per_million(input.input_price, tokens_in)?,
            cache_read: per_million(cache_read.input_price, tokens_in)?,
            cache_write: per_million(cache_write.input_price, tokens_in)?,
            output: per_million(output.output_price, MILLION)?,
            reasoning: per_million(reasoning.output_price, MILLION)?,
            request: per_million(input.total_price - input.input_price - input.output_price, MILLION)?,
            priced_as: format!("{}/{}", input.provider_id, input.model_id),
        })
    }

    fn calculate(
        &self,
        question: &Question<'_>,
        tokens_in: u64,
        more: &[(UsageKey, u64)],
    ) -> Result<PriceCalculation, NoRates> {
        let mut usage = Usage::new();
        usage.insert(UsageKey::INPUT_TOKENS, tokens_in as f64);
        for (key, count) in more {
            usage.insert(key.clone(), *count as f64);
        }
        let since_epoch = Duration::from_nanos(u64::try_from(question.at.0).unwrap_or(0));
        let mut request = PriceRequest::new(question.model, &usage).with_timestamp(UNIX_EPOCH + since_epoch);
        if let Some(provider) = question.provider {
            request = request.with_provider_id(provider);
        }
        if let Some(tier) = question.tier {
            // Batch is a way of sending to the book, not a tier.
            let context = if tier.eq_ignore_ascii_case("batch") { "processing" } else { "service_tier" };
            request = request.with_price_context(context, tier);
        }
        self.calculator().calculate(&request).map_err(|error| match error.kind() {
            ErrorKind::ProviderNotFound | ErrorKind::ModelNotFound => NoRates::NotListed,
            _ => NoRates::Refused(error.to_string()),
        })
    }
}

/// The price of a million of which `count` cost `price`, as the decimal it was computed from.
///
/// Prices in the book have at most six decimals; the error of a multiplication and a division of doubles is around the
/// sixteenth digit. Nine decimals keep the one and drop the other.
fn per_million(price: f64, count: u64) -> Result<Usd, NoRates> {
    let per_million = price * MILLION as f64 / count as f64;
    format!("{per_million:.9}").parse().map_err(|error: UsdError| NoRates::Refused(error.to_string()))
}
