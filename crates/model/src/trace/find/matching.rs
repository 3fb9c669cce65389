//! Whether a span meets a find: what its row knows decides what it can, the rest is left open for what the span says.

use super::{Field, Find, Term, contains};
use crate::attribute::{Attributes, Value};
use crate::span::SpanKind;
use crate::usd::Usd;

/// What is known of a span without reading what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// Operation.
    pub name: &'a str,
    /// Service.
    pub service: &'a str,
    /// Role in the call.
    pub kind: SpanKind,
    /// Whether it failed.
    pub failed: bool,
    /// Duration in nanoseconds.
    pub duration_ns: i64,
    /// The part of it in which no child ran.
    pub self_ns: i64,
    /// Own cost.
    pub cost: Option<Usd>,
}

/// What a span says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// Its attributes.
    pub attributes: &'a Attributes,
    /// Those of what it ran on.
    pub resource: &'a Attributes,
    /// What the product has fields of its own for (tenant, model, …), by name.
    pub fields: &'a [(&'static str, String)],
}

/// What comes of a find for one span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It does not meet it, whatever it says.
    No,
    /// It meets it, whatever it says.
    Yes,
    /// It depends on what it says: the terms that are open, a bit for each.
    Open(u32),
}

impl Find {
    /// What can be told without reading what the span says.
    pub fn outcome(&self, span: &Known<'_>) -> Outcome {
        let mut open = 0;
        for (place, term) in self.terms.iter().enumerate() {
            match term.holds(span) {
                Some(true) => {}
                Some(false) => return Outcome::No,
                None => open |= 1 << place,
            }
        }
        if open == 0 { Outcome::Yes } else { Outcome::Open(open) }
    }

    /// Whether what the span says meets the terms that are open.
    pub fn meets(&self, open: u32, said: &Said<'_>) -> bool {
        let is_open = |place: usize| open & (1 << place) != 0;
        self.terms.iter().enumerate().filter(|(place, _)| is_open(*place)).all(|(_, term)| term.is_said(said))
    }
}

impl Term {
    /// `None` when it depends on what the span says.
    fn holds(&self, span: &Known<'_>) -> Option<bool> {
        match self {
            // A word that is not in the name may be in an attribute.
            Self::Word(word) => (contains(span.name, word) || contains(span.service, word)).then_some(true),
            Self::Time(field, sign, ns) => {
                let own = if *field == Field::SelfTime { span.self_ns } else { span.duration_ns };
                Some(sign.holds(&own, ns))
            }
            Self::Cost(sign, cost) => Some(span.cost.is_some_and(|own| sign.holds(&own, cost))),
            Self::Failed(failed) => Some(span.failed == *failed),
            Self::Kind(kind, is_equal) => Some((span.kind == *kind) == *is_equal),
            Self::Text(field, text, is_equal) => {
                let own = if *field == Field::Name { span.name } else { span.service };
                Some((own == text) == *is_equal)
            }
            Self::Attribute(..) => None,
        }
    }

    fn is_said(&self, said: &Said<'_>) -> bool {
        match self {
            Self::Word(word) => {
                said.values().any(|value| value.has(word)) || said.fields.iter().any(|(_, text)| contains(text, word))
            }
            Self::Attribute(key, sign, wanted) => said.under(key).is_some_and(|own| {
                if sign.orders() {
                    let numbers = own.parse::<f64>().ok().zip(wanted.parse::<f64>().ok());
                    numbers.is_some_and(|(own, wanted)| sign.holds(&own, &wanted))
                } else {
                    sign.holds(&own, wanted)
                }
            }),
            // Decided by what is known.
            Self::Time(..) | Self::Cost(..) | Self::Failed(_) | Self::Kind(..) | Self::Text(..) => true,
        }
    }
}

impl Said<'_> {
    fn values(&self) -> impl Iterator<Item = &Value> {
        self.attributes.0.iter().chain(&self.resource.0).map(|(_, value)| value)
    }

    /// What it says under a name: itself first, then what it ran on, then the product's own field.
    fn under(&self, key: &str) -> Option<String> {
        let attribute = self.attributes.get(key).or_else(|| self.resource.get(key));
        let field = || self.fields.iter().find(|(name, _)| *name == key).map(|(_, text)| text.clone());
        attribute.and_then(Value::shown).or_else(field)
    }
}

impl Value {
    /// Whether its text has the word in it; a text of megabytes is not copied for that.
    fn has(&self, word: &str) -> bool {
        match self {
            Self::String(text) => contains(text, word),
            other => other.shown().is_some_and(|text| contains(&text, word)),
        }
    }
}
