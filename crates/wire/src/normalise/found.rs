//! What a span's attributes say about each field, gathered in one pass over them.

use model::attribute::{Attributes, Value};

use super::keys::{Carrier, Field, meanings};
use crate::raw::RawSpan;

/// A value that some key of a field has, best first in its field.
#[derive(Debug)]
pub struct Candidate<'a> {
    field: Field,
    /// 0 the protocol's own fields, 1 span attributes, 2 resource attributes.
    layer: u8,
    rank: u8,
    /// The key it stands under.
    pub key: &'a str,
    /// The value.
    pub value: &'a Value,
}

/// Everything the attributes say about known fields.
pub struct Found<'a>(Vec<Candidate<'a>>);

impl<'a> Found<'a> {
    /// Reads the span's fields and attributes and those of its resource.
    pub fn in_span(raw: &'a RawSpan) -> Self {
        let layers: [(u8, &Attributes); 3] = [(0, &raw.fields), (1, &raw.attributes), (2, &raw.origin.resource)];
        let mut candidates = Vec::new();
        for (layer, attributes) in layers {
            // Backwards, so that of equal keys the last one stays.
            for (key, value) in attributes.0.iter().rev().filter(|(_, value)| says_something(value)) {
                for (field, rank, from) in meanings(key) {
                    if layer < 2 || *from == Carrier::Resource {
                        candidates.push(Candidate { field: *field, layer, rank: *rank, key, value });
                    }
                }
            }
        }
        candidates.sort_by_key(|candidate| (candidate.field, candidate.layer, candidate.rank));
        candidates.dedup_by_key(|candidate| (candidate.field, candidate.layer, candidate.rank));
        Self(candidates)
    }

    /// Everything said about `field`, what to believe first.
    pub fn all(&self, field: Field) -> &[Candidate<'a>] {
        let from = self.0.partition_point(|candidate| candidate.field < field);
        let to = self.0.partition_point(|candidate| candidate.field <= field);
        &self.0[from..to]
    }

    /// Whether anything is said about `field`.
    pub fn has(&self, field: Field) -> bool {
        !self.all(field).is_empty()
    }

    /// The first usable text; integers are written out, since ids often come as numbers.
    pub fn text(&self, field: Field) -> Option<String> {
        self.all(field).iter().find_map(|candidate| match candidate.value {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Int(int) => Some(int.to_string()),
            _ => None,
        })
    }

    /// The first usable count: an integer, a whole double or a decimal string, not negative.
    pub fn count(&self, field: Field) -> Option<u64> {
        self.all(field).iter().find_map(|candidate| count(candidate.value))
    }
}

/// A count, by whatever type it was sent.
pub fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Int(int) => (*int).try_into().ok(),
        // Up to 2^53 every whole double is exact; counts beyond it are nonsense.
        Value::Double(double) => {
            (double.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(double)).then_some(*double as u64)
        }
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Empty values and blank texts are as good as absent.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Empty => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    }
}
