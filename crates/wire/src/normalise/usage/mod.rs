//! Tokens of a model call: gathered from wherever a dialect keeps them, then settled into one convention.

pub mod object;
mod settle;

use model::cost::Usage;
use model::span::Category;

use super::dialects::{
    langfuse, litellm, mlflow, openinference, openlit, otel_genai, pydantic_ai, traceloop, vercel_ai,
};
use super::field::Field;
use super::found::{Found, shown};
use crate::raw::warn;

pub use settle::{Counting, Sent, settle};

/// Counts above this are nonsense; the bound keeps every sum of them within 64 bits.
pub const TOKENS_MAX: u64 = 1 << 53;

/// Dialects that keep counts in objects, in the order they are believed.
const OBJECTS: &[fn(&Found<'_>) -> Option<Sent>] =
    &[langfuse::usage, mlflow::usage, litellm::usage, vercel_ai::usage, pydantic_ai::usage];

/// An instrumentation scope, the release from which nothing is known about it, and how it counts until then.
pub type ScopeRule = (&'static str, (u32, u32), Counting);

/// Later than all releases.
pub const ANY_RELEASE: (u32, u32) = (u32::MAX, u32::MAX);

/// Scopes whose counts were looked at, dialect by dialect.
const SCOPES: &[&[ScopeRule]] = &[
    otel_genai::SCOPES,
    openinference::SCOPES,
    traceloop::SCOPES,
    vercel_ai::SCOPES,
    litellm::SCOPES,
    pydantic_ai::SCOPES,
    openlit::SCOPES,
];

/// The usage a span tells of, if any.
pub fn of_span(found: &Found<'_>, sort: Category, warnings: &mut Vec<String>) -> Usage {
    let mut count = |field| {
        let first = found.all(field).find_map(|candidate| candidate.count().filter(|count| *count <= TOKENS_MAX));
        if first.is_none() {
            refuse(found, field, warnings);
        }
        first
    };
    let mut sent = Sent {
        input: count(Field::InputTokens),
        output: count(Field::OutputTokens),
        total: count(Field::TotalTokens),
        cache_read: count(Field::CacheRead),
        cache_write: count(Field::CacheWrite),
        reasoning: count(Field::Reasoning),
        counting: Counting::Unsaid,
    };
    for read in OBJECTS {
        if let Some(object) = read(found) {
            sent.complete(object);
        }
    }
    if sent.counting == Counting::Unsaid && sent.caches() {
        sent.counting = counting(found);
    }
    if sort == Category::Embedding && sent.input.is_none() && sent.output.is_none() {
        // Vectors are no tokens: an embedding has nothing but input.
        sent.input = sent.total;
    }
    settle(sent)
}

impl Sent {
    /// Takes over what is not known yet. Input and output come from one place, since only together they mean something;
    /// how many tokens came from a cache is the same number in every convention.
    fn complete(&mut self, other: Self) {
        if self.input.is_none() && self.output.is_none() {
            (self.input, self.output) = (other.input, other.output);
            self.total = self.total.or(other.total);
            self.counting = other.counting;
        }
        self.cache_read = self.cache_read.or(other.cache_read);
        self.cache_write = self.cache_write.or(other.cache_write);
        self.reasoning = self.reasoning.or(other.reasoning);
    }

    fn caches(&self) -> bool {
        self.cache_read.unwrap_or(0) + self.cache_write.unwrap_or(0) > 0
    }
}

/// How the span's source is known to count.
fn counting(found: &Found<'_>) -> Counting {
    let scope = found.scope();
    let mut rules = SCOPES.iter().copied().flatten();
    let rule = rules.find(|(name, until, _)| *name == scope.name && scope.release() < *until);
    rule.map(|(_, _, counting)| *counting).or_else(|| vercel_ai::counting(found)).unwrap_or_default()
}

/// A count that is none is told, not passed over in silence.
fn refuse(found: &Found<'_>, field: Field, warnings: &mut Vec<String>) {
    if let Some(candidate) = found.all(field).next() {
        warn(
            warnings,
            format!("{} = {} is not a number of tokens and was not used", candidate.key, shown(candidate.value)),
        );
    }
}

#[cfg(test)]
mod tests;
