//! Laws of settling, and the traces that made them necessary.

use proptest::prelude::*;

use super::*;
use crate::attribute::Attributes;
use crate::owner::OwnerSource;
use crate::ruling::Ruling;
use crate::usd::UsdSum;

fn id(number: u64) -> SpanId {
    SpanId::from_bytes((number + 1).to_be_bytes()).unwrap()
}

/// A span of nobody without a cost.
fn a_span(number: u64, parent: Option<u64>) -> Claim<u64> {
    Claim {
        span_id: id(number),
        parent_span_id: parent.map(id),
        start: UnixNanos(number as i64),
        service: 0,
        owners: Owners { tenant: None, user: None, capability: None },
        cost: None,
        source: CostSource::None,
        has_usage: false,
        is_group: false,
        answer: None,
        ruling: Ruling::Default,
    }
}

impl Claim<u64> {
    fn reporting(mut self, usd: &str) -> Self {
        (self.cost, self.source) = (Some(usd.parse().unwrap()), CostSource::Reported);
        self
    }

    fn calling_a_model(mut self, usd: &str) -> Self {
        (self.cost, self.source, self.has_usage) = (Some(usd.parse().unwrap()), CostSource::Derived, true);
        self
    }

    fn telling(mut self, answer: &str) -> Self {
        let named = Attributes(vec![("gen_ai.response.id".into(), answer.into())]);
        self.answer = Answer::of(&named, [Some(10), Some(5)]);
        self
    }

    fn grouping(mut self) -> Self {
        self.is_group = true;
        self
    }

    fn ruled(mut self, ruling: Ruling) -> Self {
        self.ruling = ruling;
        self
    }

    fn for_user(mut self, user: u64, source: OwnerSource) -> Self {
        self.owners.user = Some(Owner { key: user, known: Provenance::own(source) });
        self
    }
}

fn verdicts(claims: &[Claim<u64>], sight: Sight) -> Vec<Verdict> {
    settle(claims, sight).into_iter().map(|settled| settled.verdict).collect()
}

/// What counts of a trace.
fn counted(claims: &[Claim<u64>]) -> UsdSum {
    let settled = settle(claims, Sight::Whole);
    let own = claims.iter().zip(settled).filter(|(_, settled)| settled.verdict == Verdict::Own);
    own.filter_map(|(claim, _)| claim.cost).map(UsdSum::from).fold(UsdSum::ZERO, |sum, cost| sum + cost)
}

fn usd(text: &str) -> UsdSum {
    text.parse::<Usd>().unwrap().into()
}

#[test]
fn an_agent_that_repeats_the_tokens_of_its_calls_costs_what_they_cost() {
    let agent = a_span(0, None).calling_a_model("0.003").grouping();
    let calls = [a_span(1, Some(0)).calling_a_model("0.001"), a_span(2, Some(0)).calling_a_model("0.002")];
    let trace = [agent.clone(), calls[0].clone(), calls[1].clone()];
    assert_eq!(verdicts(&trace, Sight::Whole), [Verdict::Repeated, Verdict::Own, Verdict::Own]);
    assert_eq!(counted(&trace), usd("0.003"));
    assert_eq!(verdicts(std::slice::from_ref(&agent), Sight::Part), [Verdict::Pending], "its calls may still come");
    assert_eq!(verdicts(&[agent], Sight::Whole), [Verdict::Own], "nobody else tells them");
    let workflow = [a_span(0, None).reporting("0.01").grouping(), a_span(1, Some(0)).reporting("0.002")];
    assert_eq!(verdicts(&workflow, Sight::Part), [Verdict::Own; 2], "what is below it is there, and is not the same");
}

#[test]
fn what_a_group_reports_is_rolled_up_when_it_is_about_the_sum_of_what_is_below_however_deep_that_is() {
    let trace = [
        a_span(0, None).reporting("0.00302").grouping(),
        a_span(1, Some(0)).reporting("0.003").grouping(),
        a_span(2, Some(1)).reporting("0.001"),
        a_span(3, Some(1)).calling_a_model("0.002"),
    ];
    assert_eq!(verdicts(&trace, Sight::Part), [Verdict::RolledUp, Verdict::RolledUp, Verdict::Own, Verdict::Own]);
    assert_eq!(counted(&trace), usd("0.003"));
    let off = [a_span(0, None).reporting("0.0103").grouping(), a_span(1, Some(0)).reporting("0.01")];
    assert_eq!(verdicts(&off, Sight::Whole), [Verdict::Own; 2], "3 % is not 2 %");
}

#[test]
fn what_any_other_span_reports_is_rolled_up_when_it_is_exactly_the_sum_of_several() {
    let parts = [a_span(1, Some(0)).reporting("0.1"), a_span(2, Some(1)).reporting("0.2")];
    let with = |cost: &str| [a_span(0, None).reporting(cost), parts[0].clone(), parts[1].clone()];
    // As a program adds them up in doubles.
    assert_eq!(verdicts(&with("0.30000000000000004"), Sight::Whole)[0], Verdict::RolledUp);
    assert_eq!(verdicts(&with("0.3001"), Sight::Whole)[0], Verdict::Own);
    let in_a_row = [a_span(0, None).reporting("0.001"), a_span(1, Some(0)).reporting("0.001")];
    assert_eq!(verdicts(&in_a_row, Sight::Whole), [Verdict::Own; 2], "each of two services in a row costs the same");
}

#[test]
fn a_reported_cost_that_is_another_one_is_the_spans_own() {
    // The documented sample: 0.0001 on the parent, and 0.00005 and 0.0011 below.
    let sample = [
        a_span(0, None).reporting("0.0001"),
        a_span(1, Some(0)).reporting("0.00005"),
        a_span(2, Some(0)).reporting("0.0011"),
    ];
    assert_eq!(verdicts(&sample, Sight::Whole), [Verdict::Own; 3]);
    assert_eq!(counted(&sample), usd("0.00125"));
    let free = [a_span(0, None).reporting("0").grouping(), a_span(1, Some(0)).reporting("0")];
    assert_eq!(verdicts(&free, Sight::Whole), [Verdict::Own; 2]);
}

#[test]
fn tokens_without_a_price_are_not_told_twice_either() {
    let without_price = |number, parent| Claim { has_usage: true, ..a_span(number, parent) };
    let agent = Claim { is_group: true, ..without_price(0, None) };
    assert_eq!(verdicts(&[agent.clone(), without_price(1, Some(0))], Sight::Whole), [Verdict::Repeated, Verdict::Own]);
    assert_eq!(verdicts(&[agent], Sight::Part), [Verdict::Pending]);
}

#[test]
fn a_gateway_that_tells_the_same_call_as_the_client_below_it_is_not_counted_twice() {
    let trace = [a_span(0, None).calling_a_model("0.002"), a_span(1, Some(0)).calling_a_model("0.002")];
    assert_eq!(verdicts(&trace, Sight::Part), [Verdict::Repeated, Verdict::Own]);
}

#[test]
fn an_answer_that_two_spans_tell_side_by_side_is_counted_once_as_it_was_reported() {
    let derived = a_span(1, Some(0)).calling_a_model("0.002").telling("resp_1");
    let reported = Claim { has_usage: true, ..a_span(2, Some(0)).reporting("0.003").telling("resp_1") };
    let another = a_span(3, Some(0)).calling_a_model("0.002").telling("resp_2");
    let agent = a_span(0, None).reporting("0.005").grouping();
    let trace = [agent, derived.clone(), reported.clone(), another.clone()];
    assert_eq!(verdicts(&trace, Sight::Part), [Verdict::RolledUp, Verdict::ToldTwice, Verdict::Own, Verdict::Own]);
    let derived_twice = [derived.clone(), a_span(2, Some(0)).calling_a_model("0.002").telling("resp_1")];
    assert_eq!(verdicts(&derived_twice, Sight::Whole), [Verdict::Own, Verdict::ToldTwice], "the first of equals");
    let unnamed = [derived.clone(), another].map(|claim| Claim { answer: None, ..claim });
    assert_eq!(verdicts(&unnamed, Sight::Whole), [Verdict::Own; 2], "equal tokens alone say nothing");
    let both_count = derived.ruled(Ruling::Own);
    assert_eq!(verdicts(&[both_count, reported], Sight::Whole), [Verdict::Own; 2], "operators have said so");
}

#[test]
fn an_answer_that_is_told_again_below_is_for_the_tree_to_judge() {
    let trace = [
        a_span(0, None).calling_a_model("0.002").telling("resp_1"),
        a_span(1, Some(0)).calling_a_model("0.002").telling("resp_1"),
        a_span(2, None).calling_a_model("0.002").telling("resp_1"),
    ];
    assert_eq!(verdicts(&trace, Sight::Whole), [Verdict::Repeated, Verdict::Own, Verdict::ToldTwice]);
    assert_eq!(counted(&trace), usd("0.002"));
    let silent_below =
        [trace[0].clone(), a_span(1, Some(0)).calling_a_model("0.002").ruled(Ruling::RolledUp), trace[2].clone()];
    let first = [Verdict::Own, Verdict::SetAside, Verdict::ToldTwice];
    assert_eq!(verdicts(&silent_below, Sight::Whole), first, "what is counted elsewhere is nothing to repeat");
}

#[test]
fn what_operators_say_wins_over_what_the_spans_around_tell() {
    // A gateway that bills with a margin of its own, so that both count.
    let margin =
        [a_span(0, None).calling_a_model("0.003").ruled(Ruling::Own), a_span(1, Some(0)).calling_a_model("0.002")];
    assert_eq!(verdicts(&margin, Sight::Part), [Verdict::Own; 2]);
    // A proxy beside the call that tells it again under another operation.
    let proxy = [
        a_span(0, None).reporting("0.01").grouping(),
        a_span(1, Some(0)).reporting("0.01"),
        a_span(2, Some(0)).reporting("0.01").ruled(Ruling::RolledUp),
    ];
    assert_eq!(verdicts(&proxy, Sight::Whole), [Verdict::RolledUp, Verdict::Own, Verdict::SetAside]);
    assert_eq!(counted(&proxy), usd("0.01"));
    let alone =
        [a_span(0, None).calling_a_model("0.003"), a_span(1, Some(0)).calling_a_model("0.003").ruled(Ruling::RolledUp)];
    assert_eq!(verdicts(&alone, Sight::Whole), [Verdict::Own, Verdict::SetAside], "somebody has to count it");
}

#[test]
fn the_user_of_the_parent_is_the_user_of_what_it_causes() {
    let trace = [
        a_span(0, None).for_user(7, OwnerSource::Span),
        a_span(1, Some(0)),
        a_span(2, Some(1)).for_user(8, OwnerSource::Resource),
        a_span(3, Some(2)).for_user(9, OwnerSource::Span),
    ];
    let users: Vec<_> = settle(&trace, Sight::Part).into_iter().map(|settled| settled.owners.user.unwrap()).collect();
    let named = Provenance::own(OwnerSource::Span);
    let owner = |key, known| Owner { key, known };
    let above = owner(7, named.passed_on());
    assert_eq!(users, [owner(7, named), above, above, owner(9, named)], "a span above says more than a program");
}

/// Traces of up to a dozen spans, some of whose parents never come.
pub(super) fn a_trace() -> impl Strategy<Value = Vec<Claim<u64>>> {
    let sources = prop::sample::select(OwnerSource::ALL);
    // Most spans are nobody's to rule on.
    let rulings = prop_oneof![4 => Just(Ruling::Default), 1 => prop::sample::select(Ruling::ALL)];
    let span = (0u64..16, 0i64..4, any::<bool>(), any::<bool>(), 0u64..4, sources, rulings, 0usize..6);
    prop::collection::vec(span, 1..12).prop_map(|spans| {
        let spans = spans.into_iter().zip(0..);
        let claims = spans.map(|((parent, cents, has_usage, is_group, user, source, ruling, answer), number)| {
            let mut claim = a_span(number, (parent != number).then_some(parent)).ruled(ruling);
            claim.cost = (cents > 0).then(|| Usd::from_pico(cents * 10_000_000_000));
            claim.source = match (claim.cost, has_usage) {
                (None, _) => CostSource::None,
                (Some(_), true) => CostSource::Derived,
                (Some(_), false) => CostSource::Reported,
            };
            (claim.has_usage, claim.is_group) = (has_usage && claim.cost.is_some(), is_group);
            if let Some(answer) = ["resp_1", "resp_2"].get(answer) {
                claim = claim.telling(answer);
            }
            if user > 0 && source != OwnerSource::Nobody {
                claim = claim.for_user(user, source);
            }
            claim
        });
        claims.collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_spans_does_not_matter(trace in a_trace(), shift in 0usize..12) {
        let settled = settle(&trace, Sight::Whole);
        let mut turned = trace.clone();
        let shift = shift % trace.len();
        turned.rotate_left(shift);
        let mut again = settle(&turned, Sight::Whole);
        again.rotate_right(shift);
        prop_assert_eq!(settled, again);
    }

    #[test]
    fn what_is_counted_elsewhere_is_to_all_others_as_if_it_said_nothing(trace in a_trace()) {
        let settled = settle(&trace, Sight::Whole);
        let silent = trace.iter().map(|claim| match claim.ruling {
            Ruling::RolledUp => Claim { cost: None, source: CostSource::None, has_usage: false, ..claim.clone() },
            _ => claim.clone(),
        });
        let silent: Vec<Claim<u64>> = silent.collect();
        for ((claim, with), without) in trace.iter().zip(settled).zip(settle(&silent, Sight::Whole)) {
            prop_assert!(claim.ruling == Ruling::RolledUp || with == without);
        }
    }

    #[test]
    fn settling_what_is_settled_changes_nothing(trace in a_trace()) {
        let settled = settle(&trace, Sight::Whole);
        let again: Vec<_> = trace
            .iter()
            .zip(&settled)
            .map(|(claim, settled)| {
                // What the database gives back: an inherited owner is no claim of the span's own.
                let own = settled.owners.user.filter(|owner| !owner.known.inherited);
                Claim { owners: Owners { user: own, ..claim.owners }, ..claim.clone() }
            })
            .collect();
        prop_assert_eq!(settle(&again, Sight::Whole), settled);
    }

    #[test]
    fn what_a_leaf_costs_always_counts_and_nothing_is_counted_that_nobody_claimed(trace in a_trace()) {
        let settled = settle(&trace, Sight::Whole);
        let claimed = trace.iter().filter_map(|claim| claim.cost).map(UsdSum::from).fold(UsdSum::ZERO, |sum, cost| sum + cost);
        prop_assert!(counted(&trace) <= claimed);
        for (claim, settled) in trace.iter().zip(&settled) {
            let is_leaf = !trace.iter().any(|other| other.parent_span_id == Some(claim.span_id));
            let is_set_aside = claim.ruling == Ruling::RolledUp && (claim.cost.is_some() || claim.has_usage);
            prop_assert_eq!(settled.verdict == Verdict::SetAside, is_set_aside);
            let is_elsewhere = is_set_aside || settled.verdict == Verdict::ToldTwice;
            prop_assert!(!is_leaf || settled.verdict == Verdict::Own || is_elsewhere);
            prop_assert!(claim.ruling != Ruling::Own || settled.verdict == Verdict::Own);
            prop_assert_ne!(settled.verdict, Verdict::Pending);
        }
    }

    #[test]
    fn an_answer_counts_once_among_leaves_and_only_what_another_span_tells_is_told_twice(trace in a_trace()) {
        let settled = settle(&trace, Sight::Whole);
        let tells = |claim: &Claim<u64>| claim.answer.filter(|_| claim.has_usage && claim.ruling == Ruling::Default);
        let is_leaf = |claim: &Claim<u64>| !trace.iter().any(|other| other.parent_span_id == Some(claim.span_id));
        for (claim, it) in trace.iter().zip(&settled) {
            let others = || trace.iter().zip(&settled).filter(|(other, _)| other.span_id != claim.span_id);
            let same = || others().filter(|(other, _)| tells(other).is_some() && tells(other) == tells(claim));
            if it.verdict == Verdict::ToldTwice {
                prop_assert!(same().any(|(_, other)| other.verdict != Verdict::ToldTwice));
            }
            let counts_twice = same().any(|(other, at)| is_leaf(other) && at.verdict == Verdict::Own);
            prop_assert!(!(it.verdict == Verdict::Own && tells(claim).is_some() && is_leaf(claim) && counts_twice));
        }
    }
}
