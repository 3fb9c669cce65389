//! What a span's attributes say about each field, gathered in one pass over them.

use std::borrow::Cow;

use model::attribute::{Attributes, Value};
use model::owner::OwnerSource;

use super::field::{Carrier, Field};
use super::json_text::unquoted;
use super::keys::Keys;
use crate::raw::RawSpan;

/// A value that some key of a field has.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// The key it stands under.
    pub key: &'a str,
    /// The value.
    pub value: &'a Value,
    /// Where it was said, then where its key stands in the field's row; the least is believed first.
    order: u16,
    /// The next best of the field, as an index.
    next: Option<u16>,
}

/// The instrumentation scope a span comes from.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    pub name: &'a str,
    pub version: &'a str,
}

/// Everything the attributes say about known fields.
///
/// Of a key said twice only the last is kept, so there are at most three candidates per key of a row, however many
/// attributes a span has.
pub struct Found<'a> {
    scope: Scope<'a>,
    candidates: Vec<Candidate<'a>>,
    best: [Option<u16>; Field::COUNT],
}

/// The layer that all spans of a program share.
const RESOURCE_LAYER: u16 = 2;

/// Candidates that a span usually has: few enough for one allocation to do.
const CANDIDATES_EXPECTED: usize = 24;

impl<'a> Found<'a> {
    /// Reads the span's fields and attributes and those of its resource.
    pub fn in_span(raw: &'a RawSpan) -> Self {
        let scope = Scope { name: &raw.origin.scope_name, version: &raw.origin.scope_version };
        let mut found = Self { scope, candidates: Vec::with_capacity(CANDIDATES_EXPECTED), best: [None; Field::COUNT] };
        let keys = Keys::all();
        let layers: [(u16, &Attributes); 3] =
            [(0, &raw.fields), (1, &raw.attributes), (RESOURCE_LAYER, &raw.origin.resource)];
        for (layer, attributes) in layers {
            // Backwards, so that of equal keys the last one stays.
            for (key, value) in attributes.0.iter().rev() {
                for meaning in keys.meanings(key) {
                    if (layer < RESOURCE_LAYER || meaning.carrier == Carrier::Resource) && says_something(value) {
                        let order = layer << 8 | u16::from(meaning.rank);
                        found.add(meaning.field, Candidate { key, value, order, next: None });
                    }
                }
            }
        }
        found
    }

    /// Puts a candidate behind all that are believed before it, unless the very key was there already.
    fn add(&mut self, field: Field, mut candidate: Candidate<'a>) {
        let (mut before, mut next) = (None, self.best[field as usize]);
        while let Some(at) = next.filter(|at| self.candidates[usize::from(*at)].order <= candidate.order) {
            if self.candidates[usize::from(at)].order == candidate.order {
                return;
            }
            (before, next) = (Some(at), self.candidates[usize::from(at)].next);
        }
        // Three per key of a row are far below 2^16; were it otherwise, what comes last would not be believed.
        let Ok(index) = u16::try_from(self.candidates.len()) else { return };
        candidate.next = next;
        self.candidates.push(candidate);
        match before {
            Some(before) => self.candidates[usize::from(before)].next = Some(index),
            None => self.best[field as usize] = Some(index),
        }
    }

    /// The scope the span comes from.
    pub const fn scope(&self) -> Scope<'a> {
        self.scope
    }

    /// Everything said about `field`, what to believe first.
    pub fn all(&self, field: Field) -> impl Iterator<Item = &Candidate<'a>> {
        let at = |index: u16| self.candidates.get(usize::from(index));
        let best = self.best[field as usize].and_then(at);
        std::iter::successors(best, move |candidate| candidate.next.and_then(at))
    }

    /// Whether anything is said about `field`.
    pub const fn has(&self, field: Field) -> bool {
        self.best[field as usize].is_some()
    }

    /// The first usable text.
    pub fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        self.all(field).find_map(Candidate::text)
    }

    /// The first usable text, and whether the span or its resource says it.
    pub fn text_from(&self, field: Field) -> Option<(Cow<'a, str>, OwnerSource)> {
        self.all(field).find_map(|candidate| Some((candidate.text()?, candidate.source())))
    }

    /// The first usable text as a word of some dialect's vocabulary: in lower case.
    pub fn word(&self, field: Field) -> Option<Cow<'a, str>> {
        let text = self.text(field)?;
        let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        Some(if is_lower { text } else { Cow::Owned(text.to_ascii_lowercase()) })
    }

    /// The first usable text under a key that is not `barred`.
    pub fn text_unless(&self, field: Field, barred: impl Fn(&str) -> bool) -> Option<Cow<'a, str>> {
        self.all(field).filter(|candidate| !barred(candidate.key)).find_map(Candidate::text)
    }

    /// The first usable count.
    pub fn count(&self, field: Field) -> Option<u64> {
        self.all(field).find_map(Candidate::count)
    }
}

impl<'a> Candidate<'a> {
    /// Where it was said.
    const fn source(&self) -> OwnerSource {
        if self.order >> 8 < RESOURCE_LAYER { OwnerSource::Span } else { OwnerSource::Resource }
    }

    /// The value as a name: without space around it or quotes of JSON; integers are written out, since ids often come as
    /// numbers.
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match self.value {
            Value::String(text) => Some(unquoted(text.trim())).filter(|text| !text.is_empty()),
            Value::Int(int) => Some(Cow::Owned(int.to_string())),
            _ => None,
        }
    }

    /// Whether the value is this text.
    pub fn is_text(&self, text: &str) -> bool {
        self.text().is_some_and(|own| own == text)
    }

    /// Whether the value may say something about `word`: a text that has it, or no text.
    pub fn mentions(&self, word: &str) -> bool {
        match self.value {
            Value::String(text) => text.contains(word),
            _ => true,
        }
    }

    /// The value as a count: an integer or a whole number by whatever type it was sent, not negative.
    pub fn count(&self) -> Option<u64> {
        match self.value {
            Value::Int(int) => (*int).try_into().ok(),
            Value::Double(double) => whole(*double),
            Value::String(text) => {
                let text = text.trim();
                text.parse().ok().or_else(|| whole(text.parse().ok()?))
            }
            _ => None,
        }
    }
}

impl Scope<'_> {
    /// Major and minor version; what is no version is the oldest.
    pub fn release(self) -> (u32, u32) {
        let mut parts = self.version.split('.').map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    }
}

/// A double without a fraction. Up to 2^53 every one is exact; counts beyond it are nonsense.
fn whole(double: f64) -> Option<u64> {
    (double.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&double)).then_some(double as u64)
}

/// Empty values and blank texts are as good as absent.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Empty => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    }
}

/// A value as it was sent, short enough for a sentence.
pub fn shown(value: &Value) -> String {
    const CHARS_MAX: usize = 40;
    let text = match value {
        Value::String(text) => format!("{:?}", text.chars().take(CHARS_MAX).collect::<String>()),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Double(double) => double.to_string(),
        Value::Bytes(_) => "bytes".into(),
        Value::Array(_) => "a list".into(),
        Value::Map(_) => "a map".into(),
        Value::Empty => "nothing".into(),
    };
    text.chars().take(CHARS_MAX + 2).collect()
}
