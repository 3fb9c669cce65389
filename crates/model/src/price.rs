//! Prices of one's own as people write them and see them: names and expressions, lines to copy, the state of the file.

/// Characters that no name of a model, provider or operation has, and expressions have.
const OF_EXPRESSIONS: &[char] = &['*', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$', '\\'];

/// Whether a pattern of the price file is a regular expression rather than a name. A plus alone is part of names
/// (`command-r+`), a point of nearly all.
pub fn is_regex(pattern: &str) -> bool {
    pattern.contains(OF_EXPRESSIONS) || pattern.contains(".+")
}
