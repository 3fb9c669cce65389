//! Values that somebody hid before they were sent.

/// Signs that stand for hidden ones.
const SIGNS: [char; 3] = ['*', '•', '█'];

/// Words in place of a hidden value.
const WORDS: [&str; 6] = ["redacted", "masked", "filtered", "hidden", "scrubbed", "removed"];

/// Fewest signs that mean something hidden: one or two of them may be a value.
const SIGNS_MIN: usize = 3;

/// Whether a value stands for a hidden one: `***`, `[REDACTED]`, `<masked>`. Such a value is shown as hidden and never read.
pub fn is_masked(text: &str) -> bool {
    let text = text.trim();
    if text.chars().take(SIGNS_MIN).count() == SIGNS_MIN && text.chars().all(|sign| SIGNS.contains(&sign)) {
        return true;
    }
    let inner = text.trim_start_matches(['[', '<', '{', '(']).trim_end_matches([']', '>', '}', ')']);
    let is_bracketed = inner.len() < text.len();
    let word = inner.to_ascii_lowercase();
    // A tool may say what it hid: `[REDACTED:email]`.
    let word = word.split([':', '_', '-', ' ']).next().unwrap_or_default();
    WORDS.contains(&word) && (is_bracketed || inner == "REDACTED")
}

#[cfg(test)]
mod tests {
    use super::is_masked;

    #[test]
    fn hidden_values_are_told_from_others() {
        for text in [
            "***",
            " ******** ",
            "•••",
            "[REDACTED]",
            "<redacted>",
            "{masked}",
            "[Filtered]",
            "REDACTED",
            "[REDACTED:email]",
        ] {
            assert!(is_masked(text), "{text}");
        }
        for text in ["", "*", "**", "hidden", "removed", "a***", "[1, 2]", "{}", "redacted by me", "[]"] {
            assert!(!is_masked(text), "{text}");
        }
    }
}
