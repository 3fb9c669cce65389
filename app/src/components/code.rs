//! Text as code. JSON is taken apart into keys, texts, numbers and words, which the style sheet tells apart.

use leptos::prelude::*;

/// Pieces of a text that get an element of their own: some screens of JSON. What follows is plain.
const PIECES_MAX: usize = 3_000;

/// What a piece of JSON is; its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Key,
    Text,
    Number,
    Word,
    Plain,
}

impl Piece {
    const fn class(self) -> &'static str {
        match self {
            Self::Key => "j-key",
            Self::Text => "j-text",
            Self::Number => "j-num",
            Self::Word => "j-word",
            Self::Plain => "",
        }
    }
}

/// A text in the type of code.
#[component]
pub fn Code(
    /// The text.
    text: String,
    /// It is JSON, or the beginning of some.
    json: bool,
) -> impl IntoView {
    if !json {
        return view! { <code>{text}</code> }.into_any();
    }
    let shown = pieces(&text).into_iter().map(|(piece, text)| {
        let text = text.to_owned();
        match piece {
            Piece::Plain => text.into_any(),
            piece => view! { <span class=piece.class()>{text}</span> }.into_any(),
        }
    });
    let shown = shown.collect_view();
    view! { <code>{shown}</code> }.into_any()
}

/// The pieces of a text, which put together are the text, whether or not it is JSON.
fn pieces(text: &str) -> Vec<(Piece, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let (piece, length) = match first {
            _ if found.len() >= PIECES_MAX => (Piece::Plain, rest.len()),
            b'"' => {
                let length = quoted(rest);
                let is_key = rest[length..].trim_start().starts_with(':');
                (if is_key { Piece::Key } else { Piece::Text }, length)
            }
            b'-' | b'0'..=b'9' => {
                (Piece::Number, run(rest, |byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)))
            }
            b'a'..=b'z' => (Piece::Word, run(rest, |byte| byte.is_ascii_lowercase())),
            _ => (Piece::Plain, run(rest, |byte| !matches!(byte, b'"' | b'-' | b'0'..=b'9' | b'a'..=b'z'))),
        };
        let (taken, left) = rest.split_at(length);
        found.push((piece, taken));
        rest = left;
    }
    found
}

/// Bytes of the text in quotes that begins here; one that does not end takes all.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Bytes from here for which something holds. What ends a run is ASCII, so it ends between characters.
fn run(text: &str, holds: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(|byte| byte.is_ascii() && !holds(byte)).map_or(text.len(), |length| length.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_taken_apart() {
        let found = pieces(r#"{"a": [-1.5e3, "x \" y"], "b": null}"#);
        let named: Vec<_> = found.into_iter().filter(|(piece, _)| *piece != Piece::Plain).collect();
        let expected = [
            (Piece::Key, r#""a""#),
            (Piece::Number, "-1.5e3"),
            (Piece::Text, r#""x \" y""#),
            (Piece::Key, r#""b""#),
            (Piece::Word, "null"),
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn no_text_loses_a_byte_and_none_is_cut_within_a_character() {
        for text in ["", "\"", "\"é\\", "é", "1é2", "{\"ä\": \"ö", "nüll", "-", "{}[],:", "\u{1f600}a\u{1f600}"] {
            let whole: String = pieces(text).into_iter().map(|(_, piece)| piece).collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn of_very_long_json_the_end_is_plain() {
        let text = "[1,2,3,".repeat(PIECES_MAX);
        assert_eq!(pieces(&text).len(), PIECES_MAX + 1);
    }
}
