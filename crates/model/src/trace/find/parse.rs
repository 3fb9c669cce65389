//! A find from its text: tokens first, then terms, with errors that say what was expected where.

use std::str::FromStr;

use super::{Field, Find, FindError, Sign, TERMS_MAX, TEXT_BYTES_MAX, Term};
use crate::span::SpanKind;
use crate::trace::filter::duration;
use crate::usd::Usd;

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Text { text: String, is_quoted: bool },
    Sign(Sign),
}

impl FromStr for Find {
    type Err = FindError;

    fn from_str(text: &str) -> Result<Self, FindError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(wrong(format!("at most {TEXT_BYTES_MAX} bytes"), &format!("{}", text.len())));
        }
        let mut tokens = tokens(text)?.into_iter().peekable();
        let mut terms = Vec::new();
        while let Some(token) = tokens.next() {
            let Token::Text { text: key, is_quoted } = token else {
                return Err(wrong(format!("a name before {}", sign_of(&token)), "nothing"));
            };
            let Some(Token::Sign(sign)) = tokens.peek().cloned() else {
                terms.push(word(key, is_quoted)?);
                continue;
            };
            tokens.next();
            let place = format!("after `{key} {}`", sign.as_str());
            let value = match tokens.next() {
                Some(Token::Text { text, .. }) => text,
                Some(other) => return Err(wrong(format!("a value {place}"), &sign_of(&other))),
                None => return Err(wrong(format!("a value {place}"), "nothing")),
            };
            terms.push(condition(&key, is_quoted, sign, value, &place)?);
        }
        match terms.len() {
            0 => Err(wrong("a word, or a condition such as `duration > 1s`".to_owned(), "nothing")),
            1..=TERMS_MAX => Ok(Self { terms }),
            many => Err(wrong(format!("at most {TERMS_MAX} words and conditions"), &many.to_string())),
        }
    }
}

fn wrong(expected: String, got: &str) -> FindError {
    FindError { expected, got: got.to_owned() }
}

fn sign_of(token: &Token) -> String {
    match token {
        Token::Sign(sign) => format!("`{}`", sign.as_str()),
        Token::Text { text, .. } => format!("`{text}`"),
    }
}

/// Texts apart by spaces and signs; within quotes both are text, and `\` takes the next character as it is.
fn tokens(text: &str) -> Result<Vec<Token>, FindError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some((written, sign)) = sign_at(rest) {
            tokens.push(Token::Sign(sign));
            rest = &rest[written.len()..];
        } else if first == '"' {
            let (text, after) =
                quoted(&rest[1..]).ok_or_else(|| wrong("a quote at the end".to_owned(), &format!("`{rest}`")))?;
            tokens.push(Token::Text { text, is_quoted: true });
            rest = after;
        } else {
            let ends = |(at, character): &(usize, char)| character.is_whitespace() || sign_at(&rest[*at..]).is_some();
            let end = rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at);
            tokens.push(Token::Text { text: rest[..end].to_owned(), is_quoted: false });
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

/// The sign a text begins with.
pub(super) fn sign_at(text: &str) -> Option<(&'static str, Sign)> {
    Sign::ALL.into_iter().find(|(written, _)| text.starts_with(written))
}

/// The text up to the closing quote, and what comes after that.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut inner = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((inner, &text[at + 1..])),
            '\\' => inner.push(characters.next()?.1),
            _ => inner.push(character),
        }
    }
    None
}

/// A word by itself; `service:openai` is how the list of traces writes a condition.
fn word(text: String, is_quoted: bool) -> Result<Term, FindError> {
    if let Some((field, value)) = text.split_once(':').filter(|_| !is_quoted)
        && Field::named(field).is_some()
        && !value.is_empty()
    {
        return condition(field, false, Sign::Equal, value.to_owned(), &format!("after `{field}:`"));
    }
    if text.is_empty() { Err(wrong("a word between the quotes".to_owned(), "nothing")) } else { Ok(Term::Word(text)) }
}

fn condition(key: &str, is_quoted: bool, sign: Sign, value: String, place: &str) -> Result<Term, FindError> {
    let Some(field) = Field::named(key).filter(|_| !is_quoted) else { return attribute(key, sign, value, place) };
    let wrong_value = |expected: &str| wrong(format!("{expected} {place}"), &format!("`{value}`"));
    let is_equal = || match sign {
        Sign::Equal => Ok(true),
        Sign::Other => Ok(false),
        _ => Err(wrong(format!("`=` or `!=` after `{key}`"), &format!("`{}`", sign.as_str()))),
    };
    match field {
        Field::Duration | Field::SelfTime => duration::parse_ns(&value)
            .map(|ns| Term::Time(field, sign, ns))
            .ok_or_else(|| wrong_value("a length of time such as 250ms or 1.5s")),
        Field::Cost => value
            .trim_start_matches('$')
            .parse::<Usd>()
            .map(|cost| Term::Cost(sign, cost))
            .map_err(|_| wrong_value("an amount of US dollars such as 0.01")),
        Field::Status => match value.as_str() {
            "error" => is_equal().map(Term::Failed),
            "ok" => is_equal().map(|is_ok| Term::Failed(!is_ok)),
            _ => Err(wrong_value("`error` or `ok`")),
        },
        Field::Kind => {
            let kind = SpanKind::ALL.iter().copied().find(|kind| kind.as_str() == value);
            let kind = kind.ok_or_else(|| wrong_value("internal, server, client, producer or consumer"))?;
            Ok(Term::Kind(kind, is_equal()?))
        }
        Field::Service | Field::Name => Ok(Term::Text(field, value, is_equal()?)),
    }
}

fn attribute(key: &str, sign: Sign, value: String, place: &str) -> Result<Term, FindError> {
    if key.is_empty() {
        return Err(wrong(format!("a name before `{}`", sign.as_str()), "nothing"));
    }
    if sign.orders() && !value.parse::<f64>().is_ok_and(f64::is_finite) {
        return Err(wrong(format!("a number {place}"), &format!("`{value}`")));
    }
    Ok(Term::Attribute(key.to_owned(), sign, value))
}
