//! A tree keeps every span, whatever their parents claim.

use proptest::prelude::*;

use super::*;
use crate::cost::{CostSource, Verdict};
use crate::owner::Provenances;
use crate::span::{Category, SpanKind};
use crate::time::UnixNanos;
use crate::usd::Usd;

/// The id of the test span with this number.
pub fn id(number: u64) -> SpanId {
    SpanId::from_bytes((number + 1).to_be_bytes()).unwrap()
}

/// Span `number`, from `start` for `duration`, child of `parent`.
pub fn a_span(number: u64, parent: Option<u64>, start: i64, duration: i64) -> Skeleton {
    Skeleton {
        span_id: id(number),
        parent_span_id: parent.map(id),
        name: format!("operation {number}"),
        service: "shop".to_owned(),
        kind: SpanKind::Internal,
        status: Status::Unset,
        category: Category::Other,
        start: UnixNanos(start),
        duration_ns: duration,
        cost: None,
        verdict: Verdict::Own,
        claimed: None,
        cost_source: CostSource::None,
        tenant: None,
        user: None,
        capability: None,
        known: Provenances::default(),
        model: None,
        peer: None,
        tokens_in: None,
        tokens_out: None,
    }
}

/// Any spans: parents point anywhere, themselves and nowhere included; ids may repeat.
pub fn any_spans() -> impl Strategy<Value = Vec<Skeleton>> {
    let span = (0u64..30, proptest::option::of(0u64..40), 0i64..1000, 0i64..500, proptest::option::of(0i64..1_000_000));
    proptest::collection::vec(span, 0..40).prop_map(|spans| {
        let build = |(number, parent, start, duration, cost): (u64, Option<u64>, i64, i64, Option<i64>)| Skeleton {
            cost: cost.map(Usd::from_pico),
            status: if duration % 7 == 0 { Status::Error } else { Status::Ok },
            ..a_span(number, parent, start, duration)
        };
        spans.into_iter().map(build).collect()
    })
}

proptest! {
    #[test]
    fn every_span_stands_in_the_tree_exactly_once(spans in any_spans()) {
        let tree = Tree::of(&spans);
        let mut kept: Vec<usize> = tree.nodes().iter().map(|node| node.span).collect();
        kept.sort_unstable();
        prop_assert_eq!(kept, (0..spans.len()).collect::<Vec<_>>());
    }

    #[test]
    fn subtree_costs_of_the_tops_are_the_cost_of_all_spans(spans in any_spans()) {
        let tree = Tree::of(&spans);
        let own: UsdSum = spans.iter().filter_map(|span| span.cost).sum();
        let tops: UsdSum = tree.tops().filter_map(|top| tree.nodes()[top].subtree_cost).sum();
        prop_assert_eq!(own, tops);
        let unpriced: usize = tree.tops().map(|top| tree.nodes()[top].unpriced).sum();
        prop_assert_eq!(unpriced, spans.iter().filter(|span| span.cost.is_none()).count());
    }

    #[test]
    fn depth_grows_by_one_from_parent_to_child(spans in any_spans()) {
        let tree = Tree::of(&spans);
        for (position, node) in tree.nodes().iter().enumerate() {
            prop_assert_eq!(node.depth, node.parent.map_or(1, |parent| tree.nodes()[parent].depth + 1));
            prop_assert!(node.parent.is_none_or(|parent| parent < position));
            prop_assert!(node.depth as usize <= spans.len());
        }
    }

    #[test]
    fn self_time_lies_between_nothing_and_the_duration(spans in any_spans()) {
        for node in Tree::of(&spans).nodes() {
            prop_assert!((0..=spans[node.span].duration_ns).contains(&node.self_ns));
        }
    }

    #[test]
    fn children_and_tops_visit_every_node_once(spans in any_spans()) {
        let tree = Tree::of(&spans);
        let mut visited: Vec<usize> = tree.tops().collect();
        visited.extend((0..tree.nodes().len()).flat_map(|position| tree.children(position)));
        visited.sort_unstable();
        prop_assert_eq!(visited, (0..spans.len()).collect::<Vec<_>>());
    }
}

#[test]
fn self_time_leaves_out_overlapping_and_overhanging_children() {
    let spans = [
        a_span(0, None, 100, 100),
        a_span(1, Some(0), 90, 30),
        a_span(2, Some(0), 110, 20),
        a_span(3, Some(0), 150, 10),
        a_span(4, Some(0), 190, 500),
        a_span(5, Some(0), 900, 10),
    ];
    let tree = Tree::of(&spans);
    // Covered: 100..130, 150..160 and 190..200.
    assert_eq!(tree.nodes()[0].self_ns, 50);
}

#[test]
fn a_circle_is_cut_at_its_earliest_span() {
    let spans =
        [a_span(0, Some(2), 30, 1), a_span(1, Some(0), 10, 1), a_span(2, Some(1), 20, 1), a_span(3, Some(3), 40, 1)];
    let tree = Tree::of(&spans);
    let found: Vec<_> = tree.nodes().iter().map(|node| (node.span, node.depth, node.origin)).collect();
    assert_eq!(
        found,
        [(1, 1, Origin::CutCircle), (2, 2, Origin::Child), (0, 3, Origin::Child), (3, 1, Origin::CutCircle)]
    );
}

#[test]
fn a_span_whose_parent_never_came_heads_its_own_part() {
    let spans = [a_span(0, Some(9), 10, 5), a_span(1, Some(0), 11, 1), a_span(2, None, 50, 1)];
    let tree = Tree::of(&spans);
    assert_eq!(tree.nodes()[0].origin, Origin::MissingParent(id(9)));
    assert_eq!(tree.root().map(|root| tree.nodes()[root].span), Some(2), "a true root is the root, however late");
}

/// The serving half of the call whose calling half is span `number`.
fn a_twin(number: u64, service: &str, start: i64) -> Skeleton {
    Skeleton {
        span_id: id(number).shared_twin(),
        service: service.to_owned(),
        ..a_span(number, Some(number), start, 5)
    }
}

/// Each span's id, its parent's id in the tree, and its depth.
fn shape_of(spans: &[Skeleton]) -> Vec<(SpanId, Option<SpanId>, u32)> {
    let tree = Tree::of(spans);
    let id_at = |position: usize| spans[tree.nodes()[position].span].span_id;
    let mut shape: Vec<_> =
        tree.nodes().iter().map(|node| (spans[node.span].span_id, node.parent.map(id_at), node.depth)).collect();
    shape.sort_unstable();
    shape
}

#[test]
fn work_inside_the_serving_half_of_a_shared_span_stands_below_that_half() {
    let served = |number, parent, start| Skeleton { service: "stock".into(), ..a_span(number, Some(parent), start, 1) };
    let spans = [a_span(0, None, 0, 100), a_twin(0, "stock", 10), served(2, 0, 20), a_span(3, Some(0), 30, 1)];
    let tree = Tree::of(&spans);
    let found: Vec<_> = tree.nodes().iter().map(|node| (node.span, node.parent, node.depth)).collect();
    assert_eq!(found, [(0, None, 1), (1, Some(0), 2), (2, Some(1), 3), (3, Some(0), 2)]);
    // The calling half may never come: its id still says whose child the work is.
    let without_caller = Tree::of(&spans[1..3]);
    assert_eq!(without_caller.nodes()[0].origin, Origin::MissingParent(id(0)));
    assert_eq!(without_caller.nodes()[1].origin, Origin::Child);
}

proptest! {
    #[test]
    fn shared_spans_make_the_same_tree_in_any_order(
        spans in proptest::collection::vec((proptest::option::of(0u64..20), 0i64..50, 0u8..3, any::<bool>()), 1..20),
        order in proptest::collection::vec(any::<u64>(), 40),
    ) {
        const SERVICES: [&str; 3] = ["shop", "stock", "mail"];
        let mut all = Vec::new();
        for (number, (parent, start, service, shared)) in (0u64..).zip(spans) {
            let service = SERVICES[usize::from(service)];
            all.push(Skeleton { service: service.to_owned(), ..a_span(number, parent, start, 10) });
            if shared {
                all.push(a_twin(number, SERVICES[number as usize % 3], start));
            }
        }
        let shape = shape_of(&all);
        prop_assert_eq!(shape.len(), all.len());
        let mut shuffled: Vec<_> = order.into_iter().zip(all).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<_> = shuffled.into_iter().map(|(_, span)| span).collect();
        prop_assert_eq!(shape_of(&shuffled), shape);
    }
}

#[test]
fn a_chain_of_a_hundred_thousand_spans_neither_overflows_nor_crawls() {
    let spans: Vec<_> = (0..100_000u64).map(|n| a_span(n, n.checked_sub(1), n as i64, 10)).collect();
    let tree = Tree::of(&spans);
    assert_eq!(tree.nodes().last().map(|node| node.depth), Some(100_000));
}
