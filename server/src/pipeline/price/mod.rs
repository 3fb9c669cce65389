//! What a span costs: reported beats derived beats calculated beats unknown, and every cost says which it is.
//!
//! Prices of one's own ([`overrides`], from `prices.yaml`) are asked first, then those that were fetched in the same format. Else
//! derived costs are tokens times a price book of the `genai-prices` project, the built-in or a newer one, which knows providers, tiers, caches, batch discounts and the dates prices changed; `rates`
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
use self::rates::Rates;
pub use self::rates::{BUNDLED, RatesBook};

/// The name the price book has for a provider, whatever a span or a bill calls it.
pub fn provider_name(sent: &str) -> String {
    names::provider(sent)
}

/// Prices of models and operations.
#[derive(Default)]
pub struct PriceBook {
    books: RwLock<Arc<Books>>,
}

/// The books in the order they are asked.
#[derive(Clone, Default)]
struct Books {
    /// Prices of one's own.
    overrides: Arc<Overrides>,
    /// Prices of the same kind that were fetched.
    fetched: Arc<Overrides>,
    /// The built-in book, or a newer one that was fetched.
    rates: Arc<RatesBook>,
}

/// Prices that were fetched, by the format they came in.
pub enum Fetched {
    /// As `prices.yaml`: asked after one's own and before the built-in book.
    Entries(Overrides),
    /// A whole price book: in place of the built-in one.
    Book(RatesBook),
}

impl Fetched {
    /// What is kept with every cost made of them.
    pub fn revision(&self) -> &str {
        match self {
            Self::Entries(entries) => entries.revision(),
            Self::Book(book) => book.revision(),
        }
    }

    /// How many entries or models they have.
    pub fn len(&self) -> usize {
        match self {
            Self::Entries(entries) => entries.entries().len(),
            Self::Book(book) => book.models().count(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl PriceBook {
    /// The book built into the program. Decoding it takes tens of milliseconds, when it is first needed.
    pub fn bundled() -> Self {
        Self::default()
    }

    /// Puts these prices in front of the built-in ones, in place of those that were there. Spans that are being priced finish
    /// with what they began with.
    pub fn put_in_front(&self, overrides: Overrides) {
        self.change(|books| books.overrides = Arc::new(overrides));
    }

    /// Puts prices that were fetched behind one's own, in place of those that were fetched before.
    pub fn put_behind(&self, fetched: Fetched) {
        self.change(|books| {
            let (entries, book) = match fetched {
                Fetched::Entries(entries) => (entries, RatesBook::default()),
                Fetched::Book(book) => (Overrides::default(), book),
            };
            (books.fetched, books.rates) = (Arc::new(entries), Arc::new(book));
        });
    }

    fn change(&self, change: impl FnOnce(&mut Books)) {
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Books::clone(&books);
        change(&mut changed);
        *books = Arc::new(changed);
    }

    fn books(&self) -> Arc<Books> {
        self.books.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The prices in front.
    pub fn overrides(&self) -> Arc<Overrides> {
        self.books().overrides.clone()
    }

    /// The entries that were fetched.
    pub fn fetched_entries(&self) -> Arc<Overrides> {
        self.books().fetched.clone()
    }

    /// The price book behind all entries.
    pub fn rates(&self) -> Arc<RatesBook> {
        self.books().rates.clone()
    }

    /// All prices that are in force, in the order they are asked: the same words are the same prices.
    pub fn revision(&self) -> String {
        let books = self.books();
        let revisions = [books.overrides.revision(), books.fetched.revision(), books.rates.revision()];
        revisions.into_iter().filter(|revision| !revision.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// Whether a call of the model at `at` would have a price.
    pub fn knows(&self, provider: Option<&str>, model: &str, at: DateTime<Utc>) -> bool {
        let (books, day) = (self.books(), at.date_naive());
        books.overrides.knows(provider, model, day)
            || books.fetched.knows(provider, model, day)
            || books.rates.find(provider, model, None, UnixNanos::from_datetime(at), 1).is_ok()
    }

    /// The names a provider and a model have here, whatever a span or a bill calls them: a dated name is that of its alias. What the
    /// book does not know keeps its name, without a date.
    pub fn named(&self, provider: Option<&str>, model: &str, at: DateTime<Utc>) -> (String, String) {
        let (books, at) = (self.books(), UnixNanos::from_datetime(at));
        let known = names::spellings(model).into_iter().find_map(|spelling| {
            let rates = books.rates.find(provider, &spelling, None, at, 1).ok()?;
            let (provider, model) = rates.priced_as.split_once('/')?;
            Some((provider.to_owned(), model.to_owned()))
        });
        let (of_book, model) = known.unwrap_or_else(|| (String::new(), names::undated(model.trim()).to_lowercase()));
        (provider.map_or(of_book, names::provider), model)
    }

    /// What a stored span would cost, were it to arrive now, whatever the verdict on it.
    pub fn price_again(&self, mut span: Span) -> Cost {
        span.cost = Cost { reported: span.cost.reported, accumulated: span.cost.accumulated, ..Cost::default() };
        self.price(&mut span);
        span.cost
    }

    /// Settles what the span costs. What was reported stays; tokens times price stand beside it for comparison.
    pub fn price(&self, span: &mut Span) {
        let books = self.books();
        let (derived, why_not) = match books.derive(span) {
            Some(Ok(derived)) => (Some(derived), None),
            Some(Err(reason)) => (None, Some(reason)),
            None => (None, None),
        };
        let (usd, source, note) = match (span.cost.reported, &derived) {
            (Some(reported), _) => (Some(reported), CostSource::Reported, span.cost.note.take()),
            (None, Some(Derived { cost, note })) => (Some(cost.usd), CostSource::Derived, Some(note.clone())),
            (None, None) => match books.calculate(span) {
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
}

impl Books {
    /// What a model call costs by its tokens or by a flat price; `None` when the span is no model call or has no tokens, `Err`
    /// when there is no price for it.
    fn derive(&self, span: &Span) -> Option<Result<Derived, String>> {
        for entries in [&self.overrides, &self.fetched] {
            if let Some(priced) = entries.price_call(span) {
                return Some(priced.and_then(|Priced { lines, by }| {
                    let cost = DerivedCost::new(lines, entries.revision()).ok_or(TOO_MUCH)?;
                    Ok(Derived { cost, note: format!("priced by {by}") })
                }));
            }
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
            let cost = lines(&rates, &call.usage).and_then(|lines| DerivedCost::new(lines, self.rates.revision()));
            let note = format!("tokens times the price of {}", rates.priced_as);
            Ok(Derived { cost: cost.ok_or(TOO_MUCH)?, note })
        }))
    }

    /// The price of an operation: one's own, else one that was fetched, else that of the base table. `Err` says why the first
    /// that is about it cannot be used.
    fn calculate(&self, span: &Span) -> Option<Result<(Usd, String), String>> {
        for entries in [&self.overrides, &self.fetched] {
            match entries.price_operation(span) {
                Some(Ok(Priced { lines, by })) => {
                    // Of a calculated cost nothing but its note is kept.
                    let note = format!("priced by {by}, price book {}", entries.revision());
                    return Some(total(&lines).map(|usd| (usd, note)).ok_or_else(|| TOO_MUCH.to_owned()));
                }
                Some(Err(reason)) => return Some(Err(reason)),
                None => {}
            }
        }
        base::cost(span.priced_as.as_deref()?, span.duration_ns, span.data_size_bytes.unwrap_or(0)).map(Ok)
    }
}

const TOO_MUCH: &str = "the tokens cost more than can be kept";

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
