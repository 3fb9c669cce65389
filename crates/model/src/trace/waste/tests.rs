//! Avoidable money is part of the total, counted once, and the same in whatever order spans come.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;
use crate::span::Status;
use crate::trace::Skeleton;
use crate::trace::tree::tests::{a_span, id};
use crate::trace::waterfall::tests::{any_trace, columns};
use crate::trace::waterfall::{Times, Waterfall};

/// Any trace in which no two spans have one id, and an input for some of the spans.
fn any_calls() -> impl Strategy<Value = (Vec<Skeleton>, Vec<Option<u64>>)> {
    let distinct = |mut spans: Vec<Skeleton>| {
        let mut seen = HashSet::new();
        spans.retain(|span| seen.insert(span.span_id));
        spans
    };
    let inputs = proptest::collection::vec(proptest::option::of(0u64..3), 40);
    (any_trace().prop_map(distinct), inputs)
}

fn calls(spans: &[Skeleton], inputs: &[Option<u64>]) -> Calls {
    let given = |(span, input): (&Skeleton, &Option<u64>)| Some((span.span_id, Input::numbered((*input)?)));
    Calls { inputs: spans.iter().zip(inputs).filter_map(given).collect(), not_compared: 0 }
}

fn avoidable(spans: &[Skeleton], calls: &Calls) -> Avoidable {
    let columns = columns(spans);
    Waste::of(&columns, calls).avoidable(&columns)
}

/// Failed spans and what is below them, told the slow way.
fn thrown_away(spans: &[Skeleton]) -> HashSet<SpanId> {
    let tree = crate::trace::tree::Tree::of(spans);
    let failed = tree.nodes().iter().enumerate().filter(|(_, node)| spans[node.span].status == Status::Error);
    let below = failed.flat_map(|(at, node)| &tree.nodes()[at..=at + node.descendants]);
    below.map(|node| spans[node.span].span_id).collect()
}

proptest! {
    #[test]
    fn avoidable_is_part_of_the_total_and_every_dollar_of_it_has_one_reason((spans, inputs) in any_calls()) {
        let calls = calls(&spans, &inputs);
        let found = avoidable(&spans, &calls);
        let total: UsdSum = spans.iter().filter_map(|span| span.cost).sum();
        prop_assert!(found.cost <= total);
        prop_assert_eq!(found.reasons.iter().map(|(_, cost, _)| *cost).sum::<UsdSum>(), found.cost);
        prop_assert_eq!(found.findings.iter().map(|finding| finding.cost).sum::<UsdSum>(), found.cost);
        let columns = columns(&spans);
        let waste = Waste::of(&columns, &calls);
        let marked = (0..spans.len() as u32).filter(|&span| waste.mark(&columns, span).is_some());
        prop_assert_eq!(marked.filter_map(|span| columns.cost(span)).sum::<UsdSum>(), found.cost);
    }

    #[test]
    fn the_order_of_spans_does_not_matter((spans, inputs) in any_calls(), turn in 0usize..40) {
        let calls = calls(&spans, &inputs);
        let mut turned = spans.clone();
        turned.rotate_left(turn % spans.len().max(1));
        turned.reverse();
        prop_assert_eq!(avoidable(&turned, &calls), avoidable(&spans, &calls));
    }

    #[test]
    fn everything_below_a_failure_is_lost_and_of_the_same_calls_one_is_kept((spans, inputs) in any_calls()) {
        let found = Waste::of(&columns(&spans), &calls(&spans, &inputs));
        let lost = thrown_away(&spans);
        let own = |span: &&Skeleton| lost.contains(&span.span_id);
        let least: UsdSum = spans.iter().filter(own).filter_map(|span| span.cost).sum();
        prop_assert!(found.total() >= least);
        // Of each group of the same calls that has one which was not lost, one is not avoidable.
        let mut kept: HashMap<(&str, &str, u64), Vec<&Skeleton>> = HashMap::new();
        for (span, input) in spans.iter().zip(&inputs) {
            if let Some(input) = input.filter(|_| !lost.contains(&span.span_id)) {
                kept.entry((&span.service, &span.name, input)).or_default().push(span);
            }
        }
        let first = |same: &Vec<&Skeleton>| same.iter().min_by_key(|span| (span.start, span.span_id)).map(|span| span.span_id);
        let firsts: HashSet<_> = kept.values().filter_map(first).collect();
        let repeats = kept.values().flatten().filter(|span| !firsts.contains(&span.span_id));
        let more: UsdSum = repeats.filter_map(|span| span.cost).sum();
        prop_assert_eq!(found.total(), least + more);
    }

    #[test]
    fn a_trace_laid_out_says_the_same((spans, inputs) in any_calls()) {
        let calls = calls(&spans, &inputs);
        let waterfall = Waterfall::with(columns(&spans), Times::AsSent, &calls);
        prop_assert_eq!(waterfall.avoidable(), avoidable(&spans, &calls));
        let rows = waterfall.rows(0..waterfall.len());
        for (span_id, mark) in waterfall.waste_marks(&rows) {
            prop_assert_eq!(waterfall.waste_mark(span_id), Some(mark));
        }
    }
}

fn costing(span: Skeleton, pico: i64) -> Skeleton {
    Skeleton { cost: Some(Usd::from_pico(pico)), ..span }
}

fn named(span: Skeleton, name: &str) -> Skeleton {
    Skeleton { name: name.to_owned(), ..span }
}

fn failed(span: Skeleton) -> Skeleton {
    Skeleton { status: Status::Error, ..span }
}

fn same_input(numbers: &[u64]) -> Calls {
    Calls { inputs: numbers.iter().map(|&number| (id(number), Input::numbered(1))).collect(), not_compared: 0 }
}

#[test]
fn an_attempt_that_a_sibling_took_over_is_avoidable_with_all_below_it() {
    let spans = [
        named(a_span(0, None, 0, 100), "task"),
        failed(costing(named(a_span(1, Some(0), 10, 20), "run"), 5)),
        failed(costing(a_span(2, Some(1), 12, 5), 7)),
        costing(named(a_span(3, Some(0), 40, 20), "run"), 11),
        // Began while the failed one was at work: it runs beside it, not instead of it.
        costing(named(a_span(4, Some(0), 15, 20), "run"), 13),
    ];
    let found = avoidable(&spans, &Calls::default());
    assert_eq!(found.reasons, [(Reason::Retried, UsdSum::from_pico(12), 2)]);
    let [finding] = found.findings.as_slice() else { panic!("{found:?}") };
    assert_eq!(finding.because.span_id, id(1));
    assert_eq!(finding.followed_by.as_ref().map(|span| span.span_id), Some(id(3)));
    assert_eq!(finding.parts.iter().map(|part| part.span.span_id).collect::<Vec<_>>(), [id(2), id(1)]);
}

#[test]
fn a_call_made_again_because_the_first_failed_is_needed() {
    let spans = [
        a_span(0, None, 0, 100),
        failed(costing(named(a_span(1, Some(0), 10, 20), "ask"), 5)),
        costing(named(a_span(2, Some(0), 40, 20), "ask"), 5),
        costing(named(a_span(3, Some(0), 70, 20), "ask"), 5),
    ];
    let found = avoidable(&spans, &same_input(&[1, 2, 3]));
    let five = UsdSum::from_pico(5);
    assert_eq!(found.reasons, [(Reason::Retried, five, 1), (Reason::Repeated, five, 1)]);
    let repeats = found.findings.iter().find(|finding| finding.reason == Reason::Repeated).expect("one repeats");
    assert_eq!((repeats.because.span_id, repeats.parts[0].span.span_id), (id(2), id(3)));
}

#[test]
fn calls_of_one_name_that_do_not_tell_their_input_are_different() {
    let ask = |number, start| costing(named(a_span(number, Some(0), start, 5), "ask"), 5);
    let spans = [a_span(0, None, 0, 100), ask(1, 10), ask(2, 20)];
    assert_eq!(avoidable(&spans, &Calls::default()), Avoidable::default());
    assert_eq!(avoidable(&spans, &same_input(&[1])), Avoidable::default());
    assert_eq!(avoidable(&spans, &same_input(&[1, 2])).cost, UsdSum::from_pico(5));
}

#[test]
fn of_failures_inside_each_other_the_highest_is_named_and_each_dollar_counts_once() {
    let spans = [
        costing(a_span(0, None, 0, 100), 1),
        failed(costing(a_span(1, Some(0), 10, 50), 2)),
        failed(costing(a_span(2, Some(1), 12, 20), 3)),
        costing(a_span(3, Some(2), 13, 5), 4),
    ];
    let found = avoidable(&spans, &Calls::default());
    assert_eq!(found.reasons, [(Reason::Failed, UsdSum::from_pico(9), 3)]);
    assert_eq!(found.findings[0].because.span_id, id(1));
}

#[test]
fn what_is_not_listed_is_counted() {
    let attempt =
        |number| failed(costing(named(a_span(number, None, number as i64 * 10, 5), "run"), 1 + number as i64));
    let spans: Vec<Skeleton> = (0..FINDINGS_MAX as u64 + 10).map(attempt).collect();
    let found = avoidable(&spans, &Calls::default());
    assert_eq!((found.findings.len(), found.findings_total), (FINDINGS_MAX, spans.len() as u64));
    assert_eq!(found.cost, spans.iter().filter_map(|span| span.cost).sum());
}
