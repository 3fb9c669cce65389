//! `keys.yaml`: who may come in, and for what.
//!
//! ```yaml
//! keys:
//!   - name: shop                   # shown where the key is meant; `tracetab key shop` makes one
//!     sha256: 9f86d081884c7d65...  # 64 hex digits: the SHA-256 of the key
//!     tenant: acme                 # without it, everybody's
//!     may: [ingest]                # or read, change
//! ```

use std::collections::HashSet;

use serde::Deserialize;

use super::scalar::{Parsed, Scalar, given};
use crate::keys::{HASH_BYTES, Key, May, session};

/// Keys in one file: each is compared with every key that is given, a fraction of a microsecond each.
const KEYS_MAX: usize = 1_000;

/// Characters of a name, of a key or a tenant: it stands in answers and lists.
const NAME_CHARS_MAX: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Parsed<KeyName>,
    sha256: Parsed<Hash>,
    #[serde(default, deserialize_with = "given")]
    tenant: Option<KeyName>,
    may: Vec<Parsed<May>>,
}

/// The keys in `text`, or what is wrong with it, with line and column.
pub fn parse(text: &str) -> Result<Vec<Key>, String> {
    let file: File = serde_norway::from_str(text).map_err(|error| error.to_string())?;
    if file.keys.is_empty() {
        return Err("it has no key; expected at least one (`tracetab key NAME` makes one). To ask nobody for a key, remove the \
                    file and start again"
            .into());
    }
    if file.keys.len() > KEYS_MAX {
        return Err(format!("{} keys; expected at most {KEYS_MAX}", file.keys.len()));
    }
    let keys = file.keys.into_iter().map(key).collect::<Result<Vec<_>, _>>()?;
    let (mut names, mut hashes) = (HashSet::new(), HashSet::new());
    for key in &keys {
        if !names.insert(&key.name) {
            return Err(format!("two keys are called {:?}; expected every name once", key.name));
        }
        if !hashes.insert(&key.hash) {
            return Err(format!("the key {:?} has the sha256 of another; expected every key once", key.name));
        }
    }
    Ok(keys)
}

fn key(entry: Entry) -> Result<Key, String> {
    let name = entry.name.0.0;
    let mut may: Vec<May> = entry.may.into_iter().map(|may| may.0).collect();
    may.sort_unstable();
    may.dedup();
    if may.is_empty() {
        return Err(format!("the key {name:?} may do nothing; expected `may` to have ingest, read or change"));
    }
    let tenant = entry.tenant.map(|tenant| tenant.0);
    if tenant.is_some() && may.contains(&May::Change) {
        return Err(format!(
            "the key {name:?} is of one tenant and may change what is of all; expected no tenant, or no change"
        ));
    }
    if may.contains(&May::Change) && !may.contains(&May::Read) {
        return Err(format!("the key {name:?} may change what it may not read; expected both, or no change"));
    }
    Ok(Key { name, hash: entry.sha256.0.0, tenant, may })
}

/// A name as a key or a tenant may have it.
pub fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX && !name.contains(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(format!("expected {}", KeyName::EXPECTED)) }
}

struct KeyName(String);

impl Scalar for KeyName {
    const EXPECTED: &'static str = "a name of 1 to 100 characters on one line";

    fn from_text(text: &str) -> Result<Self, String> {
        name(text).map(Self)
    }
}

struct Hash([u8; HASH_BYTES]);

impl Scalar for Hash {
    const EXPECTED: &'static str = "the SHA-256 of a key in 64 hex digits, such as `tracetab key NAME` prints";

    fn from_text(text: &str) -> Result<Self, String> {
        // What stands there instead may be the key itself, so it is not repeated.
        session::from_hex(text.trim()).map(Self).ok_or_else(|| format!("expected {}", Self::EXPECTED))
    }
}

impl Scalar for May {
    const EXPECTED: &'static str = "ingest, read or change";

    fn from_text(text: &str) -> Result<Self, String> {
        Self::named(text.trim()).ok_or_else(|| format!("expected {}", Self::EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn an_entry(name: &str, digit: char, rest: &str) -> String {
        format!("  - {{name: {name}, sha256: {}, {rest}}}\n", digit.to_string().repeat(64))
    }

    fn error(entries: &[String]) -> String {
        parse(&format!("keys:\n{}", entries.concat())).unwrap_err()
    }

    #[test]
    fn keys_are_read_with_their_uses_in_order() {
        let keys = [
            an_entry("shop", 'a', "tenant: acme, may: [read, ingest, read]"),
            an_entry("ops", 'B', "may: [read, change]"),
        ];
        let keys = parse(&format!("keys:\n{}", keys.concat())).unwrap();
        assert_eq!(keys[0].to_string(), "shop  key: may ingest, read, for the tenant acme alone");
        assert_eq!((keys[1].to_string().as_str(), keys[1].hash), ("ops  key: may read, change", [0xbb; 32]));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_was_expected() {
        let good = an_entry("shop", 'a', "may: [ingest]");
        for (entries, says) in [
            (vec![good.clone(), an_entry("shop", 'b', "may: [read]")], "two keys are called \"shop\""),
            (vec![good.clone(), an_entry("other", 'a', "may: [read]")], "the sha256 of another"),
            (vec![an_entry("shop", 'x', "may: [read]")], "expected the SHA-256 of a key in 64 hex digits"),
            (vec![an_entry("shop", 'a', "may: []")], "expected `may` to have"),
            (vec![an_entry("shop", 'a', "may: [write]")], "expected ingest, read or change"),
            (vec![an_entry("shop", 'a', "tenant: acme, may: [read, change]")], "expected no tenant, or no change"),
            (vec![an_entry("shop", 'a', "may: [change]")], "may change what it may not read"),
            (vec![an_entry("shop", 'a', "may: [read], key: secret")], "unknown field `key`"),
            (vec![an_entry("''", 'a', "may: [read]")], "expected a name of 1 to 100 characters"),
        ] {
            assert!(error(&entries).contains(says), "{says}: {}", error(&entries));
        }
        assert!(parse("keys: []").unwrap_err().contains("remove the file"));
        assert!(error(&[good, an_entry("b", 'b', "may: [moon]")]).contains("at line 3"));
    }

    #[test]
    fn a_key_that_was_written_in_place_of_its_hash_is_not_repeated() {
        let error = parse("keys:\n  - {name: shop, sha256: tt_secret, may: [read]}\n").unwrap_err();
        assert!(!error.contains("tt_secret") && error.contains("line 2"), "{error}");
    }
}
