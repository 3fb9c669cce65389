//! Making a body fit for a strict JSON parser without losing a span over one character.

use std::borrow::Cow;

use crate::DecodeError;

/// Levels of nesting in a body. OTLP needs about twelve around its values; what is deeper than this was built to break us.
const DEPTH_MAX: usize = 1000;

/// The body as text: invalid UTF-8 and lone surrogates become U+FFFD (with a warning), bottomless nesting is refused.
pub fn prepare<'a>(
    body: &'a [u8],
    expected: &'static str,
    warnings: &mut Vec<String>,
) -> Result<Cow<'a, str>, DecodeError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.trim_ascii().is_empty() {
        return Err(DecodeError::Empty { expected });
    }
    let text = String::from_utf8_lossy(body);
    if matches!(text, Cow::Owned(_)) {
        warnings.push("the body was not valid UTF-8; broken characters were replaced with U+FFFD".into());
    }
    let lone = scan(text.as_bytes()).map_err(|Bottomless| DecodeError::Malformed {
        expected,
        reason: format!("nested over {DEPTH_MAX} levels deep"),
    })?;
    if lone.is_empty() {
        return Ok(text);
    }
    warnings.push(format!("{} lone surrogate escapes were replaced with U+FFFD", lone.len()));
    Ok(Cow::Owned(mend(&text, &lone)))
}

/// The nesting exceeds [`DEPTH_MAX`].
struct Bottomless;

/// Where `\uXXXX` escapes of lone surrogates begin. One pass over the bytes, outside and inside of strings.
fn scan(bytes: &[u8]) -> Result<Vec<usize>, Bottomless> {
    let (mut depth, mut in_string, mut at, mut lone) = (0usize, false, 0, Vec::new());
    while let Some(byte) = bytes.get(at) {
        match (in_string, byte) {
            (_, b'"') => in_string = !in_string,
            (false, b'[' | b'{') => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(Bottomless);
                }
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (true, b'\\') => {
                at += match (surrogate(bytes, at), surrogate(bytes, at + 6)) {
                    (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 11,
                    (Some(_), _) => {
                        lone.push(at);
                        5
                    }
                    (None, _) => 1,
                };
            }
            _ => {}
        }
        at += 1;
    }
    Ok(lone)
}

/// The surrogate that the escape at `at` stands for, if it is one.
fn surrogate(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let code = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    (0xD800..=0xDFFF).contains(&code).then_some(code)
}

/// Replaces the six-byte escapes at `lone` with the escape of U+FFFD, which is as long.
fn mend(text: &str, lone: &[usize]) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut from = 0;
    for &at in lone {
        mended.push_str(&text[from..at]);
        mended.push_str("\\ufffd");
        from = at + 6;
    }
    mended.push_str(&text[from..]);
    mended
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(body: &str) -> (String, usize) {
        let mut warnings = Vec::new();
        let text = prepare(body.as_bytes(), "JSON", &mut warnings).unwrap().into_owned();
        (text, warnings.len())
    }

    #[test]
    fn lone_surrogates_are_replaced_and_pairs_are_kept() {
        assert_eq!(prepared(r#"["\ud83d\ude00"]"#), (r#"["\ud83d\ude00"]"#.into(), 0));
        assert_eq!(prepared(r#"["\ud83d", "x\udE00y"]"#), (r#"["\ufffd", "x\ufffdy"]"#.into(), 1));
        assert_eq!(prepared(r#"["\ud83d\ud83d\ude00"]"#), (r#"["\ufffd\ud83d\ude00"]"#.into(), 1));
        assert_eq!(prepared(r#"["\\ud83d"]"#), (r#"["\\ud83d"]"#.into(), 0));
    }

    #[test]
    fn nesting_without_bottom_is_refused_and_brackets_in_strings_do_not_count() {
        let deep = "[".repeat(5000);
        assert!(prepare(deep.as_bytes(), "JSON", &mut Vec::new()).unwrap_err().to_string().contains("1000 levels"));
        let text = format!("\"{deep}\\\"{deep}\"");
        assert_eq!(prepared(&text), (text.clone(), 0));
    }

    #[test]
    fn an_empty_body_says_what_was_expected() {
        assert_eq!(prepare(b" \n", "JSON", &mut Vec::new()), Err(DecodeError::Empty { expected: "JSON" }));
    }
}
