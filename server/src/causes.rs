//! Errors as one line.

/// An error with its causes, without those whose words an outer one has said already.
pub fn of(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.contains(&cause) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let error = anyhow::anyhow!("no such role").context("connecting: no such role").context("opening the database");
        assert_eq!(of(&error), "opening the database: connecting: no such role");
    }
}
