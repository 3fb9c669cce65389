//! The cost a client reported for the span itself.

use model::Usd;
use model::attribute::Value;
use model::cost::{Cost, CostSource};
use model::usd::UsdError;

use super::found::{Candidate, Found};
use super::keys::Field;
use super::langfuse;
use crate::raw::warn;

/// The reported cost, or none with the reason; running totals are kept beside it.
pub fn of_span(found: &Found<'_>, warnings: &mut Vec<String>) -> Cost {
    let mut unusable = None;
    let (reported, note) = match reported(found, &mut unusable) {
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
        accumulated: found.all(Field::Accumulated).iter().find_map(|candidate| amount(candidate.value).ok()),
    }
}

/// The first usable amount and where it stood; the first unusable one is described in `unusable`.
fn reported(found: &Found<'_>, unusable: &mut Option<String>) -> Option<(Usd, String)> {
    for candidate in found.all(Field::Cost) {
        if let Some(currency) = foreign_currency(found, candidate) {
            unusable.get_or_insert(format!("{} is in {currency}, not USD, and was not used", candidate.key));
            continue;
        }
        match amount(candidate.value) {
            Ok(usd) => return Some((usd, format!("reported as {}", candidate.key))),
            Err(error) => {
                unusable.get_or_insert(format!("{} = {} was not used: {error}", candidate.key, shown(candidate.value)));
            }
        }
    }
    if let Some(usd) = langfuse::cost_details(found) {
        let key = found.all(Field::CostDetails).first().map_or("cost details", |candidate| candidate.key);
        return Some((usd, format!("reported in {key}")));
    }
    parts(found)
}

/// Input and output cost sent apart, without their sum.
fn parts(found: &Found<'_>) -> Option<(Usd, String)> {
    let part = |field| {
        let candidates = found.all(field).iter();
        candidates.filter_map(|candidate| Some((amount(candidate.value).ok()?, candidate.key))).next()
    };
    match (part(Field::CostIn), part(Field::CostOut)) {
        (Some((input, a)), Some((output, b))) => Some((input.checked_add(output)?, format!("reported as {a} and {b}"))),
        (Some((usd, key)), None) | (None, Some((usd, key))) => Some((usd, format!("reported as {key}"))),
        (None, None) => None,
    }
}

fn foreign_currency(found: &Found<'_>, candidate: &Candidate<'_>) -> Option<String> {
    if candidate.key != "gen_ai.usage.cost.amount" {
        return None;
    }
    found.text(Field::CostCurrency).filter(|currency| !currency.eq_ignore_ascii_case("usd"))
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

/// The value as it was sent, short enough for a sentence.
fn shown(value: &Value) -> String {
    const CHARS_MAX: usize = 40;
    let text = match value {
        Value::String(text) => format!("{:?}", text.chars().take(CHARS_MAX).collect::<String>()),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Double(double) => double.to_string(),
        Value::Bytes(_) => "bytes".into(),
        Value::Array(_) => "a list".into(),
        Value::Map(_) => "a map".into(),
        Value::Empty => "nothing".into(),
    };
    text.chars().take(CHARS_MAX + 2).collect()
}
