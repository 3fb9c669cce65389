//! `tracetab key`: a new key, and the lines of `keys.yaml` that make it one.

use super::session::hex;
use super::{Key, May};

/// What a key begins with, so that people and scanners for lost secrets know what they have found.
const PREFIX: &str = "tt_";

/// Bytes of chance in a key: nobody guesses 192 bits, and a plain hash of them tells nobody anything.
pub const RANDOM_BYTES: usize = 24;

/// What `tracetab key` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// What to call it: whom it is for
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// The tenant whose key it is: what is sent with it is that tenant's, and nothing else can be read with it
    #[arg(long, value_name = "TENANT", value_parser = name)]
    tenant: Option<String>,
    /// What it may be used for: ingest, read, change, apart by commas
    #[arg(long, value_name = "USES", value_delimiter = ',', default_value = "ingest", value_parser = may)]
    may: Vec<May>,
}

/// The text of a key made of chance.
pub fn text(chance: [u8; RANDOM_BYTES]) -> String {
    format!("{PREFIX}{}", hex(&chance))
}

/// What is printed: the key, and the lines to be pasted.
pub fn words(args: &Args, chance: [u8; RANDOM_BYTES]) -> String {
    let key = text(chance);
    let mut may = args.may.clone();
    may.sort_unstable();
    may.dedup();
    let uses = may.iter().map(|may| may.as_str()).collect::<Vec<_>>().join(", ");
    let tenant = args.tenant.as_ref().map_or(String::new(), |tenant| format!("    tenant: {}\n", quoted(tenant)));
    let lines = format!(
        "  - name: {}\n    sha256: {}\n{tenant}    may: [{uses}]\n",
        quoted(&args.name),
        hex(&Key::hash_of(key.as_bytes()))
    );
    format!(
        "{key}\n\nThis is the key; it is shown once and kept nowhere. Add these lines to keys.yaml in the folder of TRACETAB_RULES\n\
         (below a first line `keys:`); a running server takes them over within seconds:\n\n{lines}"
    )
}

/// A text as YAML reads it back, whatever is in it: JSON strings are YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn name(text: &str) -> Result<String, String> {
    crate::rules::keys::name(text)
}

fn may(word: &str) -> Result<May, String> {
    May::named(word.trim()).ok_or_else(|| "expected ingest, read or change, apart by commas".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_lines_make_the_printed_key_one() {
        let args = Args { name: "shop \"1\"".into(), tenant: Some("acme".into()), may: vec![May::Read, May::Ingest] };
        let words = words(&args, [0xab; RANDOM_BYTES]);
        let (key, rest) = words.split_once('\n').unwrap();
        assert_eq!(key, format!("tt_{}", "ab".repeat(RANDOM_BYTES)));
        let (_, lines) = rest.split_once("seconds:\n\n").unwrap();
        let keys = crate::rules::keys::parse(&format!("keys:\n{lines}")).unwrap();
        let expected = Key {
            name: "shop \"1\"".into(),
            hash: Key::hash_of(key.as_bytes()),
            tenant: Some("acme".into()),
            may: vec![May::Ingest, May::Read],
        };
        assert_eq!(keys, [expected]);
        assert!(!lines.contains(key), "the file has only its hash");
    }
}
