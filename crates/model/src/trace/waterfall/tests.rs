//! Which rows are visible under which folds, whatever the tree.

use proptest::prelude::*;

use super::*;
use crate::span::Status;
use crate::trace::tree::tests::{a_span, any_spans, id};
use crate::usd::Usd;

/// Any folds of the rows of a trace, nested ones included.
fn fold_every(waterfall: &Waterfall<'_>, nth: usize) -> Folds {
    let rows = waterfall.rows(0..waterfall.len());
    let folded = rows.iter().filter(|row| row.index % nth == 0);
    Folds::new(folded.map(|row| Fold { index: row.index, descendants: row.descendants }))
}

/// What folding hides, told the slow way.
fn visible_one_by_one(waterfall: &Waterfall<'_>, folds: &Folds) -> Vec<usize> {
    let hidden =
        |index: usize| folds.all().iter().any(|fold| fold.index < index && index <= fold.index + fold.descendants);
    (0..waterfall.len()).filter(|&index| !hidden(index)).collect()
}

proptest! {
    #[test]
    fn every_span_has_exactly_one_row(spans in any_spans()) {
        let waterfall = Waterfall::of(&spans);
        let rows = waterfall.rows(0..usize::MAX);
        let shown = rows.iter().filter(|row| matches!(row.kind, RowKind::Span(_))).count();
        prop_assert_eq!(shown, spans.len());
        prop_assert_eq!(rows.len(), waterfall.len());
        let (own, tops) = waterfall.sums();
        prop_assert_eq!(own, tops);
    }

    #[test]
    fn levels_and_descendants_describe_one_outline(spans in any_spans()) {
        let waterfall = Waterfall::of(&spans);
        let rows = waterfall.rows(0..waterfall.len());
        for row in &rows {
            let below = rows[row.index + 1..].iter().take_while(|other| other.level > row.level).count();
            prop_assert_eq!(below, row.descendants);
            prop_assert!(row.place >= 1 && row.place <= row.siblings);
        }
    }

    #[test]
    fn visible_places_and_indices_agree_under_any_folds(spans in any_spans(), nth in 1usize..5) {
        let waterfall = Waterfall::of(&spans);
        let folds = fold_every(&waterfall, nth);
        let visible = visible_one_by_one(&waterfall, &folds);
        prop_assert_eq!(folds.visible_rows(waterfall.len()), visible.len());
        for (place, &index) in visible.iter().enumerate() {
            prop_assert_eq!(folds.index_at(place), index);
            prop_assert_eq!(folds.place_of(index), place);
        }
    }

    #[test]
    fn a_revealed_row_is_visible_and_a_twice_toggled_fold_is_as_before(spans in any_spans(), nth in 1usize..4) {
        let waterfall = Waterfall::of(&spans);
        let before = fold_every(&waterfall, nth);
        for row in waterfall.rows(0..waterfall.len()) {
            let mut folds = before.clone();
            folds.reveal(row.index);
            prop_assert_eq!(folds.index_at(folds.place_of(row.index)), row.index);
            let fold = Fold { index: row.index, descendants: row.descendants };
            let mut folds = before.clone();
            folds.toggle(fold);
            folds.toggle(fold);
            prop_assert_eq!(&folds, &before);
        }
    }

    #[test]
    fn the_running_tab_never_falls_and_ends_at_the_total(spans in any_spans(), steps in 1usize..60) {
        let tab = Waterfall::of(&spans).running_tab(steps);
        prop_assert_eq!(tab.points.len(), steps + 1);
        prop_assert!(tab.points.is_sorted());
        prop_assert_eq!(tab.total(), spans.iter().filter_map(|span| span.cost).sum());
    }

    #[test]
    fn self_parts_add_up_to_the_self_time(spans in any_spans()) {
        for row in Waterfall::of(&spans).rows(0..usize::MAX) {
            if let RowKind::Span(span) = row.kind {
                prop_assert_eq!(span.self_parts.iter().map(|part| part.duration_ns).sum::<i64>(), span.self_ns);
            }
        }
    }
}

#[test]
fn spans_that_name_one_missing_parent_stand_under_one_row_for_it() {
    let spans = [
        a_span(0, None, 0, 100),
        Skeleton { cost: Some(Usd::from_pico(3)), ..a_span(1, Some(50), 10, 5) },
        a_span(2, None, 20, 5),
        a_span(3, Some(50), 30, 5),
    ];
    let rows = Waterfall::of(&spans).rows(0..9);
    let outline: Vec<_> = rows.iter().map(|row| (row.level, row.id())).collect();
    assert_eq!(outline, [(1, id(0)), (1, id(50)), (2, id(1)), (2, id(3)), (1, id(2))]);
    assert_eq!(rows[1].kind, RowKind::MissingParent(id(50)));
    assert_eq!((rows[1].subtree_cost, rows[1].subtree_unpriced), (Some(UsdSum::from_pico(3)), 1));
    assert_eq!((rows[4].place, rows[4].siblings), (3, 3));
}

#[test]
fn folds_are_found_by_span_id_and_leaves_do_not_fold() {
    let spans =
        [a_span(0, None, 0, 100), a_span(1, Some(0), 10, 5), a_span(2, Some(1), 11, 1), a_span(3, Some(7), 20, 1)];
    let waterfall = Waterfall::of(&spans);
    let folds = waterfall.folds(&[id(1), id(2), id(7)]);
    assert_eq!(folds.all(), [Fold { index: 1, descendants: 1 }, Fold { index: 3, descendants: 1 }]);
    assert_eq!(waterfall.folds_of_overview().all(), [Fold { index: 1, descendants: 1 }]);
    assert_eq!(waterfall.index_of(id(3)), Some(4));
    assert_eq!(waterfall.index_of(id(7)), None, "the missing parent is no span");
}

#[test]
fn failed_and_dearest_rows_are_found() {
    let spans = [
        a_span(0, None, 0, 100),
        Skeleton { status: Status::Error, cost: Some(Usd::ZERO), ..a_span(1, Some(0), 10, 5) },
        Skeleton { cost: Some(Usd::from_pico(9)), ..a_span(2, Some(0), 20, 5) },
    ];
    let waterfall = Waterfall::of(&spans);
    assert_eq!(waterfall.failed_rows(10), [1]);
    assert_eq!(waterfall.dearest_row(), Some(2));
    assert_eq!(Waterfall::of(&spans[..2]).dearest_row(), None, "free is not dear");
    let minimap = waterfall.minimap(2);
    assert_eq!(minimap.iter().map(|bar| (bar.row, bar.failed)).collect::<Vec<_>>(), [(0, false), (1, true)]);
}

#[test]
fn a_window_of_a_hundred_thousand_rows_is_made_at_once() {
    let spans: Vec<_> = (0..100_000u64).map(|n| a_span(n, n.checked_sub(1).map(|m| m / 3), n as i64, 10)).collect();
    let waterfall = Waterfall::of(&spans);
    let window = waterfall.rows(50_000..50_060);
    assert_eq!((window.len(), window[0].index), (60, 50_000));
    assert_eq!(waterfall.running_tab(200).total(), UsdSum::ZERO);
}
