//! `prices.yaml`: prices of one's own, asked in order before the built-in price book.
//!
//! Patterns are names or regular expressions, always of the whole name; amounts are read digit by digit. What contradicts
//! itself or another entry is refused with the line of the entry. To add a key: a field of `Raw`, its use in `entry`.

pub(super) mod append;
mod scalars;

use std::fmt;
use std::path::Path;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

use self::scalars::{Amount, Day, PerCall};
use super::scalar::{Name, given};
use crate::pipeline::price::overrides::{Clash, Entry, Flat, Overrides, Pattern, PerToken, Prices, What};

/// Entries in the file: each is tried for every model that is new, and compared with every other once.
const ENTRIES_MAX: usize = 1_000;

/// Hex digits of the content's hash in a revision: enough that no two versions of a file ever share them.
pub(super) const HASH_DIGITS: usize = 12;

/// The prices in `text`, or what is wrong with it, with line and column. `path` is where it came from.
pub fn parse(path: &Path, text: &str) -> Result<Overrides, String> {
    let file: File = serde_norway::from_str(text).map_err(|error| error.to_string())?;
    Ok(Overrides::new(file.prices.0, revision(path, text)))
}

/// The name of the file and the beginning of its content's SHA-256: `prices.yaml 3f2a91bc04de`.
fn revision(path: &Path, text: &str) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let hash: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{name} {}", &hash[..HASH_DIGITS])
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    prices: Entries,
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, deserialize_with = "given")]
    provider: Option<Pattern>,
    #[serde(default, deserialize_with = "given")]
    model: Option<Pattern>,
    #[serde(default, deserialize_with = "given")]
    operation: Option<Pattern>,
    #[serde(default, deserialize_with = "given")]
    tier: Option<Name>,
    #[serde(default, deserialize_with = "given")]
    valid_from: Option<Day>,
    #[serde(default, deserialize_with = "given")]
    valid_to: Option<Day>,
    #[serde(default, deserialize_with = "given")]
    input_per_million: Option<Amount>,
    #[serde(default, deserialize_with = "given")]
    cached_input_per_million: Option<Amount>,
    #[serde(default, deserialize_with = "given")]
    cache_write_per_million: Option<Amount>,
    #[serde(default, deserialize_with = "given")]
    output_per_million: Option<Amount>,
    #[serde(default, deserialize_with = "given")]
    reasoning_per_million: Option<Amount>,
    #[serde(default, deserialize_with = "given")]
    per_request: Option<PerCall>,
    #[serde(default, deserialize_with = "given")]
    per_call: Option<PerCall>,
    #[serde(default, deserialize_with = "given")]
    per_second: Option<Amount>,
    #[serde(default, deserialize_with = "given")]
    per_mb: Option<Amount>,
}

/// What an entry means, if it means one thing.
fn entry(raw: Raw) -> Result<Entry, &'static str> {
    let prices = prices(&raw)?;
    let what = match (raw.operation, raw.provider, raw.model) {
        (None, None, None) => return Err("expected a provider, a model or an operation that it is the price of"),
        (None, provider, model) => What::Model { provider, model },
        (Some(operation), None, None) => What::Operation(operation),
        (Some(_), ..) => return Err("expected either an operation, or a provider and a model; it has both"),
    };
    if let What::Operation(_) = what {
        if matches!(prices, Prices::Tokens(_)) {
            return Err("expected per_call, per_second or per_mb: an operation has no tokens");
        }
        if raw.tier.is_some() {
            return Err("expected no tier: only calls of models have one");
        }
    }
    let (valid_from, valid_to) = (raw.valid_from.map(|day| day.0), raw.valid_to.map(|day| day.0));
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && to < from
    {
        return Err("expected valid_to to be no earlier than valid_from");
    }
    Ok(Entry { what, tier: raw.tier.map(|tier| tier.0), valid_from, valid_to, prices })
}

fn prices(raw: &Raw) -> Result<Prices, &'static str> {
    let amount = |amount: &Option<Amount>| amount.as_ref().map(|amount| amount.0);
    let per_call = |amount: &Option<PerCall>| amount.as_ref().map(|amount| amount.0);
    let tokens = PerToken {
        input: amount(&raw.input_per_million),
        cached_input: amount(&raw.cached_input_per_million),
        cache_write: amount(&raw.cache_write_per_million),
        output: amount(&raw.output_per_million),
        reasoning: amount(&raw.reasoning_per_million),
        per_request: per_call(&raw.per_request),
    };
    let flat =
        Flat { per_call: per_call(&raw.per_call), per_second: amount(&raw.per_second), per_mb: amount(&raw.per_mb) };
    match (tokens == PerToken::default(), flat == Flat::default()) {
        (true, true) => Err("expected a price, such as input_per_million and output_per_million, or per_call"),
        (false, false) => Err("expected prices of tokens or flat ones (per_call, per_second, per_mb); it has both"),
        (true, false) => Ok(Prices::Flat(flat)),
        (false, true) if tokens.input.is_none() && tokens.output.is_none() => {
            Err("expected input_per_million, output_per_million or both; for a price of calls alone, per_call")
        }
        (false, true) => Ok(Prices::Tokens(tokens)),
    }
}

/// Why an entry cannot stand after one that is there already.
fn clash(earlier: &[Entry], later: &Entry) -> Result<(), String> {
    for (place, entry) in earlier.iter().enumerate() {
        let number = place + 1;
        match entry.is_before(later) {
            Clash::None => {}
            Clash::Never => {
                return Err(format!(
                    "it is never reached: entry {number} ({}) comes first; expected it once, or the narrower one first",
                    entry.what
                ));
            }
            Clash::Overlap => {
                return Err(format!(
                    "it contradicts entry {number} ({}) on days that both hold; expected valid_from and valid_to that do not overlap",
                    entry.what
                ));
            }
        }
    }
    Ok(())
}

struct Entries(Vec<Entry>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Entries;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of prices")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = list.next_element_seed(After(&entries))? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// An entry that follows these. It is judged while it is read, so that errors carry its line.
struct After<'a>(&'a [Entry]);

impl<'de> DeserializeSeed<'de> for After<'_> {
    type Value = Entry;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Entry, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for After<'_> {
    type Value = Entry;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a price with its keys, such as model and input_per_million")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
        let number = self.0.len() + 1;
        if number > ENTRIES_MAX {
            return Err(A::Error::custom(format!("expected at most {ENTRIES_MAX} prices")));
        }
        let entry = entry(Raw::deserialize(MapAccessDeserializer::new(map))?);
        let entry = entry.map_err(|why| A::Error::custom(format!("entry {number}: {why}")))?;
        let placed = clash(self.0, &entry);
        placed.map_err(|why| A::Error::custom(format!("entry {number} ({}): {why}", entry.what)))?;
        Ok(entry)
    }
}

#[cfg(test)]
mod tests;
