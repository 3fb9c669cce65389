//! Prices of one's own as people write them and see them: names and expressions, lines to copy, the state of the file.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Characters that no name of a model, provider or operation has, and expressions have.
const OF_EXPRESSIONS: &[char] = &['*', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$', '\\'];

/// Whether a pattern of the price file is a regular expression rather than a name. A plus alone is part of names
/// (`command-r+`), a point of nearly all.
pub fn is_regex(pattern: &str) -> bool {
    pattern.contains(OF_EXPRESSIONS) || pattern.contains(".+")
}

/// The prices in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookStatus {
    /// Which prices are built in.
    pub built_in: String,
    /// The file of one's own prices; `None` when there is no folder for it.
    pub file: Option<FileStatus>,
    /// Prices that are fetched; `None` when there is no address for them.
    pub fetched: Option<FetchedStatus>,
}

/// Prices that are fetched from an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedStatus {
    /// Where from, without what may be secret in it.
    pub url: String,
    /// What every cost made of them keeps; `None` when none are in force.
    pub revision: Option<String>,
    /// Models or entries they have.
    pub models: usize,
    /// When they came.
    pub fetched_at: Option<DateTime<Utc>>,
    /// When it was last asked for newer ones.
    pub checked_at: Option<DateTime<Utc>>,
    /// Why what is there now is not in force.
    pub problem: Option<FileProblem>,
}

/// The file of one's own prices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStatus {
    /// Where it is, or would be.
    pub path: String,
    /// What every cost made of it keeps: its name and a hash of its content; `None` when no file is in force.
    pub revision: Option<String>,
    /// Since when it is in force.
    pub loaded_at: DateTime<Utc>,
    /// Its entries in words, in their order.
    pub entries: Vec<String>,
    /// Why what is in the file now is not in force.
    pub problem: Option<FileProblem>,
}

/// Prices that cannot be used; those before them stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// When it was noticed.
    pub since: DateTime<Utc>,
    /// What is wrong, with line and what was expected.
    pub reason: String,
}

/// Calls of a model over some range whose cost nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnpricedModel {
    /// Who serves it, as sent; `None` when nobody said.
    pub provider: Option<String>,
    /// The model.
    pub model: String,
    /// Calls without a cost.
    pub calls: i64,
    /// Those of them that told how many tokens they took.
    pub calls_with_tokens: i64,
    /// Input tokens of these.
    pub tokens_in: i64,
    /// Output tokens of these.
    pub tokens_out: i64,
    /// When the first of these calls began.
    pub first: DateTime<Utc>,
    /// When the last of them began.
    pub last: DateTime<Utc>,
}

/// What stands for a price that only people know. It is no number, so that a line that is copied and forgotten is a mistake
/// that is told, and not a model that is free.
pub const FILL_IN: &str = "FILL_IN";

impl UnpricedModel {
    /// Whether a price would tell what these calls cost, given whether the model has one by now. Calls that told no tokens cannot be
    /// priced by token.
    pub const fn wants_a_price(&self, is_priced_now: bool) -> bool {
        self.calls_with_tokens > 0 || !is_priced_now
    }

    /// The lines of the price file that would price these calls, once the prices are filled in.
    pub fn lines_to_copy(&self) -> String {
        let provider = self.provider.as_deref().map(|provider| format!("provider: {}", quoted(provider)));
        let model = format!("model: {}", quoted(&self.model));
        let prices: &[&str] = match (self.calls_with_tokens, self.tokens_out) {
            (0, _) => &["per_call"],
            (_, 0) => &["input_per_million"],
            _ => &["input_per_million", "output_per_million"],
        };
        let prices = prices.iter().map(|key| format!("{key}: {FILL_IN}  # USD"));
        let lines: Vec<String> = provider.into_iter().chain([model]).chain(prices).collect();
        format!("  - {}\n", lines.join("\n    "))
    }
}

/// A price of a model as a person gives it; what is not given is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPrice {
    /// Who serves the model; empty is anybody.
    pub provider: String,
    /// The model.
    pub model: String,
    /// USD per million input tokens.
    pub input: String,
    /// USD per million input tokens out of the provider's cache.
    pub cached_input: String,
    /// USD per million output tokens.
    pub output: String,
    /// USD per call, for a model that has no price of tokens.
    pub per_call: String,
}

impl NewPrice {
    /// The lines of the price file that say so, or what is missing. Whether the amounts can be kept is for who reads the file.
    pub fn lines(&self) -> Result<String, &'static str> {
        let prices = [
            ("input_per_million", &self.input),
            ("cached_input_per_million", &self.cached_input),
            ("output_per_million", &self.output),
            ("per_call", &self.per_call),
        ];
        let given: Vec<(&str, &str)> =
            prices.into_iter().map(|(key, text)| (key, text.trim())).filter(|(_, text)| !text.is_empty()).collect();
        // Nothing but a number goes into the file.
        if given.iter().any(|(_, text)| !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')) {
            return Err("expected prices in US dollars as plain numbers, such as 2.50");
        }
        if given.is_empty() {
            return Err("expected a price");
        }
        if self.model.trim().is_empty() {
            return Err("expected a model");
        }
        let provider = Some(self.provider.trim()).filter(|provider| !provider.is_empty());
        let provider = provider.map(|provider| format!("provider: {}", quoted(provider)));
        let model = format!("model: {}", quoted(self.model.trim()));
        let prices = given.into_iter().map(|(key, text)| format!("{key}: {text}"));
        let lines: Vec<String> = provider.into_iter().chain([model]).chain(prices).collect();
        Ok(format!("  - {}\n", lines.join("\n    ")))
    }
}

/// A pattern that matches exactly this name, as a YAML scalar.
fn quoted(name: &str) -> String {
    let pattern = if is_regex(name) { escaped(name) } else { name.to_owned() };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    // What begins with a letter and is made of these is read as it is; words that mean something else are quoted.
    if pattern.starts_with(|c: char| c.is_ascii_alphabetic())
        && pattern.chars().all(is_plain)
        && !["true", "false", "null", "yes", "no", "on", "off"].contains(&pattern.to_ascii_lowercase().as_str())
    {
        return pattern;
    }
    let mut quoted = String::from('"');
    for c in pattern.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Every character that means something in an expression outside of brackets.
const OF_SYNTAX: &str = r"\.+*?()|[]{}^$";

/// The expression that means a name letter by letter.
fn escaped(name: &str) -> String {
    let mut escaped = String::new();
    for c in name.chars() {
        if OF_SYNTAX.contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_that_is_given_becomes_lines_and_nothing_but_numbers_go_in() {
        let price = |input: &str, output: &str| NewPrice {
            provider: "acme".into(),
            model: "large (v2)".into(),
            input: input.into(),
            output: output.into(),
            ..NewPrice::default()
        };
        assert_eq!(
            price("2.50", " 10 ").lines().as_deref(),
            Ok(
                "  - provider: acme\n    model: \"large \\\\(v2\\\\)\"\n    input_per_million: 2.50\n    output_per_million: 10\n"
            )
        );
        assert!(price("", "").lines().is_err() && price("2,5", "").lines().is_err());
        assert!(price("1\n    per_call: 0", "").lines().is_err());
    }
}
