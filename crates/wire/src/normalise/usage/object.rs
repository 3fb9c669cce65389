//! Token counts in one JSON object, in whichever of the shapes that providers and SDKs have for it.

use serde_json::{Map, Value as Json};

use super::{Counting, Sent, TOKENS_MAX};
use crate::json::unsigned;

type Members = Map<String, Json>;

const INPUT: &[&str] = &["input", "input_tokens", "prompt_tokens"];
const OUTPUT: &[&str] = &["output", "output_tokens", "completion_tokens"];
const TOTAL: &[&str] = &["total", "total_tokens"];
const CACHE_READ: &[&str] = &["input_cached_tokens", "cache_read_input_tokens", "input_cache_read"];
const CACHE_WRITE: &[&str] = &[
    "cache_creation_input_tokens",
    "input_cache_creation",
    "input_cache_creation_5m",
    "input_cache_creation_1h",
    "input_ephemeral_5m_input_tokens",
    "input_ephemeral_1h_input_tokens",
];
const REASONING: &[&str] = &["output_reasoning_tokens", "output_reasoning"];
/// OpenAI's objects within the object: Chat Completions, then Responses.
const INPUT_DETAILS: &[&str] = &["prompt_tokens_details", "input_tokens_details"];
const OUTPUT_DETAILS: &[&str] = &["completion_tokens_details", "output_tokens_details"];

/// Whether it is an object of OpenAI's, whose details are part of its counts.
pub fn is_openai(members: &Members) -> bool {
    members.contains_key("prompt_tokens") || INPUT_DETAILS.iter().any(|name| members.contains_key(*name))
}

/// The counts in `members`. Where buckets exclude each other, those nobody has a name for are input or output all the same.
pub fn read(members: &Members, counting: Counting) -> Sent {
    let first = |names: &[&str]| names.iter().find_map(|name| count(members.get(*name)?));
    let all = |names: &[&str]| names.iter().filter_map(|name| count(members.get(*name)?)).reduce(u64::saturating_add);
    let nested = |outer: &[&str], inner: &str| {
        outer.iter().find_map(|outer| count(members.get(*outer)?.as_object()?.get(inner)?))
    };
    let (mut input, mut output) = (first(INPUT), first(OUTPUT));
    if counting == Counting::Apart {
        add(&mut input, rest(members, "input_", &[INPUT, CACHE_READ, CACHE_WRITE]));
        add(&mut output, rest(members, "output_", &[OUTPUT, REASONING]));
    }
    Sent {
        input,
        output,
        total: first(TOTAL),
        cache_read: all(CACHE_READ).or_else(|| nested(INPUT_DETAILS, "cached_tokens")),
        cache_write: all(CACHE_WRITE),
        reasoning: first(REASONING).or_else(|| nested(OUTPUT_DETAILS, "reasoning_tokens")),
        counting,
    }
}

/// Buckets whose name begins with `prefix` and that are not `known`. Priority tiers say again what other buckets say.
fn rest(members: &Members, prefix: &str, known: &[&[&str]]) -> Option<u64> {
    let unknown = members.iter().filter(|(name, _)| {
        let after = name.strip_prefix(prefix);
        after.is_some_and(|after| !after.starts_with("priority"))
            && !known.iter().any(|names| names.contains(&name.as_str()))
    });
    unknown.filter_map(|(_, sent)| count(sent)).reduce(u64::saturating_add)
}

fn add(count: &mut Option<u64>, more: Option<u64>) {
    if let Some(more) = more {
        *count = Some(count.unwrap_or(0).saturating_add(more));
    }
}

fn count(sent: &Json) -> Option<u64> {
    unsigned(sent).filter(|count| *count <= TOKENS_MAX)
}
