//! Every span has its row, rows add up, and what is visible under which folds agrees, whatever the tree.

use std::collections::HashMap;

use proptest::prelude::*;

use super::columns::LightSpan;
use super::*;
use crate::span::Status;
use crate::trace::Skeleton;
use crate::trace::tree::tests::{a_span, any_spans, id};
use crate::usd::{Usd, UsdSum};

mod similar;

/// The columns of these spans.
pub fn columns(spans: &[Skeleton]) -> Columns {
    let (mut columns, mut operations, mut services) = (Columns::default(), Names::default(), Names::default());
    for span in spans {
        columns.push(LightSpan {
            span_id: span.span_id,
            parent_span_id: span.parent_span_id,
            operation: operations.place(&span.name),
            service: services.place(&span.service),
            kind: span.kind,
            category: span.category,
            status: span.status,
            start: span.start,
            duration_ns: span.duration_ns,
            cost: span.cost,
            received: span.start,
        });
    }
    columns.name(operations.names, services.names);
    columns
}

#[derive(Default)]
struct Names {
    places: HashMap<String, u32>,
    names: Vec<String>,
}

impl Names {
    fn place(&mut self, name: &str) -> u32 {
        *self.places.entry(name.to_owned()).or_insert_with(|| {
            self.names.push(name.to_owned());
            self.names.len() as u32 - 1
        })
    }
}

/// Any spans, or many with few names, so that some are similar.
pub fn any_trace() -> impl Strategy<Value = Vec<Skeleton>> {
    let named = |mut spans: Vec<Skeleton>| {
        for (number, span) in spans.iter_mut().enumerate() {
            span.name = format!("operation {}", number % 2);
            span.parent_span_id = span.parent_span_id.map(|_| id(number as u64 % 3));
        }
        spans
    };
    prop_oneof![any_spans(), any_spans().prop_map(named)]
}

pub fn waterfall_of(spans: &[Skeleton]) -> Waterfall {
    Waterfall::of(columns(spans))
}

fn all_rows(waterfall: &Waterfall) -> Vec<Row> {
    waterfall.rows(0..waterfall.len())
}

/// Any folds of the rows of a trace, nested ones included.
fn fold_every(waterfall: &Waterfall, nth: usize) -> Folds {
    Folds::new(all_rows(waterfall).iter().filter(|row| row.index % nth == 0).map(Row::fold))
}

/// What folding and leaving out hides, told the slow way.
fn visible_one_by_one(waterfall: &Waterfall, folds: &Folds, left_out: &[LeftOut]) -> Vec<usize> {
    let folded =
        |index: usize| folds.all().iter().any(|fold| fold.index < index && index <= fold.index + fold.descendants);
    let out = |index: usize| left_out.iter().any(|run| run.first <= index && index < run.first + run.count);
    (0..waterfall.len()).filter(|&index| !folded(index) && !out(index)).collect()
}

/// The way folds travel.
fn through_json(folds: &Folds) -> Folds {
    let numbers: (Vec<usize>, Vec<usize>) = folds.clone().into();
    numbers.into()
}

proptest! {
    #[test]
    fn rows_are_a_permutation_of_the_spans(spans in any_trace()) {
        let waterfall = waterfall_of(&spans);
        let mut shown: Vec<_> = all_rows(&waterfall).iter().filter_map(Row::span_id).collect();
        let mut sent: Vec<_> = spans.iter().map(|span| span.span_id).collect();
        shown.sort_unstable();
        sent.sort_unstable();
        prop_assert_eq!(shown, sent);
    }

    #[test]
    fn own_costs_add_up_to_the_subtrees_of_the_tops(spans in any_trace()) {
        let waterfall = waterfall_of(&spans);
        let (own, tops) = waterfall.sums();
        prop_assert_eq!(own, tops);
        prop_assert_eq!(own, spans.iter().filter_map(|span| span.cost).sum());
        for row in all_rows(&waterfall) {
            let below = waterfall.rows(row.index..=row.index + row.descendants);
            let costs: Vec<Usd> = below.iter().filter_map(|row| match &row.kind {
                RowKind::Span(span) => span.cost,
                RowKind::MissingParent(_) | RowKind::Similar(_) => None,
            }).collect();
            prop_assert_eq!(row.subtree_cost, (!costs.is_empty()).then(|| costs.into_iter().sum::<UsdSum>()));
        }
    }

    #[test]
    fn levels_parents_and_descendants_describe_one_outline(spans in any_trace()) {
        let rows = all_rows(&waterfall_of(&spans));
        for row in &rows {
            let below = rows[row.index + 1..].iter().take_while(|other| other.level > row.level).count();
            prop_assert_eq!(below, row.descendants);
            prop_assert!(row.place >= 1 && row.place <= row.siblings);
            let above = rows[..row.index].iter().rev().find(|other| other.level < row.level);
            prop_assert_eq!(row.parent, above.map(|above| above.index));
        }
    }

    #[test]
    fn visible_places_and_indices_agree_whatever_is_hidden(spans in any_trace(), nth in 1usize..5, share in 1u16..9_000) {
        let waterfall = waterfall_of(&spans);
        let least = Least { time: format!("{}.{:02}", share / 100, share % 100).parse().ok(), cost: None };
        let left_out = waterfall.lighter_than(least, &[]);
        let folds = fold_every(&waterfall, nth).leaving_out(left_out.clone());
        let visible = visible_one_by_one(&waterfall, &folds, &left_out);
        prop_assert_eq!(folds.visible_rows(waterfall.len()), visible.len());
        for (place, &index) in visible.iter().enumerate() {
            prop_assert_eq!(folds.index_at(place), index);
            prop_assert_eq!(folds.place_of(index), place);
        }
        prop_assert_eq!(through_json(&folds), folds.clone());
        let gathered = folds.gathered();
        let hidden = waterfall.len() - visible.len();
        prop_assert!(gathered.left_out + gathered.rows <= hidden);
        for index in 0..waterfall.len() {
            let mut revealed = folds.clone();
            revealed.reveal(index);
            prop_assert_eq!(revealed.index_at(revealed.place_of(index)), index);
        }
    }

    #[test]
    fn a_revealed_row_is_visible_and_a_twice_toggled_fold_is_as_before(spans in any_trace(), nth in 1usize..4) {
        let waterfall = waterfall_of(&spans);
        let before = fold_every(&waterfall, nth);
        for row in all_rows(&waterfall) {
            let mut folds = before.clone();
            folds.reveal(row.index);
            prop_assert_eq!(folds.index_at(folds.place_of(row.index)), row.index);
            let mut folds = before.clone();
            folds.toggle(row.fold());
            folds.toggle(row.fold());
            prop_assert_eq!(&folds, &before);
        }
    }

    #[test]
    fn the_running_tab_never_falls_and_ends_at_the_total(spans in any_trace(), steps in 1usize..60) {
        let tab = waterfall_of(&spans).running_tab(steps);
        prop_assert_eq!(tab.points.len(), steps + 1);
        prop_assert!(tab.points.is_sorted());
        prop_assert_eq!(tab.total(), spans.iter().filter_map(|span| span.cost).sum());
    }

    #[test]
    fn self_time_is_at_most_the_duration_and_its_parts_add_up_to_it(spans in any_trace()) {
        for row in all_rows(&waterfall_of(&spans)) {
            if let RowKind::Span(span) = row.kind {
                prop_assert!((0..=span.duration_ns).contains(&span.self_ns));
                prop_assert_eq!(span.self_parts.iter().map(|part| part.duration_ns).sum::<i64>(), span.self_ns);
            }
        }
    }

    #[test]
    fn the_critical_path_tiles_the_root(spans in any_trace()) {
        let waterfall = waterfall_of(&spans);
        let Some(root) = waterfall.root else { return Ok(()) };
        let mut parts: Vec<Part> = (0..spans.len() as u32).flat_map(|span| waterfall.critical_parts(span)).collect();
        parts.sort_unstable_by_key(|part| part.offset_ns);
        let mut at = waterfall.offset(waterfall.spans.start(root));
        for part in parts {
            prop_assert_eq!(part.offset_ns, at);
            at += part.duration_ns;
        }
        prop_assert_eq!(at, waterfall.offset(waterfall.spans.end(root)));
    }

    #[test]
    fn the_strip_has_no_more_bars_than_pixels(spans in any_trace(), times in 1u64..12) {
        let many: Vec<_> = (0..times).flat_map(|_| spans.clone()).collect();
        let waterfall = waterfall_of(&many);
        let bars = waterfall.minimap();
        prop_assert!(bars.len() <= 4_000);
        prop_assert_eq!(bars.is_empty(), many.is_empty());
        prop_assert!(bars.is_sorted_by_key(|bar| bar.row));
        prop_assert_eq!(bars.iter().any(|bar| bar.failed), many.iter().any(|span| span.status == Status::Error));
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
    let rows = waterfall_of(&spans).rows(0..9);
    let outline: Vec<_> = rows.iter().map(|row| (row.level, row.key())).collect();
    let key = |number| RowKey::Span(id(number));
    assert_eq!(outline, [(1, key(0)), (1, key(50)), (2, key(1)), (2, key(3)), (1, key(2))]);
    assert_eq!(rows[1].kind, RowKind::MissingParent(id(50)));
    assert_eq!((rows[1].subtree_cost, rows[1].subtree_unpriced), (Some(UsdSum::from_pico(3)), 1));
    assert_eq!((rows[4].place, rows[4].siblings), (3, 3));
}

#[test]
fn folds_are_found_by_name_and_leaves_do_not_fold() {
    let spans =
        [a_span(0, None, 0, 100), a_span(1, Some(0), 10, 5), a_span(2, Some(1), 11, 1), a_span(3, Some(7), 20, 1)];
    let waterfall = waterfall_of(&spans);
    let fold = |index| Fold { index, descendants: 1, similar_spans: 0 };
    let folds = waterfall.folds(FoldBase::Nothing, &[], &[1, 2, 7].map(|number| RowKey::Span(id(number))), &[]);
    assert_eq!(folds.all(), [fold(1), fold(3)]);
    assert_eq!(waterfall.folds(FoldBase::Overview, &[], &[], &[]).all(), [fold(1)]);
    assert_eq!(waterfall.folds(FoldBase::Overview, &[], &[], &[RowKey::Span(id(1))]).all(), []);
    assert_eq!(waterfall.index_of(id(3)), Some(4));
    assert_eq!(waterfall.index_of(id(7)), None, "the missing parent is no span");
}

#[test]
fn a_branch_folds_and_opens_with_all_below_it_and_the_last_word_counts() {
    let spans = [
        a_span(0, None, 0, 100),
        a_span(1, Some(0), 1, 50),
        a_span(2, Some(1), 2, 40),
        a_span(3, Some(2), 3, 30),
        a_span(4, Some(0), 60, 5),
    ];
    let waterfall = waterfall_of(&spans);
    let branch = |number, folded| Branch { row: RowKey::Span(id(number)), folded };
    let folded = |branches: &[Branch], opened: &[RowKey]| {
        let folds = waterfall.folds(FoldBase::Overview, branches, &[], opened);
        folds.all().iter().map(|fold| fold.index).collect::<Vec<_>>()
    };
    assert_eq!(folded(&[], &[]), [1]);
    assert_eq!(folded(&[branch(1, true)], &[]), [1, 2]);
    assert_eq!(folded(&[branch(0, true), branch(1, false)], &[]), [0]);
    assert_eq!(folded(&[branch(1, false), branch(0, true)], &[RowKey::Span(id(0))]), [1, 2]);
    assert_eq!(folded(&[branch(9, true)], &[]), [1], "of another trace");
    assert_eq!(waterfall.folds(FoldBase::Level(3), &[], &[], &[]).all().len(), 1);
}

#[test]
fn failed_and_dearest_rows_are_found() {
    let spans = [
        a_span(0, None, 0, 100),
        Skeleton { status: Status::Error, cost: Some(Usd::ZERO), ..a_span(1, Some(0), 10, 5) },
        Skeleton { cost: Some(Usd::from_pico(9)), ..a_span(2, Some(0), 20, 5) },
    ];
    let overview = waterfall_of(&spans).overview();
    assert_eq!(overview.failed_rows, [1]);
    assert_eq!(overview.dearest_row, Some(2));
    assert_eq!(waterfall_of(&spans[..2]).overview().dearest_row, None, "free is not dear");
    let looks: Vec<_> = overview.minimap.iter().map(|bar| (bar.row, bar.failed)).collect();
    assert_eq!(looks, [(0, false), (1, true), (2, false)]);
    assert_eq!(overview.root, Some(("shop".to_owned(), "operation 0".to_owned())));
    assert_eq!((overview.services.len(), overview.services_total, overview.priced_services), (1, 1, 1));
}

/// Whether work is done in a time no machine needs for it; a mistake that is quadratic takes hours.
pub fn done_in_seconds(seconds: u64, work: impl FnOnce()) {
    let began = std::time::Instant::now();
    work();
    assert!(began.elapsed().as_secs() < seconds, "took {:?}", began.elapsed());
}

/// As many spans as are promised; a tenth of them where the compiler does not optimise.
pub const MANY: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

/// This many spans of one service, without the memory that a million of them would take otherwise.
pub fn many(count: u64, operations: u64, parent: impl Fn(u64) -> Option<u64>) -> Columns {
    let mut columns = Columns::default();
    for number in 0..count {
        columns.push(LightSpan {
            span_id: id(number),
            parent_span_id: parent(number).map(id),
            operation: (number % operations) as u32,
            service: 0,
            kind: crate::span::SpanKind::Internal,
            category: crate::span::Category::Other,
            status: Status::Ok,
            start: crate::time::UnixNanos(number as i64),
            duration_ns: 10,
            cost: Some(Usd::from_pico(1)),
            received: crate::time::UnixNanos(number as i64),
        });
    }
    columns.name((0..operations).map(|number| format!("operation {number}")).collect(), vec!["shop".to_owned()]);
    columns
}

#[test]
fn many_spans_are_laid_out_once_and_a_window_of_them_at_once() {
    let columns = many(MANY, 3, |number| number.checked_sub(1).map(|before| before / 30));
    done_in_seconds(120, || {
        let waterfall = Waterfall::of(columns);
        assert_eq!(waterfall.overview().tab.total(), UsdSum::from_pico(MANY.into()));
        assert_eq!(waterfall.rows(50_000..50_060).len(), 60);
        let folds = waterfall.folds(FoldBase::Similar, &[], &[], &[]);
        assert!(folds.gathered().spans as u64 > MANY * 9 / 10, "{:?}", folds.gathered());
        assert!(waterfall.bytes() as u64 / MANY < 150, "{}", waterfall.bytes());
    });
}

#[test]
fn a_chain_of_a_hundred_thousand_spans_neither_overflows_nor_crawls() {
    let columns = many(100_000, 1, |number| number.checked_sub(1));
    done_in_seconds(120, || {
        let waterfall = Waterfall::of(columns);
        let last = waterfall.rows([99_999]).pop().unwrap();
        assert_eq!((last.level, last.parent), (100_000, Some(99_998)));
        assert!(waterfall.folds(FoldBase::Nothing, &[], &[last.key()], &[]).all().is_empty());
    });
}

#[test]
fn siblings_without_end_are_a_few_rows_and_take_no_longer_than_other_spans() {
    let columns = many(MANY, 1, |number| (number > 0).then_some(0));
    done_in_seconds(120, || {
        let waterfall = Waterfall::of(columns);
        let rows = waterfall.rows(0..4);
        let similar = |row: &Row| matches!(&row.kind, RowKind::Similar(similar) if similar.count as u64 > MANY - 10);
        assert!(rows.iter().any(similar), "{:?}", rows[1]);
        assert!(waterfall.folds(FoldBase::default(), &[], &[], &[]).visible_rows(waterfall.len()) < 5);
    });
}
