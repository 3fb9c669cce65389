//! The cost a client reported for the span itself.

use model::Usd;
use model::attribute::Value;
use model::cost::{Cost, CostSource, Verdict};
use model::usd::UsdError;

use super::dialects::{agentops, langfuse, litellm, mlflow, openlit, otel_genai};
use super::field::Field;
use super::found::{Candidate, Found, shown};
use crate::raw::warn;

/// Why a reported cost is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is not an amount of money.
    #[error(transparent)]
    Amount(#[from] UsdError),
    /// It is in another currency, and rates of exchange are nobody's guess.
    #[error("it is in {0}, not USD")]
    Currency(String),
    /// A cost in parts was expected.
    #[error("expected a JSON object of costs")]
    NoObject,
    /// There are no parts.
    #[error("it has no parts")]
    NoParts,
    /// A part is not an amount of money.
    #[error("of its part {}, {error}", shown(&Value::from(name.as_str())))]
    Part {
        /// The part.
        name: String,
        /// What is wrong with it.
        error: UsdError,
    },
    /// The parts add up to more than can be kept.
    #[error("its parts add up to more than can be kept")]
    SumTooLarge,
    /// It stands for not knowing.
    #[error("OpenLIT sends 0 for a model it has no price for")]
    NoPrice,
}

/// Characters of a sender's word that go into a note.
const WORD_CHARS_MAX: usize = 40;

/// The reported cost, or none with the reason; running totals are kept beside it.
pub fn of_span(found: &Found<'_>, warnings: &mut Vec<String>) -> Cost {
    let mut unusable = None;
    let reported = whole(found, &mut unusable).or_else(|| in_parts(found, &mut unusable));
    let (reported, note) = match reported {
        Some((usd, note)) => (Some(usd), Some(note)),
        None => (None, unusable.clone()),
    };
    if let Some(unusable) = unusable {
        warn(warnings, unusable);
    }
    Cost {
        usd: reported,
        source: if reported.is_some() { CostSource::Reported } else { CostSource::None },
        note,
        reported,
        derived: None,
        verdict: Verdict::Own,
        claimed: None,
        accumulated: found.all(Field::Accumulated).find_map(|candidate| amount(candidate.value).ok()),
    }
}

/// The first usable total and where it stood; the first unusable one is described in `unusable`.
fn whole(found: &Found<'_>, unusable: &mut Option<String>) -> Option<(Usd, String)> {
    let (usd, key) = first(found, Field::Cost, unusable)?;
    let mut note = format!("reported as {key}");
    if let Some(origin) = found.text(Field::CostOrigin).filter(|_| otel_genai::COST_AMOUNT.contains(&key)) {
        note.push_str(" by ");
        note.extend(origin.chars().take(WORD_CHARS_MAX));
    }
    Some((usd, note))
}

/// Input and output cost sent apart, without their sum. When one is broken, the sum is unknown.
fn in_parts(found: &Found<'_>, unusable: &mut Option<String>) -> Option<(Usd, String)> {
    let input = first(found, Field::CostIn, unusable);
    let output = first(found, Field::CostOut, unusable);
    let broken = |field, part: Option<(Usd, &str)>| found.has(field) && part.is_none();
    if broken(Field::CostIn, input) || broken(Field::CostOut, output) {
        return None;
    }
    match (input, output) {
        (Some((input, a)), Some((output, b))) => Some((input.checked_add(output)?, format!("reported as {a} and {b}"))),
        (Some((usd, key)), None) | (None, Some((usd, key))) => Some((usd, format!("reported as {key}"))),
        (None, None) => None,
    }
}

/// The first usable amount of a field and its key.
fn first<'a>(found: &Found<'a>, field: Field, unusable: &mut Option<String>) -> Option<(Usd, &'a str)> {
    for candidate in found.all(field) {
        match read(found, candidate) {
            Ok(usd) => return Some((usd, candidate.key)),
            Err(reason) => {
                let sentence = || format!("{} = {} was not used: {reason}", candidate.key, shown(candidate.value));
                unusable.get_or_insert_with(sentence);
            }
        }
    }
    None
}

/// The amount a key says, as its dialect means it.
fn read(found: &Found<'_>, candidate: &Candidate<'_>) -> Result<Usd, Unusable> {
    let key = candidate.key;
    if let Some(currency) = foreign_currency(found, key) {
        return Err(Unusable::Currency(currency));
    }
    if langfuse::COST_DETAILS.contains(&key) {
        return langfuse::cost(candidate.value);
    }
    if mlflow::COST.contains(&key) {
        return mlflow::cost(candidate.value);
    }
    match amount(candidate.value)? {
        usd if openlit::is_unknown(found.scope(), usd) => Err(Unusable::NoPrice),
        usd => Ok(usd),
    }
}

/// Costs that may be in any currency, and the keys that say in which.
const CURRENCIES: &[(&[&[&str]], &[&str])] = &[
    (
        &[otel_genai::COST_AMOUNT, openlit::COST, agentops::COST, otel_genai::COST_IN, otel_genai::COST_OUT],
        otel_genai::COST_CURRENCY,
    ),
    (&[litellm::COST, litellm::COST_IN, litellm::COST_OUT], litellm::COST_CURRENCY),
];

/// The currency a cost is in, when it was said and is not the dollar.
fn foreign_currency(found: &Found<'_>, key: &str) -> Option<String> {
    let (_, said_under) = CURRENCIES.iter().find(|(costs, _)| costs.iter().any(|keys| keys.contains(&key)))?;
    let said = found.all(Field::CostCurrency).find(|candidate| said_under.contains(&candidate.key))?;
    let currency = said.text().filter(|currency| !currency.eq_ignore_ascii_case("usd"))?;
    Some(currency.chars().take(WORD_CHARS_MAX).collect())
}

/// Money by whatever type it was sent: a number, or a decimal string as Zipkin and Java tags are.
fn amount(value: &Value) -> Result<Usd, UsdError> {
    match value {
        Value::Int(int) => int.to_string().parse(),
        Value::Double(double) => Usd::from_f64_text(*double),
        Value::String(text) => text.parse(),
        _ => Err(UsdError::NotANumber),
    }
}
