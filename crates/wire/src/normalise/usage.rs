//! Tokens of a model call, brought to one convention: input includes cached tokens, output includes reasoning.
//!
//! Instrumentations disagree about the first half, and guessing wrong doubles a bill or loses most of it. Where a total is
//! sent it decides; else counts that cannot be inclusive are exclusive; else the source's own rule; else the OpenTelemetry
//! rule, marked as assumed.

use model::cost::Usage;

use super::found::Found;
use super::keys::Field;
use super::langfuse;

/// Token counts as they were sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    pub input: Option<u64>,
    pub output: Option<u64>,
    pub total: Option<u64>,
    pub cache_read: Option<u64>,
    pub cache_write: Option<u64>,
    pub reasoning: Option<u64>,
    /// The source is known to count cached tokens and reasoning beside input and output, not within.
    pub exclusive: bool,
}

/// Counts above this are nonsense; the bound keeps every sum below within 64 bits.
const TOKENS_MAX: u64 = 1 << 53;

/// The usage a span tells of, if any.
pub fn of_span(found: &Found<'_>) -> Usage {
    let count = |field| found.count(field).filter(|count| *count <= TOKENS_MAX);
    let sent = Sent {
        input: count(Field::InputTokens),
        output: count(Field::OutputTokens),
        total: count(Field::TotalTokens),
        cache_read: count(Field::CacheRead),
        cache_write: count(Field::CacheWrite),
        reasoning: count(Field::Reasoning),
        exclusive: false,
    };
    if sent.input.is_some() || sent.output.is_some() {
        return settle(sent);
    }
    match langfuse::usage_details(found, TOKENS_MAX) {
        Some(details) => settle(details),
        None => settle(sent),
    }
}

/// One convention for all.
pub fn settle(sent: Sent) -> Usage {
    let cached = sent.cache_read.unwrap_or(0) + sent.cache_write.unwrap_or(0);
    let (input, output) = (sent.input.unwrap_or(0), sent.output.unwrap_or(0));
    let (exclusive, mut note) = decide(&sent, input, output, cached);
    let input_all = if exclusive { input + cached } else { input };
    let mut output_all = output;
    let reasoning = sent.reasoning.unwrap_or(0);
    if sent.exclusive || reasoning > output {
        output_all += reasoning;
    }
    if let Some(rest) = sent.total.and_then(|total| total.checked_sub(input_all + output_all)).filter(|rest| *rest > 0)
    {
        // Without any input or output the total alone cannot be split and must not be billed as output.
        if sent.input.is_some() && sent.output.is_some() {
            output_all += rest;
            let words = format!("derived: the total has {rest} more tokens than input and output, counted as output");
            note = Some(note.map_or_else(|| words.clone(), |note: String| format!("{note}; {words}")));
        }
    }
    Usage {
        input: (sent.input.is_some() || (exclusive && cached > 0)).then_some(input_all),
        output: (sent.output.is_some() || output_all > 0).then_some(output_all),
        cache_read: sent.cache_read,
        cache_write: sent.cache_write,
        reasoning: sent.reasoning,
        note,
    }
}

/// Whether cached tokens come on top of the input, and in words how we know.
fn decide(sent: &Sent, input: u64, output: u64, cached: u64) -> (bool, Option<String>) {
    if cached == 0 {
        return (sent.exclusive, None);
    }
    let beside = Some("cached tokens were sent beside the input and are added to it".to_owned());
    if sent.total == Some(input + output) && cached <= input {
        return (false, None);
    }
    if sent.total == Some(input + cached + output) || cached > input || sent.exclusive {
        return (true, beside);
    }
    (false, Some("assumed: the input is taken to include cached tokens".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(input: u64, cache_read: u64, cache_write: u64, output: u64) -> Sent {
        Sent {
            input: Some(input),
            output: Some(output),
            cache_read: Some(cache_read),
            cache_write: Some(cache_write),
            ..Sent::default()
        }
    }

    #[test]
    fn counts_that_cannot_include_the_cache_are_exclusive() {
        assert_eq!(settle(sent(5, 128_955, 1_253, 40)).input, Some(130_213));
        assert_eq!(settle(sent(19, 39_000, 0, 7)).input, Some(39_019));
    }

    #[test]
    fn counts_that_can_include_the_cache_are_taken_to_and_marked_assumed() {
        let usage = settle(sent(98_805, 66_360, 32_435, 100));
        assert_eq!(usage.input, Some(98_805));
        assert!(usage.note.unwrap().starts_with("assumed"));
    }

    #[test]
    fn a_total_decides() {
        let exclusive = Sent { total: Some(1500 + 1024 + 200), ..sent(1500, 1024, 0, 200) };
        assert_eq!(settle(exclusive).input, Some(2524));
        let inclusive = Sent { total: Some(1700), ..sent(1500, 1024, 0, 200) };
        assert_eq!(settle(inclusive), Usage { note: None, input: Some(1500), ..settle(sent(1500, 1024, 0, 200)) });
    }

    #[test]
    fn thinking_tokens_missing_from_the_output_are_billed_as_output() {
        let usage = settle(Sent { input: Some(5), output: Some(845), total: Some(2023), ..Sent::default() });
        assert_eq!((usage.input, usage.output), (Some(5), Some(2018)));
        assert!(usage.note.unwrap().starts_with("derived"));
        let beside = Sent { input: Some(10), output: Some(5), reasoning: Some(50), ..Sent::default() };
        assert_eq!(settle(beside).output, Some(55));
    }

    #[test]
    fn a_total_alone_is_not_turned_into_output() {
        let usage = settle(Sent { total: Some(100), ..Sent::default() });
        assert_eq!((usage.input, usage.output), (None, None));
    }

    #[test]
    fn a_source_known_to_be_exclusive_is_believed_without_a_total() {
        let usage = settle(Sent { exclusive: true, reasoning: Some(30), ..sent(476, 1024, 0, 170) });
        assert_eq!((usage.input, usage.output), (Some(1500), Some(200)));
    }
}
