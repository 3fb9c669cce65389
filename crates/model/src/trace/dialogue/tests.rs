//! Turns add up, page by page, and a history that grows is told once.

use proptest::prelude::*;

use super::*;
use crate::conversation::{Conversation, Excerpt, Message, Part, Role, Side};
use crate::trace::Skeleton;
use crate::trace::tree::tests::a_span;
use crate::trace::waterfall::tests::{any_trace, columns};

fn any_dialogue() -> impl Strategy<Value = Vec<Skeleton>> {
    let sorts = [Category::Llm, Category::Tool, Category::Other];
    any_trace().prop_map(move |mut spans| {
        for (number, span) in spans.iter_mut().enumerate() {
            span.category = sorts[number % sorts.len()];
        }
        spans
    })
}

fn said(side: Side, role: Role, text: &str) -> Message {
    Message { side, role, name: None, parts: vec![Part::Text(Excerpt::words(text))], finish_reason: None }
}

fn call(asked: &[(Role, &str)], answered: &str) -> Conversation {
    let input = asked.iter().map(|(role, text)| said(Side::Input, role.clone(), text));
    let answer = said(Side::Output, Role::Assistant, answered);
    Conversation { messages: input.chain([answer]).collect(), skipped: None }
}

proptest! {
    #[test]
    fn pages_of_turns_are_the_dialogue_and_the_running_total_ends_at_its_cost(spans in any_dialogue(), count in 1usize..7) {
        let trace = Waterfall::of(columns(&spans));
        let whole = trace.dialogue(0, usize::MAX / 2);
        prop_assert_eq!(whole.turns.len(), whole.turns_total);
        let pages: Vec<Turn> =
            (0..whole.turns_total).step_by(count).flat_map(|first| trace.dialogue(first, count).turns).collect();
        prop_assert_eq!(&pages, &whole.turns);
        prop_assert_eq!(pages.last().map_or(UsdSum::ZERO, |last| last.running), whole.cost);
        prop_assert!(pages.is_sorted_by_key(|turn| turn.offset_ns));
        let all: UsdSum = spans.iter().filter_map(|span| span.cost).sum();
        prop_assert!(whole.cost <= all);
    }

    #[test]
    fn every_message_of_a_call_is_shown_or_counted_as_repeated(words in proptest::collection::vec(0u8..4, 0..12), cut in 0usize..12) {
        let texts: Vec<String> = words.iter().map(|word| format!("word {word}")).collect();
        let asked: Vec<(Role, &str)> = texts.iter().map(|text| (Role::User, text.as_str())).collect();
        let mut history = History::default();
        let first = history.tell(call(&asked[..cut.min(asked.len())], "first"));
        let second = history.tell(call(&asked, "second"));
        prop_assert_eq!(first.repeated, 0);
        prop_assert_eq!(second.repeated + second.messages.len(), asked.len() + 1);
        prop_assert!(second.repeated >= cut.min(asked.len()));
    }
}

#[test]
fn a_history_that_grows_is_told_once() {
    let mut history = History::default();
    let system = (Role::System, "Be brief.");
    let first = history.tell(call(&[system.clone(), (Role::User, "2+2?")], "4"));
    assert_eq!((first.repeated, first.messages.len()), (0, 3));
    let asked = [system, (Role::User, "2+2?"), (Role::Assistant, "4"), (Role::User, "2+2?")];
    let second = history.tell(call(&asked, "Still 4"));
    assert_eq!(second.repeated, 4, "a question asked again right away looks like history");
    let asked =
        [asked.as_slice(), &[(Role::Assistant, "Still 4"), (Role::User, "And 3+3?"), (Role::User, "2+2?")]].concat();
    let third = history.tell(call(&asked, "6"));
    assert_eq!((third.repeated, third.messages.len()), (5, 3), "after something new the same words are new");
}

#[test]
fn a_call_told_by_two_instrumentations_is_one_turn() {
    let of = |category: Category, span: Skeleton| Skeleton { category, ..span };
    let spans = [
        of(Category::Agent, a_span(0, None, 0, 100)),
        of(Category::Llm, a_span(1, Some(0), 10, 30)),
        of(Category::Llm, a_span(2, Some(1), 11, 28)),
        of(Category::Tool, a_span(3, Some(0), 50, 5)),
    ];
    let trace = Waterfall::of(columns(&spans));
    let dialogue = trace.dialogue(0, 10);
    assert_eq!((dialogue.model_calls, trace.overview().model_calls), (1, 1));
    let found: Vec<(SpanId, bool)> = dialogue.turns.iter().map(|turn| (turn.span_id, turn.is_tool)).collect();
    assert_eq!(found, [(spans[2].span_id, false), (spans[3].span_id, true)]);
}
