//! Names of providers, models and operations as entries of the price file give them: outright, or as a regular expression.

use std::fmt;

use model::price::is_regex;
use regex::{Regex, RegexBuilder};

/// Longest pattern: names have at most 1 024 bytes, and each of them may have to be escaped.
const PATTERN_CHARS_MAX: usize = 2_100;

/// Largest compiled expression in bytes: a list of a hundred names takes a tenth, `(a{100}){100}` would take a megabyte.
const REGEX_BYTES_MAX: usize = 256 * 1024;

/// What a name must be, from its first to its last letter; upper and lower case are the same.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    /// `None` is a name outright.
    regex: Option<Regex>,
}

impl Pattern {
    /// Reads a pattern, or says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > PATTERN_CHARS_MAX {
            return Err(format!("expected a name or a regular expression of 1 to {PATTERN_CHARS_MAX} characters"));
        }
        let regex = is_regex(text).then(|| compile(text)).transpose()?;
        Ok(Self { text: text.to_owned(), regex })
    }

    /// Whether it is this name.
    pub fn matches(&self, name: &str) -> bool {
        match &self.regex {
            Some(regex) => regex.is_match(name),
            None => self.text.eq_ignore_ascii_case(name),
        }
    }

    /// The name, when it is one outright.
    pub fn name(&self) -> Option<&str> {
        self.regex.is_none().then_some(self.text.as_str())
    }

    /// Whether every name of `other` is certainly one of this: the same pattern, or one that matches the name it is.
    pub fn covers(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text) || other.name().is_some_and(|name| self.matches(name))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn compile(text: &str) -> Result<Regex, String> {
    let whole = RegexBuilder::new(&format!("^(?:{text})$")).case_insensitive(true).size_limit(REGEX_BYTES_MAX).build();
    whole.map_err(|error| {
        // The message draws the expression over several lines; its last one says what is wrong.
        let error = error.to_string();
        let why = error.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
        format!("expected a name or a regular expression, got {text:?}: {why}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_the_whole_name_in_any_case() {
        let matches = |pattern: &str, name: &str| Pattern::parse(pattern).unwrap().matches(name);
        assert!(matches("gpt-4.1", "GPT-4.1") && !matches("gpt-4.1", "gpt-4x1"), "a name is no expression");
        assert!(matches("gpt-4o(-mini)?", "gpt-4o-mini") && !matches("gpt-4o(-mini)?", "my-gpt-4o"));
        assert!(matches("a|b", "b") && !matches("a|b", "ab"), "alternatives are anchored together");
        assert!(matches("command-r+", "command-r+"), "a plus at the end is part of the name");
        assert!(matches("claude-.+", "claude-x"));
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        assert!(Pattern::parse("gpt-(").unwrap_err().contains("unclosed group"));
        assert!(Pattern::parse(" ").unwrap_err().contains("expected a name"));
        assert!(Pattern::parse("(a{100}){100}{9}").unwrap_err().contains("size limit"));
    }

    #[test]
    fn a_wider_pattern_covers_a_name() {
        let covers = |wide: &str, narrow: &str| Pattern::parse(wide).unwrap().covers(&Pattern::parse(narrow).unwrap());
        assert!(covers("gpt-.*", "gpt-4o") && covers("gpt-4o", "GPT-4o") && covers("gpt-.*", "gpt-.*"));
        assert!(!covers("gpt-4o", "gpt-.*") && !covers("gpt-.*", "gpt-4.*"), "of two expressions nobody can tell");
    }
}
