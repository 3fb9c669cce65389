//! Words in texts, whatever their case.

/// Whether `text` has `word` in it, whatever the case of either.
pub fn contains(text: &str, word: &str) -> bool {
    if word.is_ascii() && text.is_ascii() {
        return word.is_empty()
            || text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    }
    text.to_lowercase().contains(&word.to_lowercase())
}

/// Where words stand in a text, as rising ranges of bytes that do not overlap. Letters beyond ASCII are found in the case they
/// are written in.
pub fn places(text: &str, words: &[String]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let here = |word: &&String| {
            !word.is_empty() && text.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word))
        };
        match words.iter().filter(here).map(String::len).max() {
            Some(length) => {
                places.push((at, at + length));
                at += length;
            }
            None => at += 1,
        }
    }
    places
}
