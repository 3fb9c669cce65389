//! A query about spans as text that reads back to the same query.

use std::fmt;

use super::{Amount, Bound, By, Condition, Figure, SpanQuery, Subject, Unit, facet_name};
use crate::alert::query::print::duration;
use crate::usd::Usd;

impl fmt::Display for SpanQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Figure::Spans, By::All, None, [Condition::Missing(subject)]) =
            (self.figure, &self.by, self.bound, self.conditions.as_slice())
        {
            f.write_str("spans without ")?;
            write_name(f, subject.name())?;
            return f.write_str(" attribute");
        }
        write!(f, "{}", self.figure)?;
        match &self.by {
            By::All => {}
            By::Trace => f.write_str(" by trace_id")?,
            By::Keys(keys) => {
                for (place, key) in keys.iter().enumerate() {
                    f.write_str(if place == 0 { " by " } else { ", " })?;
                    write_name(f, facet_name(key))?;
                }
            }
        }
        if let Some(bound) = self.bound {
            write_bound(f, bound, self.figure.unit())?;
        }
        write_conditions(f, &self.conditions)
    }
}

/// Those that come last in a query.
pub fn write_conditions(f: &mut fmt::Formatter<'_>, conditions: &[Condition]) -> fmt::Result {
    for (place, condition) in conditions.iter().enumerate() {
        write!(f, " {} {condition}", if place == 0 { "where" } else { "and" })?;
    }
    Ok(())
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spans => f.write_str("count(spans)"),
            Self::Traces => f.write_str("count(traces)"),
            Self::Errors => f.write_str("count(errors)"),
            Self::ErrorRate => f.write_str("error_rate"),
            Self::Sum(amount) => write!(f, "sum({})", amount.as_str()),
            Self::Max(amount) => write!(f, "max({})", amount.as_str()),
            Self::Mean(amount) => write!(f, "avg({})", amount.as_str()),
            Self::Percentile(percent) => write!(f, "p{percent}(duration)"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(subject) => {
                f.write_str("missing ")?;
                write_name(f, subject.name())
            }
            Self::Is { facet, value, is_equal } => {
                write_name(f, facet_name(facet))?;
                f.write_str(if *is_equal { " = " } else { " != " })?;
                write_value(f, value)
            }
            Self::Has { amount, bound } => {
                f.write_str(amount.as_str())?;
                write_bound(f, *bound, amount.unit())
            }
            Self::Number { name, op, limit } => {
                write_name(f, name)?;
                write!(f, " {op} {limit}")
            }
        }
    }
}

impl Subject {
    fn name(&self) -> &str {
        match self {
            Self::Facet(facet) => facet_name(facet),
            Self::Amount(amount) => Amount::as_str(*amount),
        }
    }
}

fn write_bound(f: &mut fmt::Formatter<'_>, Bound { op, limit }: Bound, unit: Unit) -> fmt::Result {
    write!(f, " {op} {}", Limit(limit, unit))
}

/// A limit as it stands in a query.
pub struct Limit(pub i64, pub Unit);

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(limit, unit) = *self;
        match unit {
            Unit::Usd => write!(f, "{}", Usd::from_pico(limit)),
            Unit::Nanoseconds => duration(limit, f),
            Unit::Rate => write!(f, "{}", Rate(limit)),
            Unit::Count => write!(f, "{limit}"),
        }
    }
}

/// Millionths as percents, as few decimals as it takes.
struct Rate(i64);

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 10_000, self.0 % 10_000);
        let decimals = format!(".{rest:04}");
        write!(f, "{whole}{}%", decimals.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// A name, in quotes where it would be read as something else.
fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':');
    let is_word_of_ours = ["missing", "and", "trace_id"].iter().any(|word| word.eq_ignore_ascii_case(name));
    if !name.is_empty() && name.chars().all(is_plain) && !is_word_of_ours { f.write_str(name) } else { quoted(f, name) }
}

fn write_value(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    let is_plain = !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || c == '"');
    // Right after `=` a value that begins with one would be read as part of it.
    if is_plain && !value.starts_with('=') { f.write_str(value) } else { quoted(f, value) }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
