//! The arithmetic of usage, on figures that went wrong elsewhere.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::normalise::testing::a_span;

fn sent(input: u64, cache_read: u64, cache_write: u64, output: u64) -> Sent {
    Sent {
        input: Some(input),
        output: Some(output),
        cache_read: Some(cache_read),
        cache_write: Some(cache_write),
        ..Sent::default()
    }
}

fn note(usage: &Usage) -> &str {
    usage.note.as_deref().unwrap_or_default()
}

#[test]
fn counts_that_cannot_include_the_cache_are_exclusive() {
    // langfuse/langfuse#12306, and a case of LangSmith's.
    assert_eq!(settle(sent(5, 128_955, 1_253, 40)).input, Some(130_213));
    assert_eq!(settle(sent(19, 39_000, 0, 7)).input, Some(39_019));
}

#[test]
fn counts_that_can_include_the_cache_are_taken_to_and_marked_assumed() {
    // BerriAI/litellm#11364.
    let usage = settle(sent(98_805, 66_360, 32_435, 100));
    assert_eq!(usage.input, Some(98_805));
    assert!(note(&usage).starts_with("assumed"));
}

#[test]
fn nothing_is_assumed_about_a_source_that_is_known() {
    let usage = settle(Sent { counting: Counting::Within, ..sent(1500, 1024, 0, 200) });
    assert_eq!((usage.input, usage.note), (Some(1500), None));
    // Whatever is known, five tokens cannot include a thousand.
    assert_eq!(settle(Sent { counting: Counting::Within, ..sent(5, 1000, 0, 7) }).input, Some(1005));
}

#[test]
fn a_total_decides() {
    let exclusive = settle(Sent { total: Some(1500 + 1024 + 200), ..sent(1500, 1024, 0, 200) });
    assert_eq!(exclusive.input, Some(2524));
    assert!(note(&exclusive).contains("beside the input"));
    let inclusive = settle(Sent { total: Some(1700), ..sent(1500, 1024, 0, 200) });
    assert_eq!((inclusive.input, inclusive.note), (Some(1500), None));
}

#[test]
fn a_total_says_whether_reasoning_is_within_the_output() {
    let thinking = Sent { reasoning: Some(1173), total: Some(2023), ..sent(5, 0, 0, 845) };
    let usage = settle(thinking);
    assert_eq!((usage.output, note(&usage)), (Some(2018), "reasoning was sent beside the output and is added to it"));
    let within = settle(Sent { reasoning: Some(64), total: Some(1700), ..sent(1500, 1024, 0, 200) });
    assert_eq!((within.output, within.note), (Some(200), None));
}

#[test]
fn thinking_tokens_missing_from_the_output_are_billed_as_output() {
    // A capture of Vertex AI.
    let usage = settle(Sent { input: Some(5), output: Some(845), total: Some(2023), ..Sent::default() });
    assert_eq!((usage.input, usage.output), (Some(5), Some(2018)));
    assert_eq!(note(&usage), "derived: the total has 1173 more tokens than input and output, counted as output");
    let beside = Sent { input: Some(10), output: Some(5), reasoning: Some(50), ..Sent::default() };
    assert_eq!(settle(beside).output, Some(55));
}

#[test]
fn one_half_is_the_total_less_the_other_and_a_total_alone_is_neither() {
    let usage = settle(Sent { input: Some(100), total: Some(150), ..Sent::default() });
    assert_eq!((usage.input, usage.output), (Some(100), Some(50)));
    let usage = settle(Sent { output: Some(50), total: Some(150), ..Sent::default() });
    assert_eq!((usage.input, usage.output), (Some(100), Some(50)));
    let usage = settle(Sent { total: Some(100), ..Sent::default() });
    assert_eq!((usage.input, usage.output), (None, None));
}

#[test]
fn a_total_that_is_too_small_is_not_used_and_said_so() {
    let usage = settle(Sent { total: Some(10), ..sent(100, 0, 0, 20) });
    assert_eq!((usage.input, usage.output), (Some(100), Some(20)));
    assert_eq!(note(&usage), "the total of 10 is less than input and output and was not used");
}

#[test]
fn buckets_are_believed_without_a_total_and_found_out_by_one() {
    let buckets = Sent { counting: Counting::Apart, reasoning: Some(30), ..sent(476, 1024, 0, 170) };
    assert_eq!((settle(buckets).input, settle(buckets).output), (Some(1500), Some(200)));
    let honest = settle(Sent { total: Some(1700), ..buckets });
    assert_eq!((honest.input, honest.output), (Some(1500), Some(200)));
    let inclusive = Sent { total: Some(646), ..buckets };
    assert_eq!(settle(Sent { cache_read: Some(24), ..inclusive }).input, Some(476));
}

#[test]
fn a_source_that_leaves_the_cache_out_is_believed_over_its_own_total() {
    let anthropic = Sent { counting: Counting::CacheBeside, total: Some(5100), ..sent(5000, 2000, 500, 100) };
    assert_eq!((settle(anthropic).input, settle(anthropic).output), (Some(7500), Some(100)));
}

#[test]
fn a_count_may_be_any_whole_number_and_what_is_none_is_told() {
    for (value, tokens) in [
        (json!(12), Some(12)),
        (json!(12.0), Some(12)),
        (json!("12"), Some(12)),
        (json!("12.0"), Some(12)),
        (json!(12.5), None),
        (json!(-1), None),
        (json!(true), None),
        (json!("many"), None),
        (json!(1e300), None),
    ] {
        let span = a_span("chat").with(json!({"gen_ai.request.model": "m", "tokens_in": value})).normalised();
        assert_eq!(span.model_call.unwrap().usage.input, tokens, "{value}");
        assert_eq!(span.detail.warnings.len(), usize::from(tokens.is_none()), "{value}");
    }
}

#[test]
fn subsets_are_never_added() {
    let sent = json!({
        "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10,
        "gen_ai.usage.audio.input_tokens": 60, "gen_ai.usage.image.input_tokens": 30, "gen_ai.usage.audio.output_tokens": 5,
        "llm.token_count.prompt_details.audio": 60, "llm.token_count.completion_details.audio": 5,
    });
    let usage = a_span("chat").with(sent).normalised().model_call.unwrap().usage;
    assert_eq!((usage.input, usage.output), (Some(100), Some(10)));
}

#[test]
fn the_total_of_an_embedding_is_its_input() {
    let span = a_span("e").with(json!({"ai.operationId": "ai.embed.doEmbed", "ai.usage.tokens": 8})).normalised();
    assert_eq!(span.model_call.unwrap().usage.input, Some(8));
}

fn any_sent() -> impl Strategy<Value = Sent> {
    let count = || prop::option::of(prop_oneof![0u64..300, 0..=TOKENS_MAX]);
    let counting =
        prop::sample::select(vec![Counting::Unsaid, Counting::Within, Counting::Apart, Counting::CacheBeside]);
    ((count(), count(), count()), (count(), count(), count()), counting).prop_map(|(io, rest, counting)| Sent {
        input: io.0,
        output: io.1,
        total: io.2,
        cache_read: rest.0,
        cache_write: rest.1,
        reasoning: rest.2,
        counting,
    })
}

proptest! {
    #[test]
    fn settled_input_includes_the_cache_and_output_the_reasoning(sent in any_sent()) {
        let usage = settle(sent);
        let cached = sent.cache_read.unwrap_or(0) + sent.cache_write.unwrap_or(0);
        prop_assert!(usage.input.is_none_or(|input| input >= cached));
        prop_assert!(cached == 0 || usage.input.is_some());
        prop_assert!(usage.output.is_none_or(|output| output >= sent.reasoning.unwrap_or(0)));
        prop_assert!(usage.input >= sent.input && usage.output >= sent.output, "nothing that was sent is taken away");
        prop_assert_eq!((usage.cache_read, usage.cache_write), (sent.cache_read, sent.cache_write));
    }

    #[test]
    fn a_total_that_adds_up_one_way_is_kept_to_the_token(
        (fresh, cached, output, reasoning) in (0u64..9000, 0u64..9000, 0u64..9000, 0u64..9000),
        beside in any::<[bool; 2]>(),
    ) {
        // However it was told, the call had this many tokens.
        let total = fresh + cached + output + reasoning;
        let usage = settle(Sent {
            input: Some(if beside[0] { fresh } else { fresh + cached }),
            output: Some(if beside[1] { output } else { output + reasoning }),
            total: Some(total),
            cache_read: Some(cached),
            reasoning: Some(reasoning),
            ..Sent::default()
        });
        prop_assert_eq!(usage.input.unwrap() + usage.output.unwrap(), total);
    }
}
