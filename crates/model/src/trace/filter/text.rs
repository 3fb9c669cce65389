//! Free text of the filter language: words apart by spaces, `"quoted"` when a value holds spaces.
//!
//! `key:value` and `key=value` are parameters by name; `duration>2s`, `duration<1m`, `cost>0.05` bound from one side
//! (`>=` and `<=` say the same, bounds are inclusive); a bare word is an operation.

use super::FilterError;

/// The parameters that `text` spells out, in order.
pub(super) fn terms(text: &str) -> Result<Vec<(&'static str, String)>, FilterError> {
    words(text).into_iter().map(|word| term(&word)).collect()
}

fn term(word: &str) -> Result<(&'static str, String), FilterError> {
    let Some(at) = word.find([':', '=', '<', '>']) else { return Ok(("operation", unquoted(word))) };
    let (key, rest) = word.split_at(at);
    let sign = &rest[..1];
    let value = unquoted(rest[1..].strip_prefix('=').unwrap_or(&rest[1..]));
    let parameter = match (key, sign) {
        ("service", ":" | "=") => "service",
        ("operation" | "name", ":" | "=") => "operation",
        ("tenant", ":" | "=") => "tenant",
        ("user", ":" | "=") => "user",
        ("model", ":" | "=") => "model",
        ("capability", ":" | "=") => "capability",
        ("data_tag", ":" | "=") => "data_tag",
        ("without", ":" | "=") => "without",
        ("status", ":" | "=") => "status",
        ("duration", ">") => "min_duration",
        ("duration", "<") => "max_duration",
        ("cost", ">") => "min_cost",
        ("cost", "<") => "max_cost",
        _ if key.is_empty() || key.contains(['/', '"']) => return Ok(("operation", unquoted(word))),
        _ => {
            return Err(FilterError {
                key: "q".to_owned(),
                expected: "service:, operation:, tenant:, user:, model:, capability:, data_tag:, without:, status:, duration> or <, cost> or <, or an operation",
                got: word.to_owned(),
            });
        }
    };
    // "$0.05" is how the page itself writes money.
    let value = if parameter.ends_with("cost") { value.trim_start_matches('$').to_owned() } else { value };
    Ok((parameter, value))
}

/// Words apart by spaces; spaces between quotes belong to the word. A missing last quote closes at the end.
/// A sign at the end of a word takes the next one: `duration > 2s` is `duration>2s`.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for character in text.chars() {
        quoted ^= character == '"';
        if character.is_whitespace() && !quoted {
            words.push(std::mem::take(&mut word));
        } else {
            word.push(character);
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        let opens = |last: &String| last.ends_with(['<', '>', ':', '=']);
        match joined.last_mut() {
            Some(last) if opens(last) || word.starts_with(['<', '>', '=']) => last.push_str(&word),
            _ => joined.push(word),
        }
    }
    joined
}

fn unquoted(text: &str) -> String {
    text.replace('"', "")
}
