//! Rows add up to both traces, and what made the difference to the difference.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::trace::Skeleton;
use crate::trace::tree::tests::{a_span, id};
use crate::trace::waterfall::tests::{any_trace, columns};
use crate::usd::Usd;

fn laid_out(spans: &[Skeleton]) -> Waterfall {
    Waterfall::of(columns(spans))
}

fn total(spans: &[Skeleton]) -> UsdSum {
    spans.iter().filter_map(|span| span.cost).sum()
}

proptest! {
    #[test]
    fn own_cost_deltas_of_rows_add_up_to_the_difference_of_the_totals(
        first in any_trace(), second in any_trace(), rows_max in 0usize..60, named in 0usize..6,
    ) {
        let found = merge::merged([&laid_out(&first), &laid_out(&second)], rows_max);
        prop_assert!(found.rows.len() <= rows_max);
        let difference = total(&second) - total(&first);
        let rows: UsdSum = found.rows.iter().map(Row::cost_delta).sum();
        prop_assert_eq!(rows + delta(found.rest), difference);
        prop_assert_eq!(found.cost_delta(), difference);
        let drivers = found.drivers(named);
        let ranked: UsdSum = drivers.rows.iter().map(|&place| found.rows[place].cost_delta()).sum();
        prop_assert_eq!(ranked + drivers.others, difference);
        let sizes: Vec<u128> =
            drivers.rows.iter().map(|&place| found.rows[place].cost_delta().pico().unsigned_abs()).collect();
        prop_assert!(sizes.is_sorted_by(|left, right| left >= right));
    }

    #[test]
    fn every_span_of_either_trace_is_counted_once(
        first in any_trace(), second in any_trace(), rows_max in 0usize..60,
    ) {
        let found = merge::merged([&laid_out(&first), &laid_out(&second)], rows_max);
        for (side, spans) in [&first, &second].into_iter().enumerate() {
            prop_assert_eq!(found.totals[side].spans, spans.len() as u64);
            prop_assert_eq!(found.totals[side].cost, total(spans));
            prop_assert_eq!(found.totals[side].unpriced, spans.iter().filter(|span| span.cost.is_none()).count() as u64);
        }
    }

    #[test]
    fn a_trace_and_itself_differ_in_nothing(spans in any_trace()) {
        let trace = laid_out(&spans);
        let found = Comparison::of(&trace, &trace);
        for row in &found.rows {
            prop_assert_eq!(row.sides[0], row.sides[1]);
            prop_assert_eq!(row.only_in(), None);
        }
        prop_assert_eq!(found.drivers(5).rows, Vec::<usize>::new());
    }

    #[test]
    fn turned_around_every_difference_is_the_opposite(first in any_trace(), second in any_trace()) {
        let (first, second) = (laid_out(&first), laid_out(&second));
        let (there, back) = (Comparison::of(&first, &second), Comparison::of(&second, &first));
        prop_assert_eq!(UsdSum::ZERO - there.cost_delta(), back.cost_delta());
        prop_assert_eq!(there.rows.len(), back.rows.len());
    }

    #[test]
    fn sorted_by_delta_no_row_is_lost(first in any_trace(), second in any_trace()) {
        let found = Comparison::of(&laid_out(&first), &laid_out(&second));
        let places: HashSet<usize> = found.by_delta().into_iter().collect();
        prop_assert_eq!(places.len(), found.rows.len());
    }
}

fn named(span: Skeleton, name: &str, pico: i64) -> Skeleton {
    Skeleton { name: name.to_owned(), cost: Some(Usd::from_pico(pico)), ..span }
}

#[test]
fn spans_are_paired_by_path_and_occurrence() {
    let first = [
        named(a_span(0, None, 0, 100), "task", 1),
        named(a_span(1, Some(0), 10, 10), "ask", 5),
        named(a_span(2, Some(0), 30, 10), "ask", 5),
        named(a_span(3, Some(2), 31, 5), "search", 2),
    ];
    let second = [
        named(a_span(0, None, 0, 90), "task", 1),
        named(a_span(1, Some(0), 10, 20), "ask", 8),
        named(a_span(4, Some(0), 60, 5), "store", 3),
    ];
    let found = Comparison::of(&laid_out(&first), &laid_out(&second));
    let shown: Vec<_> = found
        .rows
        .iter()
        .map(|row| (row.level, row.operation.as_str(), row.occurrence, row.only_in(), row.cost_delta().pico()))
        .collect();
    let expected = [
        (1, "task", Some(1), None, 0),
        (2, "ask", Some(1), None, 3),
        (2, "ask", Some(2), Some(0), -5),
        (3, "search", Some(1), Some(0), -2),
        (2, "store", Some(1), Some(1), 3),
    ];
    assert_eq!(shown, expected);
    assert_eq!(found.rows[1].sides[1].first, Some(id(1)));
    assert_eq!(found.drivers(1).rows, [2]);
}

#[test]
fn many_siblings_stand_in_one_row_with_what_is_below_them() {
    let document = |number: u64| {
        let top = named(a_span(10 + 2 * number, Some(0), 10 * number as i64, 8), "document", 1);
        [top, named(a_span(11 + 2 * number, Some(10 + 2 * number), 10 * number as i64 + 1, 2), "embed", 2)]
    };
    let trace = |documents: u64| {
        let root = named(a_span(0, None, 0, 1_000), "index", 0);
        laid_out(&std::iter::once(root).chain((0..documents).flat_map(document)).collect::<Vec<_>>())
    };
    let found = Comparison::of(&trace(12), &trace(3));
    let shown: Vec<_> =
        found.rows.iter().map(|row| (row.operation.as_str(), row.sides.map(|side| side.sums.spans))).collect();
    assert_eq!(shown, [("index", [1, 1]), ("document", [12, 3]), ("embed", [12, 3])]);
    assert_eq!(found.rows[2].occurrence, None);
}
